/**
 * One TCP connection that carries frames: all that is written in one turn of the loop leaves with
 * one `write`, and never so much of it that what is urgent would have to wait for the rest.
 *
 * A connection begins *held*: what is written gathers until the handshake admits it. It ends once,
 * for whatever reason, and never with an unhandled error.
 */
import type { Socket } from 'node:net';
import { ByteWriter } from './bytes.js';
import {
  beginFrame,
  endFrame,
  type FramePart,
  FrameReader,
  frameBytesMax,
  frameHeaderBytes,
} from './frame.js';
import { type Allowance, FrameFragments } from './frameFragments.js';
import { FrameQueue } from './frameQueue.js';
import { handshakeBytesMax } from './handshakeFormat.js';
import { connectionError } from './nodeTcpError.js';
import { WireError } from './wireError.js';

/** Who a connection tells what happens to it. */
export interface ConnectionUser {
  /** A message has arrived. A WireError that is thrown here ends the connection. */
  frame(body: Uint8Array): void;
  /** All that was written is with the operating system. */
  drained?(): void;
  /** The connection is no more. `isFault`: because of what the other side sent. */
  ended(reason: string, isFault: boolean): void;
}

/**
 * How long an idle connection is trusted before the system asks whether the other machine is still
 * there, in ms.
 */
const keepAliveMs = 10_000;

/** With so many bytes in the socket, the rest waits here, where something can still overtake it. */
const socketBytesMax = 512 * 1024;

/** A socket that carries frames; it belongs to the station that made it. */
export class Connection {
  /** Whom to tell: one for the handshake, and another once it is done. */
  user: ConnectionUser = { frame: () => {}, ended: () => {} };
  readonly #socket: Socket;
  readonly #messageBytesMax: number;
  readonly #reader = new FrameReader(handshakeBytesMax);
  readonly #queue = new FrameQueue();
  /** Of the long message that is arriving; undefined while only a handshake may come. */
  #fragments: FrameFragments | undefined;
  #writer = new ByteWriter();
  #frameStart = 0;
  #standsOn = 0;
  #isQueueing = false;
  #isHeld = true;
  #isFlushDue = false;
  #isEnded = false;
  #lastError: string | undefined;

  /** `messageBytesMax` bounds what is sent, and from `admit` on what comes. */
  constructor(socket: Socket, messageBytesMax: number) {
    this.#socket = socket;
    this.#messageBytesMax = messageBytesMax;
    socket.setNoDelay(true);
    socket.setKeepAlive(true, keepAliveMs);
    socket.on('data', (chunk) => this.#take(chunk));
    socket.on('drain', this.#flush);
    socket.on('error', (error: NodeJS.ErrnoException) => {
      this.#lastError = connectionError(error);
    });
    socket.on('close', () => this.#end(this.#lastError ?? 'closed by the other side', false));
  }

  /** The address of the other side, without its port. */
  get remoteHost(): string {
    return this.#socket.remoteAddress ?? 'an unknown address';
  }

  /** Whether `user` has been told that it is no more. */
  get isEnded(): boolean {
    return this.#isEnded;
  }

  /** Bytes that are written here and not yet with the operating system. */
  get unsentBytes(): number {
    return this.#writer.length + this.#queue.bytes + this.#socket.writableLength;
  }

  /** Those of them that an urgent frame does not overtake. */
  get urgentBytes(): number {
    return this.#writer.length + this.#socket.writableLength;
  }

  /** The `standsOn` of the oldest frame that can be overtaken; infinite if there is none. */
  get waitingStandsOn(): number {
    return this.#queue.standsOn;
  }

  /** Where to write the body of the next frame, which overtakes those that wait. */
  beginUrgentFrame(): ByteWriter {
    this.#isQueueing = false;
    this.#frameStart = beginFrame(this.#writer);
    return this.#writer;
  }

  /**
   * Where to write the body of the next frame, which stays behind all that came this way before;
   * {@link endFrame} ends it. `standsOn` is the writer's own mark.
   */
  beginFrame(standsOn = 0): ByteWriter {
    this.#standsOn = standsOn;
    const isFull = this.#writer.length + this.#socket.writableLength > socketBytesMax;
    if (!isFull && this.#queue.isEmpty) return this.beginUrgentFrame();
    this.#isQueueing = true;
    return this.#queue.beginFrame(standsOn);
  }

  /**
   * Sends the frame at the end of this turn, or as soon as there is room. False if the message is
   * too long for the other side: then it was taken back.
   */
  endFrame(): boolean {
    const bytesMax = this.#messageBytesMax;
    const bodyBytes = this.#isQueueing
      ? this.#queue.endFrame(bytesMax)
      : endFrame(this.#writer, this.#frameStart);
    if (!this.#isQueueing && (bodyBytes > frameBytesMax || bodyBytes > bytesMax))
      this.#takeOut(bodyBytes);
    if (!this.#isFlushDue && !this.#isHeld) {
      this.#isFlushDue = true;
      queueMicrotask(this.#flush);
    }
    return bodyBytes <= bytesMax;
  }

  /** Sends one frame ahead of what is held. */
  writeNow(write: (writer: ByteWriter) => void): void {
    this.#socket.write(frameOf(write));
  }

  /** Sends one last frame, and leaves it to the other side to close. */
  endWith(write: (writer: ByteWriter) => void): void {
    this.#socket.end(frameOf(write));
  }

  /**
   * The handshake is done: long frames may come, and what was held goes out. Messages that arrive
   * in part are kept within the `allowance`, if there is one.
   */
  admit(allowance?: Allowance): void {
    this.#reader.bodyBytesMax = Math.min(frameBytesMax, this.#messageBytesMax);
    this.#fragments = new FrameFragments(this.#messageBytesMax, allowance);
    this.#isHeld = false;
    this.#flush();
  }

  /** Whether what comes is read, or left to wait with the other side. */
  read(isReading: boolean): void {
    if (isReading !== this.#socket.isPaused()) return;
    if (isReading) this.#socket.resume();
    else this.#socket.pause();
  }

  /**
   * Ends the connection at once; what was written in this turn still leaves if the system takes it.
   */
  close(reason: string): void {
    this.#flush();
    this.#end(reason, false);
  }

  /** Ends the connection because of what the other side sent. */
  blame(reason: string): void {
    this.#end(reason, true);
  }

  readonly #flush = (): void => {
    this.#isFlushDue = false;
    if (this.#isEnded || this.#isHeld) return;
    const socket = this.#socket;
    const writer = this.#writer;
    if (writer.length > 0 && socket.writableLength <= socketBytesMax) {
      socket.write(writer.finish());
      // A copy for each write would cost a third more. The buffer itself may be written to again
      // only when the system has taken all of it at once: else the socket still refers to it.
      if (socket.writableLength === 0) writer.reset();
      else this.#writer = new ByteWriter();
    }
    while (!this.#queue.isEmpty && socket.writableLength <= socketBytesMax)
      for (const bytes of this.#queue.shift()) socket.write(bytes);
    if (this.user.drained !== undefined && this.unsentBytes === 0) this.user.drained();
  };

  #take(chunk: Buffer): void {
    if (this.#isEnded) return;
    try {
      // Views of a plain Uint8Array are plain too, and cost less than those of a Buffer.
      const bytes = new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.length);
      this.#reader.push(bytes, this.#onFrame);
    } catch (error) {
      if (!(error instanceof WireError)) throw error;
      this.blame(`what it sent cannot be read: ${error.message}; check that both run one version`);
    }
  }

  readonly #onFrame = (body: Uint8Array, part: FramePart): void => {
    if (this.#isEnded) return;
    if (part === 'whole') return this.user.frame(body);
    const fragments = this.#fragments;
    if (fragments === undefined) throw new WireError('a fragment before the handshake is done');
    if (part === 'fragment') fragments.add(body);
    else this.user.frame(fragments.end(body));
  };

  /**
   * Rare, so it may cost a copy: what was written before the frame moves to another writer, and the
   * frame to the queue, unless it is too long even for that.
   */
  #takeOut(bodyBytes: number): void {
    const all = this.#writer.finish();
    this.#writer = new ByteWriter();
    this.#writer.bytes(all.slice(0, this.#frameStart));
    if (bodyBytes <= this.#messageBytesMax)
      this.#queue.pushMessage(all.subarray(this.#frameStart + frameHeaderBytes), this.#standsOn);
  }

  #end(reason: string, isFault: boolean): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#fragments?.drop();
    this.#socket.destroy();
    this.user.ended(reason, isFault);
  }
}

function frameOf(write: (writer: ByteWriter) => void): Uint8Array {
  const writer = new ByteWriter();
  const start = beginFrame(writer);
  write(writer);
  endFrame(writer, start);
  return writer.finish();
}
