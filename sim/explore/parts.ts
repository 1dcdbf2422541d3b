/**
 * Parts of worlds, numbered: two that no fact tells apart are one. Millions of worlds are made of a
 * few thousand servers and messages, so a world is a few numbers, and what is known of a part (how
 * it steps, what it adds to a fingerprint) is found out once.
 */
import type { Fact } from './fact.js';
import { type Fingerprints, signatureOf } from './fingerprint.js';

export class Parts<T> {
  readonly values: T[] = [];
  /** Of each part, what facts say of it whatever servers are called. */
  readonly signatures: number[] = [];
  readonly #numbers = new Map<string, number>();
  readonly #sums: Int32Array[] = [];
  readonly #fingerprints: Fingerprints;
  readonly #factsOf: (value: T) => readonly Fact[];

  constructor(fingerprints: Fingerprints, factsOf: (value: T) => readonly Fact[]) {
    this.#fingerprints = fingerprints;
    this.#factsOf = factsOf;
  }

  /** The number of this part, or of one that is no different. */
  numberOf(value: T): number {
    const facts = this.#factsOf(value);
    const key = facts
      .map(({ says, of, and }) => `${says}|${of}|${and}`)
      .sort()
      .join('\n');
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    const number = this.values.push(value) - 1;
    this.#numbers.set(key, number);
    this.#sums.push(this.#fingerprints.sumsOf(facts));
    this.signatures.push(signatureOf(facts));
    return number;
  }

  /** What this part adds to a world: two halves for each renaming. */
  sumsOf(number: number): Int32Array {
    return this.#sums[number]!;
  }
}
