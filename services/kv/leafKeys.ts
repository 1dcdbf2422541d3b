/**
 * The keys of a leaf, in order: of each its place, and the offset of its record.
 *
 * Bare numbers in one buffer, a pair a key: to find a key, and to make room for another, touches
 * few lines of the processor's cache, and the collector has nothing to look through.
 */

/** There is room for so many keys at least. */
const roomMin = 16;

export class LeafKeys {
  #pairs: Uint32Array;
  #size = 0;

  /** Has room for half as many keys again as `size`. */
  constructor(size = 0) {
    this.#pairs = new Uint32Array(2 * Math.max(roomMin, size + (size >>> 1)));
  }

  /** How many keys there are. */
  get size(): number {
    return this.#size;
  }

  placeAt(index: number): number {
    return this.#pairs[2 * index]!;
  }

  offsetAt(index: number): number {
    return this.#pairs[2 * index + 1]!;
  }

  setOffset(index: number, offset: number): void {
    this.#pairs[2 * index + 1] = offset;
  }

  /** Puts a key before the one at `index`. */
  insert(index: number, place: number, offset: number): void {
    if (2 * this.#size === this.#pairs.length) this.#grow();
    const pairs = this.#pairs;
    pairs.copyWithin(2 * index + 2, 2 * index, 2 * this.#size);
    pairs[2 * index] = place;
    pairs[2 * index + 1] = offset;
    this.#size++;
  }

  /** Removes the key at `index`. */
  remove(index: number): void {
    this.#pairs.copyWithin(2 * index, 2 * index + 2, 2 * this.#size);
    this.#size--;
  }

  /** Removes every key but those for whose offset `isKept` says so. */
  keep(isKept: (offset: number) => boolean): void {
    const pairs = this.#pairs;
    let kept = 0;
    for (let index = 0; index < this.#size; index++) {
      const place = this.placeAt(index);
      const offset = this.offsetAt(index);
      if (!isKept(offset)) continue;
      pairs[2 * kept] = place;
      pairs[2 * kept + 1] = offset;
      kept++;
    }
    this.#size = kept;
  }

  /** The same keys, which stay as they are whatever becomes of these. */
  copy(): LeafKeys {
    return this.#part(0, this.#size);
  }

  /** Gives the keys from `index` on to a list of their own. */
  splitAt(index: number): LeafKeys {
    const upper = this.#part(index, this.#size);
    this.#pairs = this.#part(0, index).#pairs;
    this.#size = index;
    return upper;
  }

  #part(from: number, to: number): LeafKeys {
    const size = to - from;
    const part = new LeafKeys(size);
    part.#pairs.set(this.#pairs.subarray(2 * from, 2 * to));
    part.#size = size;
    return part;
  }

  #grow(): void {
    this.#pairs = this.copy().#pairs;
  }
}
