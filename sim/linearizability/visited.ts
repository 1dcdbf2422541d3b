/**
 * The configurations that a search has been in, so that it need not be there again. A configuration
 * is the operations that have taken effect, and the state that they led to.
 *
 * Whoever reached the same state by the same done operations and *fewer* unknown ones can do all
 * that the other can. So what counts as visited is every configuration with the done operations and
 * the state of an earlier one, and at least its unknown operations.
 */
import { draw } from '../chance.js';

const wordBits = 32;
const fullWord = 0xffffffff;
/**
 * Of an entry, besides its words: two halves of a hash, the state, the entry before it in the same
 * bucket, the place of its first word, and how many words of done operations there are.
 */
const headerWords = 6;
/** Entries take no more than a gigabyte; growing copies them. */
const wordsMax = 2 ** 28;

function zobrist(i: number): number {
  return draw(1, 0, i, 0);
}

export class Visited {
  readonly #limit: number;
  /** What has taken effect now, of each kind. */
  readonly #done: Uint32Array;
  readonly #unknown: Uint32Array;
  /**
   * Words before the first are full, and words from the last on are empty: only those between tell
   * configurations apart; they are few, since operations take effect about when they are called.
   */
  #first = 0;
  #last = 0;
  readonly #zobrist: Uint32Array;
  #hashLow = 0;
  #hashHigh = 0;
  #entries = new Uint32Array(1024);
  #used = 0;
  /** By the low bits of the hash, where the last entry begins, plus one; 0 for none. */
  #buckets = new Uint32Array(1024);
  #count = 0;

  /**
   * For so many operations of each kind, in the order of their calls, and at most `limit`
   * configurations. The drawn numbers, of 32 bits, only decide how fast it is.
   */
  constructor(done: number, unknown: number, limit: number, drawn = zobrist) {
    this.#limit = limit;
    this.#done = new Uint32Array(Math.ceil(done / wordBits));
    this.#unknown = new Uint32Array(Math.ceil(unknown / wordBits));
    // Only done operations are hashed: entries that differ in unknown ones have to meet.
    this.#zobrist = new Uint32Array(2 * done).map((_, i) => drawn(i));
  }

  /** How many configurations are kept. */
  get count(): number {
    return this.#count;
  }

  /** Whether the limit is reached, or there is no room for another one. */
  get isFull(): boolean {
    const wordsNext = headerWords + this.#done.length + this.#unknown.length;
    return this.#count >= this.#limit || this.#used + wordsNext > wordsMax;
  }

  /** A done operation takes effect, or does so no longer. */
  toggleDone(operation: number): void {
    const word = operation >>> 5;
    this.#done[word]! ^= 1 << (operation & 31);
    this.#hashLow ^= this.#zobrist[2 * operation]!;
    this.#hashHigh ^= this.#zobrist[2 * operation + 1]!;
    this.#first = Math.min(this.#first, word);
    while (this.#done[this.#first] === fullWord) this.#first++;
    this.#last = Math.max(this.#last, word + 1, this.#first);
    while (this.#last > this.#first && this.#done[this.#last - 1] === 0) this.#last--;
  }

  /** The same for an unknown one, counted from 0. */
  toggleUnknown(operation: number): void {
    this.#unknown[operation >>> 5]! ^= 1 << (operation & 31);
  }

  /** Whether an unknown operation has taken effect. */
  hasUnknown(operation: number): boolean {
    return (this.#unknown[operation >>> 5]! & (1 << (operation & 31))) !== 0;
  }

  /** Keeps what has taken effect, with the state; false if that was visited. Not when full. */
  add(state: number): boolean {
    const low = (this.#hashLow ^ Math.imul(state + 1, 0x9e3779b1)) >>> 0;
    const high = (this.#hashHigh ^ Math.imul(state + 1, 0x85ebca6b)) >>> 0;
    const bucket = low & (this.#buckets.length - 1);
    for (let entry = this.#buckets[bucket]!; entry !== 0; entry = this.#entries[entry + 2]!) {
      const at = entry - 1;
      const isSameHash = this.#entries[at] === low && this.#entries[at + 1] === high;
      if (isSameHash && this.#covers(at, state)) return false;
    }
    this.#append(low, high, state, bucket);
    return true;
  }

  /** The hash only saves comparing: what decides are the operations and the state themselves. */
  #covers(at: number, state: number): boolean {
    const entries = this.#entries;
    const length = this.#last - this.#first;
    if (entries[at + 2] !== state || entries[at + 4] !== this.#first) return false;
    if (entries[at + 5] !== length) return false;
    const words = at + headerWords;
    for (let i = 0; i < length; i++) {
      if (entries[words + i] !== this.#done[this.#first + i]) return false;
    }
    return this.#unknown.every((current, i) => (entries[words + length + i]! & ~current) === 0);
  }

  #append(low: number, high: number, state: number, bucket: number): void {
    const at = this.#used;
    const length = this.#last - this.#first;
    this.#used += headerWords + length + this.#unknown.length;
    while (this.#used > this.#entries.length) this.#widen();
    const header = [low, high, state, this.#buckets[bucket]!, this.#first, length];
    this.#entries.set(header, at);
    this.#entries.set(this.#done.subarray(this.#first, this.#last), at + headerWords);
    this.#entries.set(this.#unknown, at + headerWords + length);
    this.#buckets[bucket] = at + 1;
    if (++this.#count > this.#buckets.length) this.#spread();
  }

  #widen(): void {
    const wider = new Uint32Array(this.#entries.length * 2);
    wider.set(this.#entries);
    this.#entries = wider;
  }

  #spread(): void {
    this.#buckets = new Uint32Array(this.#buckets.length * 4);
    const entries = this.#entries;
    for (let at = 0; at < this.#used; ) {
      const bucket = entries[at]! & (this.#buckets.length - 1);
      entries[at + 3] = this.#buckets[bucket]!;
      this.#buckets[bucket] = at + 1;
      at += headerWords + entries[at + 5]! + this.#unknown.length;
    }
  }
}
