/**
 * Records: how a key and what it holds are laid out in memory, and in snapshots.
 *
 * The key as a piece, the version and the expiry (ms; 0: none) as numbers, and the value as a
 * piece: the reply that GET gives, whose first byte is its type. A long value is held apart, in
 * storage of its own; in memory its piece is then empty, which no reply is.
 */
import { numberSize, PieceReader, pieceSize, putBytes, putNumber } from './pieces.js';
import { type Reply, replyType } from './reply.js';

/** The expiry of what does not expire. */
export const never = Number.POSITIVE_INFINITY;

/** From this length on a value is held apart: moving it would cost more than a memory block. */
export const apartBytesMin = 4 * 1024;

/** Bytes from `start` to `end`, to be read at once and not kept. */
export interface Span {
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
}

/** A byte string to be put. */
export interface Value extends Span {
  /**
   * The type byte stands before `start`, which is 1, and the bytes may be kept: nothing before
   * `end` will change. They may be longer, for APPEND to go on in.
   */
  readonly isApart?: boolean;
}

/** What a key holds. Its bytes do not change, whatever becomes of the key. */
export class Item implements Value {
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
  readonly isApart: boolean;
  /** Index of the entry that changed the key last. */
  readonly version: number;
  /** Log time in ms, or `never`. */
  readonly expiresAt: number;

  constructor(value: Span, isApart: boolean, version: number, expiresAt: number) {
    this.bytes = value.bytes;
    this.start = value.start;
    this.end = value.end;
    this.isApart = isApart;
    this.version = version;
    this.expiresAt = expiresAt;
  }

  /** The reply that GET gives, to be written out and let go: it holds its neighbours in memory. */
  get value(): Reply {
    return this.bytes.subarray(this.start - 1, this.end);
  }

  /** The same for an answer that may be remembered. */
  get ownValue(): Reply {
    return this.isApart ? this.value : this.value.slice();
  }
}

/**
 * How the key of the record at `offset` compares with `key`, byte by byte: below, above or 0. The
 * beginning of a key comes before it.
 */
export function recordKeyOrder(bytes: Uint8Array, offset: number, key: Span): number {
  let start = offset + 1;
  let length = bytes[offset]!;
  if (length >= 0x80) {
    const reader = new PieceReader(bytes, offset);
    reader.next();
    start = reader.start;
    length = reader.end - start;
  }
  const keyLength = key.end - key.start;
  const shorter = Math.min(length, keyLength);
  for (let index = 0; index < shorter; index++) {
    const difference = bytes[start + index]! - key.bytes[key.start + index]!;
    if (difference !== 0) return difference;
  }
  return length - keyLength;
}

/** Reads records from memory. */
export class RecordReader extends PieceReader {
  keyStart = 0;
  keyEnd = 0;
  version = 0;
  /** Log time in ms, or `never`. */
  expiresAt = never;

  /**
   * Reads the next record; `start` and `end` are then those of the value's piece, which is empty
   * where the value is held apart. Throws `MalformedPieces`.
   */
  record(): void {
    this.next();
    this.keyStart = this.start;
    this.keyEnd = this.end;
    this.version = this.number();
    const expiry = this.number();
    this.expiresAt = expiry === 0 ? never : expiry;
    this.next();
  }
}

/** Bytes of the record without its value. */
export function headSize(key: Span, version: number, expiresAt: number): number {
  const numbers = numberSize(version) + numberSize(writtenExpiry(expiresAt));
  return pieceSize(key.end - key.start) + numbers;
}

/** Writes the record without its value, and answers the position behind it. */
export function putHead(
  target: Uint8Array,
  from: number,
  key: Span,
  version: number,
  expiresAt: number,
): number {
  let at = putNumber(target, from, key.end - key.start);
  at = putBytes(target, at, key.bytes, key.start, key.end);
  at = putNumber(target, at, version);
  return putNumber(target, at, writtenExpiry(expiresAt));
}

/** Bytes that {@link putValue} takes. */
export const valueSize = (value: Span) => pieceSize(1 + value.end - value.start);

/** Writes a value as a piece, and answers the position behind it. */
export function putValue(target: Uint8Array, from: number, value: Span): number {
  const at = putNumber(target, from, 1 + value.end - value.start);
  target[at] = replyType.bulk;
  return putBytes(target, at + 1, value.bytes, value.start, value.end);
}

const writtenExpiry = (expiresAt: number) => (expiresAt === never ? 0 : expiresAt);
