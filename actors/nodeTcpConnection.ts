/**
 * One TCP connection that carries frames: all that is written in one turn of the loop leaves with
 * one `write`.
 *
 * A connection begins *held*: what is written gathers until the handshake admits it. It ends once,
 * for whatever reason, and never with an unhandled error.
 */
import type { Socket } from 'node:net';
import { ByteWriter } from './bytes.js';
import { beginFrame, endFrame, FrameReader } from './frame.js';
import { handshakeBytesMax } from './handshakeFormat.js';
import { WireError } from './wireError.js';

/** Who a connection tells what happens to it. */
export interface ConnectionUser {
  /** A frame has arrived. A WireError that is thrown here ends the connection. */
  frame(body: Uint8Array): void;
  /** The connection is no more. `isFault`: because of what the other side sent. */
  ended(reason: string, isFault: boolean): void;
}

/**
 * How long an idle connection is trusted before the system asks whether the other machine is still
 * there, in ms.
 */
const keepAliveMs = 10_000;

/** A socket that carries frames; it belongs to the station that made it. */
export class Connection {
  /** Whom to tell: another one once the handshake is done. */
  user: ConnectionUser;
  readonly #socket: Socket;
  readonly #frameBytesMax: number;
  readonly #reader = new FrameReader(handshakeBytesMax);
  #writer = new ByteWriter();
  #frameStart = 0;
  #isHeld = true;
  #isFlushDue = false;
  #isEnded = false;
  #lastError: string | undefined;

  /**
   * `frameBytesMax` bounds what is sent, and from `admit` on what comes, in bytes of a frame's
   * body.
   */
  constructor(socket: Socket, frameBytesMax: number, user: ConnectionUser) {
    this.#socket = socket;
    this.#frameBytesMax = frameBytesMax;
    this.user = user;
    socket.setNoDelay(true);
    socket.setKeepAlive(true, keepAliveMs);
    socket.on('data', (chunk) => this.#take(chunk));
    socket.on('error', (error: NodeJS.ErrnoException) => {
      this.#lastError = error.code ?? error.message;
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
    return this.#writer.length + this.#socket.writableLength;
  }

  /** Where to write the body of the next frame; {@link endFrame} ends it. */
  beginFrame(): ByteWriter {
    this.#frameStart = beginFrame(this.#writer);
    return this.#writer;
  }

  /**
   * Sends the frame at the end of this turn. False if it is too long for the other side: then it
   * was taken back.
   */
  endFrame(): boolean {
    const bodyBytes = endFrame(this.#writer, this.#frameStart);
    if (bodyBytes > this.#frameBytesMax) return this.#takeBack();
    if (!this.#isFlushDue && !this.#isHeld) {
      this.#isFlushDue = true;
      queueMicrotask(this.#flush);
    }
    return true;
  }

  /** Sends one frame ahead of what is held. */
  writeNow(write: (writer: ByteWriter) => void): void {
    this.#socket.write(frameOf(write));
  }

  /** Sends one last frame, and leaves it to the other side to close. */
  endWith(write: (writer: ByteWriter) => void): void {
    this.#socket.end(frameOf(write));
  }

  /** The handshake is done: long frames may come, and what was held goes out. */
  admit(): void {
    this.#reader.frameBytesMax = this.#frameBytesMax;
    this.#isHeld = false;
    this.#flush();
  }

  /** Stops reading until all that is written has left. */
  pauseUntilDrained(): void {
    if (this.#socket.isPaused() || !this.#socket.writableNeedDrain) return;
    this.#socket.pause();
    this.#socket.once('drain', () => this.#socket.resume());
  }

  /**
   * Ends the connection at once; what was written in this turn still leaves if the system takes it.
   */
  close(reason: string): void {
    this.#flush();
    this.#end(reason, false);
  }

  readonly #flush = (): void => {
    this.#isFlushDue = false;
    const writer = this.#writer;
    if (this.#isEnded || this.#isHeld || writer.length === 0) return;
    this.#socket.write(writer.finish());
    // A copy for each write would cost a third more. The buffer itself may be written to again only
    // when the system has taken all of it at once: else the socket still refers to it.
    if (this.#socket.writableLength === 0) writer.reset();
    else this.#writer = new ByteWriter();
  };

  #take(chunk: Buffer): void {
    if (this.#isEnded) return;
    try {
      // Views of a plain Uint8Array are plain too, and cost less than those of a Buffer.
      const bytes = new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.length);
      this.#reader.push(bytes, this.#onFrame);
    } catch (error) {
      if (!(error instanceof WireError)) throw error;
      this.#end(
        `what it sent cannot be read: ${error.message}; check that both run one version`,
        true,
      );
    }
  }

  readonly #onFrame = (body: Uint8Array): void => {
    if (!this.#isEnded) this.user.frame(body);
  };

  /** Rare, so it may cost a copy: what was written before the frame moves to another writer. */
  #takeBack(): false {
    const before = this.#writer.finish().slice(0, this.#frameStart);
    this.#writer = new ByteWriter();
    this.#writer.bytes(before);
    return false;
  }

  #end(reason: string, isFault: boolean): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
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
