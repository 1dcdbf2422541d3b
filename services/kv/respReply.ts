/**
 * The reply side of RESP: replies as a connection's protocol version writes them.
 *
 * Many connections share one writer: each has its replies written in one go, and takes them as one
 * array of bytes. They come from a slab that is given away piece by piece and never written twice.
 */
import { MalformedPieces, PieceReader, putBytes } from './pieces.js';
import { failure, type Reply, replyType } from './reply.js';

/** Versions of the protocol: RESP2, until a client asks for RESP3 with HELLO. */
export type RespVersion = 2 | 3;

const slabBytes = 64 * 1024;
/** More than a type byte, the digits of a length and two line ends take. */
const framingBytes = 32;
const carriageReturn = 0x0d;
const lineFeed = 0x0a;
const zero = 0x30;
const minusOne = [0x2d, 0x31] as const;
const textMark = [0x74, 0x78, 0x74, 0x3a] as const; // txt:
/** Arrays in arrays go no deeper than this in any reply that a server of this version makes. */
const depthMax = 8;

export class ReplyWriter {
  #slab = new Uint8Array(slabBytes);
  /** What is in between is written, and not taken yet. */
  #start = 0;
  #at = 0;

  /** Bytes written since the last `take`. */
  get length(): number {
    return this.#at - this.#start;
  }

  write(reply: Reply, version: RespVersion): void {
    const before = this.length;
    try {
      this.#write(reply, 0, reply.length, version, 0);
    } catch (error) {
      if (!(error instanceof MalformedPieces)) throw error;
      this.#at = this.#start + before;
      const text = `ERR unreadable reply: ${error.message}. Do all servers run the same release?`;
      this.#writeLine(failure(text), 0, failure(text).length);
    }
  }

  /** Gives away what was written. */
  take(): Uint8Array {
    const taken = this.#slab.subarray(this.#start, this.#at);
    this.#start = this.#at;
    return taken;
  }

  #write(from: Uint8Array, start: number, end: number, version: RespVersion, depth: number): void {
    const type = from[start];
    switch (type) {
      case replyType.status:
      case replyType.error:
      case replyType.integer:
        return this.#writeLine(from, start, end);
      case replyType.bulk:
        return this.#writeBulk(from, start + 1, end);
      case replyType.nil:
        return this.#writeNil(version);
      case replyType.verbatim:
        return this.#writeVerbatim(from, start + 1, end, version);
      case replyType.array:
      case replyType.set:
      case replyType.map:
        return this.#writeAggregate(from.subarray(start, end), type, version, depth);
      default:
        throw new MalformedPieces(`its type is ${type ?? 'missing'}`);
    }
  }

  #writeLine(from: Uint8Array, start: number, end: number): void {
    this.#reserve(end - start + framingBytes);
    this.#at = putBytes(this.#slab, this.#at, from, start, end);
    this.#lineEnd();
  }

  #writeBulk(from: Uint8Array, start: number, end: number): void {
    this.#reserve(end - start + framingBytes);
    this.#head(replyType.bulk, end - start);
    this.#at = putBytes(this.#slab, this.#at, from, start, end);
    this.#lineEnd();
  }

  #writeNil(version: RespVersion): void {
    this.#reserve(framingBytes);
    if (version === 3) {
      this.#slab[this.#at++] = replyType.nil;
    } else {
      this.#slab[this.#at++] = replyType.bulk;
      for (const byte of minusOne) this.#slab[this.#at++] = byte;
    }
    this.#lineEnd();
  }

  #writeVerbatim(from: Uint8Array, start: number, end: number, version: RespVersion): void {
    if (version === 2) return this.#writeBulk(from, start, end);
    this.#reserve(end - start + framingBytes);
    this.#head(replyType.verbatim, end - start + textMark.length);
    for (const byte of textMark) this.#slab[this.#at++] = byte;
    this.#at = putBytes(this.#slab, this.#at, from, start, end);
    this.#lineEnd();
  }

  #writeAggregate(reply: Uint8Array, type: number, version: RespVersion, depth: number): void {
    if (depth >= depthMax) throw new MalformedPieces(`it is nested deeper than ${depthMax}`);
    const counter = new PieceReader(reply, 1);
    let count = 0;
    for (; counter.hasMore; count++) counter.next();
    this.#reserve(framingBytes);
    if (version === 2) this.#head(replyType.array, count);
    else this.#head(type, type === replyType.map ? Math.floor(count / 2) : count);
    const elements = new PieceReader(reply, 1);
    while (elements.hasMore) {
      elements.next();
      this.#write(reply, elements.start, elements.end, version, depth + 1);
    }
  }

  /** A type byte, a length, and the end of the line. */
  #head(type: number, length: number): void {
    this.#slab[this.#at++] = type;
    let scale = 1;
    while (scale * 10 <= length) scale *= 10;
    for (; scale >= 1; scale /= 10) {
      this.#slab[this.#at++] = zero + (Math.floor(length / scale) % 10);
    }
    this.#lineEnd();
  }

  #lineEnd(): void {
    this.#slab[this.#at++] = carriageReturn;
    this.#slab[this.#at++] = lineFeed;
  }

  /**
   * Makes room for `bytes` more behind what is not taken yet; that is all which moves to a new
   * slab.
   */
  #reserve(bytes: number): void {
    if (this.#at + bytes <= this.#slab.length) return;
    const written = this.length;
    const slab = new Uint8Array(Math.max(slabBytes, 2 * written + bytes));
    slab.set(this.#slab.subarray(this.#start, this.#at));
    this.#slab = slab;
    this.#start = 0;
    this.#at = written;
  }
}
