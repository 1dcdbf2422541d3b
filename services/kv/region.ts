/**
 * A region of the keyspace: the leaves of a range of places, in order. A few keys share one leaf;
 * many, even if a hash tag has put them all together, fill as many as they need.
 */
import type { Leaf } from './leaf.js';

export class Region {
  /** It may be changed in this generation alone; views hold it in later ones. */
  readonly generation: number;
  readonly #leaves: Leaf[];
  /** By leaf, where it begins: beside each other, since leaves are far apart in memory. */
  readonly #begins: number[];

  constructor(generation: number, leaves: Leaf[], begins: number[]) {
    this.generation = generation;
    this.#leaves = leaves;
    this.#begins = begins;
  }

  /** None is empty, but a first one that was just made. */
  get leaves(): readonly Leaf[] {
    return this.#leaves;
  }

  /** Which of the leaves has the keys of `place`. */
  indexOf(place: number): number {
    let low = 0;
    let high = this.#begins.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if (this.#begins[middle]! <= place) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  /** The same leaves, to be changed in another generation. */
  copy(generation: number): Region {
    return new Region(generation, this.#leaves.slice(), this.#begins.slice());
  }

  replace(index: number, leaf: Leaf): void {
    this.#leaves[index] = leaf;
  }

  /** Adds the upper half of the leaf at `index`. */
  addUpper(index: number, upper: Leaf): void {
    this.#leaves.splice(index + 1, 0, upper);
    this.#begins.splice(index + 1, 0, upper.begin);
  }

  remove(index: number): void {
    this.#leaves.splice(index, 1);
    this.#begins.splice(index, 1);
  }
}
