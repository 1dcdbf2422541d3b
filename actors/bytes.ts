/**
 * Bytes, written and read one after another: what the formats of disk and wire are made of. Numbers
 * are little endian; a u53 is any safe integer from 0 on, as two u32, the low half first.
 */

const twoTo32 = 2 ** 32;
const twoTo21 = 2 ** 21;
/** From this length on, `set` is faster than a loop. */
const setFromBytes = 16;
/**
 * A buffer that grew above this is given back by `reset`, so that one large write is not paid for
 * ever.
 */
const keepBytesMax = 1024 * 1024;

const encoder = new TextEncoder();
/** Strict, and with every character kept: the platform's default drops a leading U+FEFF. */
const decoding = { fatal: true, ignoreBOM: true };
const decoder = new TextDecoder('utf-8', decoding);

/** A buffer that grows as it is written to, and is used again and again. */
export class ByteWriter {
  #bytes: Uint8Array;
  /** The same bytes: four of them in one store take two thirds of the time of four stores. */
  #view: DataView;
  #length = 0;

  /** `capacity` is what it holds before it has to grow, in bytes. */
  constructor(capacity = 1024) {
    this.#bytes = new Uint8Array(capacity);
    this.#view = new DataView(this.#bytes.buffer);
  }

  /** Bytes written since the last reset. */
  get length(): number {
    return this.#length;
  }

  /** Begins anew. Views that `finish` gave are overwritten from now on. */
  reset(): void {
    this.#length = 0;
    if (this.#bytes.length > keepBytesMax) this.#use(new Uint8Array(keepBytesMax));
  }

  /** What was written, as a view that lasts until the next `reset`. */
  finish(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  u8(value: number): void {
    const at = this.#take(1);
    this.#bytes[at] = value;
  }

  u32(value: number): void {
    const at = this.#take(4);
    this.#view.setUint32(at, value, true);
  }

  /** Writes over four bytes that were written before, such as a length that was not known yet. */
  u32At(offset: number, value: number): void {
    if (offset < 0 || offset + 4 > this.#length)
      throw new RangeError('u32At beyond what is written');
    this.#view.setUint32(offset, value, true);
  }

  /** Throws a RangeError for what is no safe integer from 0 on: rounding would be silent. */
  u53(value: number): void {
    if (!Number.isSafeInteger(value) || value < 0)
      throw new RangeError(`${value} is no integer from 0 to 2^53 - 1`);
    const at = this.#take(8);
    this.#view.setUint32(at, value, true);
    this.#view.setUint32(at + 4, value / twoTo32, true);
  }

  /** Writes `value` as it is, without its length. */
  bytes(value: Uint8Array): void {
    const { length } = value;
    const at = this.#take(length);
    const target = this.#bytes;
    if (length >= setFromBytes) target.set(value, at);
    else for (let i = 0; i < length; i++) target[at + i] = value[i]!;
  }

  /** Writes the length in bytes as a u32, then UTF-8. */
  text(value: string): void {
    const bytes = encoder.encode(value);
    this.u32(bytes.length);
    this.bytes(bytes);
  }

  /** Makes room for `length` bytes, and answers where they begin. */
  #take(length: number): number {
    const at = this.#length;
    const end = at + length;
    if (end > this.#bytes.length) this.#grow(end);
    this.#length = end;
    return at;
  }

  #grow(lengthMin: number): void {
    const larger = new Uint8Array(Math.max(lengthMin, this.#bytes.length * 2));
    larger.set(this.#bytes.subarray(0, this.#length));
    this.#use(larger);
  }

  #use(bytes: Uint8Array): void {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer);
  }
}

/**
 * Reads what a {@link ByteWriter} wrote, from `offset` up to `end`. Reading past the end, and what
 * no writer can have written, throws a RangeError; whoever reads foreign bytes turns it into an
 * error of its own.
 */
export class ByteReader {
  readonly #bytes: Uint8Array;
  readonly #end: number;
  #offset: number;

  constructor(bytes: Uint8Array, offset = 0, end = bytes.length) {
    if (offset < 0 || end > bytes.length || offset > end)
      throw new RangeError(`no bytes ${offset} to ${end} in ${bytes.length}`);
    this.#bytes = bytes;
    this.#offset = offset;
    this.#end = end;
  }

  /** Where the next read begins. */
  get offset(): number {
    return this.#offset;
  }

  /** Bytes that are left. */
  get remaining(): number {
    return this.#end - this.#offset;
  }

  u8(): number {
    return this.#bytes[this.#take(1)]!;
  }

  u32(): number {
    return loadU32(this.#bytes, this.#take(4));
  }

  u53(): number {
    const at = this.#take(8);
    const high = loadU32(this.#bytes, at + 4);
    if (high >= twoTo21) throw new RangeError(`byte ${at}: a number above 2^53 - 1`);
    return high * twoTo32 + loadU32(this.#bytes, at);
  }

  /** The next `length` bytes, as a view: nothing is copied. */
  bytes(length: number): Uint8Array {
    const at = this.#take(length);
    return this.#bytes.subarray(at, at + length);
  }

  text(): string {
    const bytes = this.bytes(this.u32());
    try {
      return decoder.decode(bytes);
    } catch {
      throw new RangeError(`byte ${this.#offset - bytes.length}: text that is not UTF-8`);
    }
  }

  #take(length: number): number {
    const at = this.#offset;
    if (length > this.#end - at) throw new RangeError(`byte ${at}: ends ${length} bytes too early`);
    this.#offset = at + length;
    return at;
  }
}

/** Stores the low 32 bits of `value`. */
export function storeU32(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value;
  bytes[at + 1] = value >>> 8;
  bytes[at + 2] = value >>> 16;
  bytes[at + 3] = value >>> 24;
}

/** The four bytes at `at`, which must exist. */
export function loadU32(bytes: Uint8Array, at: number): number {
  return (
    (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)) >>> 0
  );
}
