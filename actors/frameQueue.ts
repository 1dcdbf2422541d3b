/**
 * What a connection has to send and cannot send yet: frames in their order, and long messages cut
 * into fragments one at a time, so that whoever empties it can send something urgent in between.
 */
import { ByteWriter, storeU32 } from './bytes.js';
import { beginFrame, endFrame, frameBytesMax, frameHeaderBytes, frameWord } from './frame.js';

/** So many bytes of small frames are handed out as one piece. */
const pieceBytes = 64 * 1024;

interface Waiting {
  /** Frames as they are on the wire, or the body of one long message. */
  readonly bytes: Uint8Array;
  readonly isLong: boolean;
  readonly standsOn: number;
}

/** Frames on their way to the socket. The first in is the first out. */
export class FrameQueue {
  readonly #waiting: Waiting[] = [];
  /** How much of the first one, which is long, has been handed out. */
  #handedOut = 0;
  #bytes = 0;
  /** Small frames behind all that waits. */
  #tail = new ByteWriter();
  #tailStandsOn = 0;
  #frameStart = 0;
  #standsOn = 0;

  get isEmpty(): boolean {
    return this.#waiting.length === 0 && this.#tail.length === 0;
  }

  /** How much waits. */
  get bytes(): number {
    return this.#bytes + this.#tail.length;
  }

  /** What the first of those that wait stands on; infinite if none waits. */
  get standsOn(): number {
    if (this.#waiting.length > 0) return this.#waiting[0]!.standsOn;
    return this.#tail.length > 0 ? this.#tailStandsOn : Number.POSITIVE_INFINITY;
  }

  /** Where to write the body of the next frame. */
  beginFrame(standsOn: number): ByteWriter {
    this.#standsOn = standsOn;
    if (this.#tail.length === 0) this.#tailStandsOn = standsOn;
    this.#frameStart = beginFrame(this.#tail);
    return this.#tail;
  }

  /** Ends the frame. Answers the bytes of its body; above `bytesMax` it has been dropped again. */
  endFrame(bytesMax: number): number {
    const bodyBytes = endFrame(this.#tail, this.#frameStart);
    if (bodyBytes > frameBytesMax || bodyBytes > bytesMax) {
      const all = this.#tail.finish();
      this.#tail = new ByteWriter();
      this.#push(all.slice(0, this.#frameStart), false, this.#tailStandsOn);
      if (bodyBytes <= bytesMax)
        this.pushMessage(all.subarray(this.#frameStart + frameHeaderBytes), this.#standsOn);
    } else if (this.#tail.length >= pieceBytes) this.#seal();
    return bodyBytes;
  }

  /** Takes the body of a message that is longer than a frame; from now on it is the queue's. */
  pushMessage(body: Uint8Array, standsOn: number): void {
    this.#seal();
    this.#push(body, true, standsOn);
  }

  /** Takes out the next piece of the stream, as up to two runs of bytes. There must be one. */
  shift(): readonly Uint8Array[] {
    if (this.#waiting.length === 0) this.#seal();
    const first = this.#waiting[0]!;
    if (!first.isLong) {
      this.#remove(first.bytes.length);
      return [first.bytes];
    }
    const start = this.#handedOut;
    const end = Math.min(start + frameBytesMax, first.bytes.length);
    const isLast = end === first.bytes.length;
    const header = new Uint8Array(frameHeaderBytes);
    storeU32(header, 0, frameWord(end - start, isLast ? 'lastFragment' : 'fragment'));
    this.#handedOut = end;
    this.#bytes -= end - start;
    if (isLast) this.#remove(0);
    return [header, first.bytes.subarray(start, end)];
  }

  #remove(bytes: number): void {
    this.#waiting.shift();
    this.#handedOut = 0;
    this.#bytes -= bytes;
  }

  /** The tail becomes a piece of its own. */
  #seal(): void {
    const bytes = this.#tail.finish();
    if (bytes.length > 0) this.#tail = new ByteWriter();
    this.#push(bytes, false, this.#tailStandsOn);
  }

  #push(bytes: Uint8Array, isLong: boolean, standsOn: number): void {
    if (bytes.length === 0) return;
    this.#waiting.push({ bytes, isLong, standsOn });
    this.#bytes += bytes.length;
  }
}
