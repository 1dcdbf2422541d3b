/**
 * Frames in a stream of bytes: a length in three bytes, one byte that says which part of a message
 * it is, then as many bytes of body.
 *
 * A frame that lies inside one chunk is handed on as a view of the chunk. Only one that straddles
 * chunks is copied, once.
 */
import { type ByteWriter, loadU32 } from './bytes.js';
import { WireError } from './wireError.js';

/** Bytes of a frame before its body. */
export const frameHeaderBytes = 4;

/** The longest body of any frame, in bytes; a longer message is sent in fragments. */
export const frameBytesMax = 256 * 1024;

/** Default for the longest message that is read or sent: 16 MiB, twice the largest command. */
export const messageBytesMaxDefault = 16 * 1024 * 1024;

/** Which part of a message a frame is. The position in this list is its code on the wire. */
export const frameParts = [
  'whole', //        the message itself
  'fragment', //     the next piece of a long message, with more to follow
  'lastFragment', // its last piece
] as const;

/** One of {@link frameParts}. */
export type FramePart = (typeof frameParts)[number];

/** Takes the body of a frame. */
export type TakeFrame = (body: Uint8Array, part: FramePart) => void;

/** The code of a part stands above the 24 bits of the length. */
const lengthBits = 24;

/** Begins a frame; answers what {@link endFrame} needs. */
export function beginFrame(writer: ByteWriter): number {
  const start = writer.length;
  writer.u32(0);
  return start;
}

/**
 * Ends the frame that began at `start`, as a whole message, by writing its length. Answers the
 * bytes of its body; with more than {@link frameBytesMax} it must not be sent.
 */
export function endFrame(writer: ByteWriter, start: number): number {
  const bodyBytes = writer.length - start - frameHeaderBytes;
  writer.u32At(start, bodyBytes);
  return bodyBytes;
}

/** What stands before a body of `bodyBytes`, as the first word of its frame. */
export function frameWord(bodyBytes: number, part: FramePart): number {
  return bodyBytes + frameParts.indexOf(part) * 2 ** lengthBits;
}

/** Cuts chunks into frames. */
export class FrameReader {
  /** The longest body that is let in, in bytes. Takes effect with the next frame. */
  bodyBytesMax: number;
  readonly #header = new Uint8Array(frameHeaderBytes);
  #headerFilled = 0;
  #part: FramePart = 'whole';
  #body: Uint8Array | undefined;
  #bodyFilled = 0;

  constructor(bodyBytesMax = frameBytesMax) {
    this.bodyBytesMax = bodyBytesMax;
  }

  /**
   * Calls `onFrame` with each frame that `chunk` completes, in order. Throws a WireError for a
   * length above `bodyBytesMax` and for an unknown part, and whatever `onFrame` throws; the reader
   * is of no use after that.
   */
  push(chunk: Uint8Array, onFrame: TakeFrame): void {
    let at = 0;
    while (at < chunk.length) {
      if (this.#body !== undefined) at = this.#continueBody(chunk, at, onFrame);
      else if (this.#headerFilled > 0 || chunk.length - at < frameHeaderBytes)
        at = this.#continueHeader(chunk, at, onFrame);
      else at = this.#frameAt(chunk, at, onFrame);
    }
  }

  /** A header that lies whole at `at`: the frame is a view, if the chunk has all of it. */
  #frameAt(chunk: Uint8Array, at: number, onFrame: TakeFrame): number {
    const bodyBytes = this.#accept(loadU32(chunk, at));
    const start = at + frameHeaderBytes;
    const end = start + bodyBytes;
    if (end > chunk.length) {
      this.#beginBody(bodyBytes);
      return start;
    }
    onFrame(chunk.subarray(start, end), this.#part);
    return end;
  }

  #continueHeader(chunk: Uint8Array, at: number, onFrame: TakeFrame): number {
    this.#header[this.#headerFilled++] = chunk[at]!;
    if (this.#headerFilled < frameHeaderBytes) return at + 1;
    this.#headerFilled = 0;
    const bodyBytes = this.#accept(loadU32(this.#header, 0));
    if (bodyBytes === 0) onFrame(new Uint8Array(0), this.#part);
    else this.#beginBody(bodyBytes);
    return at + 1;
  }

  #beginBody(bodyBytes: number): void {
    this.#body = new Uint8Array(bodyBytes);
    this.#bodyFilled = 0;
  }

  #continueBody(chunk: Uint8Array, at: number, onFrame: TakeFrame): number {
    const body = this.#body!;
    const end = Math.min(chunk.length, at + body.length - this.#bodyFilled);
    body.set(chunk.subarray(at, end), this.#bodyFilled);
    this.#bodyFilled += end - at;
    if (this.#bodyFilled === body.length) {
      this.#body = undefined;
      onFrame(body, this.#part);
    }
    return end;
  }

  /** Notes the part that the first word of a frame names, and answers the length. */
  #accept(word: number): number {
    const code = word >>> lengthBits;
    const part = frameParts[code];
    if (part === undefined) throw new WireError(`no frame has the part ${code}`);
    const bodyBytes = word & (2 ** lengthBits - 1);
    if (bodyBytes > this.bodyBytesMax)
      throw new WireError(`a frame of ${bodyBytes} bytes, above the ${this.bodyBytesMax} allowed`);
    this.#part = part;
    return bodyBytes;
  }
}
