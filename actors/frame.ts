/**
 * Frames in a stream of bytes: a length as u32, then as many bytes of body.
 *
 * A frame that lies inside one chunk is handed on as a view of the chunk. Only one that straddles
 * chunks is copied, each byte once or twice: into a buffer that grows as bytes arrive, never by
 * what the length merely announces.
 */
import { type ByteWriter, loadU32 } from './bytes.js';
import { WireError } from './wireError.js';

/** Bytes of a frame before its body. */
export const frameHeaderBytes = 4;

/**
 * Default for the longest body of a frame that is read or sent: 16 MiB, twice the largest command.
 */
export const frameBytesMaxDefault = 16 * 1024 * 1024;

/** Up to here a straddling frame gets its whole buffer at once, and above it twice what it has. */
const trustedBytes = 256 * 1024;

/** Begins a frame; answers what {@link endFrame} needs. */
export function beginFrame(writer: ByteWriter): number {
  const start = writer.length;
  writer.u32(0);
  return start;
}

/** Ends the frame that began at `start`, by writing its length. Answers the bytes of its body. */
export function endFrame(writer: ByteWriter, start: number): number {
  const bodyBytes = writer.length - start - frameHeaderBytes;
  writer.u32At(start, bodyBytes);
  return bodyBytes;
}

/** Cuts chunks into frames. */
export class FrameReader {
  /** The longest body that is let in, in bytes. Takes effect with the next frame. */
  frameBytesMax: number;
  readonly #header = new Uint8Array(frameHeaderBytes);
  #headerFilled = 0;
  #body: Uint8Array | undefined;
  #bodyBytes = 0;
  #bodyFilled = 0;

  constructor(frameBytesMax = frameBytesMaxDefault) {
    this.frameBytesMax = frameBytesMax;
  }

  /**
   * Calls `onFrame` with the body of each frame that `chunk` completes, in order. Throws a
   * WireError for a length above `frameBytesMax`, and whatever `onFrame` throws; the reader is of
   * no use after that.
   */
  push(chunk: Uint8Array, onFrame: (body: Uint8Array) => void): void {
    let at = 0;
    while (at < chunk.length) {
      if (this.#body !== undefined) at = this.#continueBody(chunk, at, onFrame);
      else if (this.#headerFilled > 0 || chunk.length - at < frameHeaderBytes)
        at = this.#continueHeader(chunk, at, onFrame);
      else at = this.#frameAt(chunk, at, onFrame);
    }
  }

  /** A header that lies whole at `at`: the frame is a view, if the chunk has all of it. */
  #frameAt(chunk: Uint8Array, at: number, onFrame: (body: Uint8Array) => void): number {
    const bodyBytes = this.#checked(loadU32(chunk, at));
    const start = at + frameHeaderBytes;
    const end = start + bodyBytes;
    if (end > chunk.length) {
      this.#beginBody(bodyBytes);
      return start;
    }
    onFrame(chunk.subarray(start, end));
    return end;
  }

  #continueHeader(chunk: Uint8Array, at: number, onFrame: (body: Uint8Array) => void): number {
    this.#header[this.#headerFilled++] = chunk[at]!;
    if (this.#headerFilled < frameHeaderBytes) return at + 1;
    this.#headerFilled = 0;
    const bodyBytes = this.#checked(loadU32(this.#header, 0));
    if (bodyBytes === 0) onFrame(new Uint8Array(0));
    else this.#beginBody(bodyBytes);
    return at + 1;
  }

  #beginBody(bodyBytes: number): void {
    this.#bodyBytes = bodyBytes;
    this.#bodyFilled = 0;
    this.#body = new Uint8Array(Math.min(bodyBytes, trustedBytes));
  }

  #continueBody(chunk: Uint8Array, at: number, onFrame: (body: Uint8Array) => void): number {
    const end = Math.min(chunk.length, at + this.#bodyBytes - this.#bodyFilled);
    const body = this.#bodyWithRoomFor(this.#bodyFilled + end - at);
    body.set(chunk.subarray(at, end), this.#bodyFilled);
    this.#bodyFilled += end - at;
    if (this.#bodyFilled === this.#bodyBytes) {
      this.#body = undefined;
      onFrame(body);
    }
    return end;
  }

  #bodyWithRoomFor(bytes: number): Uint8Array {
    const body = this.#body!;
    if (bytes <= body.length) return body;
    const larger = new Uint8Array(Math.min(this.#bodyBytes, Math.max(bytes, body.length * 2)));
    larger.set(body.subarray(0, this.#bodyFilled));
    this.#body = larger;
    return larger;
  }

  #checked(bodyBytes: number): number {
    if (bodyBytes > this.frameBytesMax)
      throw new WireError(`a frame of ${bodyBytes} bytes, above the ${this.frameBytesMax} allowed`);
    return bodyBytes;
  }
}
