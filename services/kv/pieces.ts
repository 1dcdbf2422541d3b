/**
 * Pieces: byte strings one after another, each behind its length. Commands, replies and snapshots
 * of the key-value service are laid out this way.
 *
 * A length, or any other whole number from 0 to 2^53 - 1, is written seven bits a byte, the lowest
 * first; the top bit says that another byte follows.
 */

/** Below this many bytes a loop copies faster than `set` with a `subarray`. */
const shortCopyBytes = 32;

/** Bytes that {@link putNumber} takes for `value`. */
export function numberSize(value: number): number {
  let size = 1;
  for (let rest = value; rest >= 0x80; rest = Math.floor(rest / 0x80)) size++;
  return size;
}

/** Writes `value` at `at`, and answers the position behind it. */
export function putNumber(target: Uint8Array, at: number, value: number): number {
  let rest = value;
  let position = at;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) target[position++] = (rest % 0x80) | 0x80;
  target[position++] = rest;
  return position;
}

/** Copies `source` from `start` to `end` to `at`, and answers the position behind it. */
export function putBytes(
  target: Uint8Array,
  at: number,
  source: Uint8Array,
  start: number,
  end: number,
): number {
  const length = end - start;
  if (length < shortCopyBytes) {
    for (let index = 0; index < length; index++) target[at + index] = source[start + index]!;
  } else {
    target.set(source.subarray(start, end), at);
  }
  return at + length;
}

/** Bytes that {@link putPiece} takes for a piece of `length` bytes. */
export function pieceSize(length: number): number {
  return numberSize(length) + length;
}

/** Writes `source` from `start` to `end` as a piece at `at`, and answers the position behind it. */
export function putPiece(
  target: Uint8Array,
  at: number,
  source: Uint8Array,
  start = 0,
  end = source.length,
): number {
  return putBytes(target, putNumber(target, at, end - start), source, start, end);
}

/** Bytes that no version of this layout has written. */
export class MalformedPieces extends Error {
  constructor(what: string) {
    super(what);
    this.name = 'MalformedPieces';
  }
}

/**
 * Reads pieces in order. Every method throws {@link MalformedPieces} rather than read past the end.
 */
export class PieceReader {
  bytes: Uint8Array;
  /** Position of what is read next. */
  at: number;
  /** Where the piece that was read last begins and ends. */
  start = 0;
  end = 0;

  constructor(bytes: Uint8Array, at = 0) {
    this.bytes = bytes;
    this.at = at;
  }

  get hasMore(): boolean {
    return this.at < this.bytes.length;
  }

  number(): number {
    let value = 0;
    for (let scale = 1; this.at < this.bytes.length; scale *= 0x80) {
      const byte = this.bytes[this.at++]!;
      value += (byte & 0x7f) * scale;
      if (value > Number.MAX_SAFE_INTEGER) break;
      if (byte < 0x80) return value;
    }
    throw new MalformedPieces('a number is cut off, or too large');
  }

  /** Moves `start` and `end` to the next piece. */
  next(): void {
    const length = this.number();
    if (length > this.bytes.length - this.at) throw new MalformedPieces('a piece is cut off');
    this.start = this.at;
    this.at += length;
    this.end = this.at;
  }

  /** A view of the next piece. */
  piece(): Uint8Array {
    this.next();
    return this.bytes.subarray(this.start, this.end);
  }
}
