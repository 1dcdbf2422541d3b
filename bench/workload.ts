/** What every contender is asked to do: the keys, the values, and the operations on them. */

export type Kind = 'set' | 'get';

/** How many keys are written and read. */
export const keyCount = 10_000;
/** Bytes of a value. */
export const valueBytes = 100;
/** The same text every time: a contender may not profit from its content, and none compresses. */
export const value = 'x'.repeat(valueBytes);

/** Twelve digits, as redis-benchmark names its keys, so that all generators mean the same ones. */
export function keyName(number: number): string {
  return `key:${number.toString().padStart(12, '0')}`;
}

/**
 * Requests for all keys in one block of bytes, all of the same length, in a fixed order that is not
 * the order of the keys. Neighbours are taken as one view: a generator copies nothing that it need
 * not. The connections of a load share one block.
 */
export class RequestBlock {
  readonly #bytes: Uint8Array;
  readonly #length: number;
  #next = 0;

  /** `encode` makes the request for one key. */
  constructor(encode: (key: string) => Uint8Array) {
    this.#length = encode(keyName(0)).length;
    this.#bytes = new Uint8Array(this.#length * keyCount);
    for (let place = 0; place < keyCount; place++) {
      this.#bytes.set(encode(keyName((place * stride) % keyCount)), place * this.#length);
    }
  }

  /** Bytes of one request. */
  get requestBytes(): number {
    return this.#length;
  }

  /** The next requests, as a view: at most `count`, fewer where the block ends. */
  take(count: number): Uint8Array {
    const from = this.#next;
    const taken = Math.min(count, keyCount - from);
    this.#next = (from + taken) % keyCount;
    return this.#bytes.subarray(from * this.#length, (from + taken) * this.#length);
  }
}

/** Has no factor in common with {@link keyCount}: every key has its turn. */
const stride = 7919;
