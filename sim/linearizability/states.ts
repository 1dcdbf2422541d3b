/** The states that a search meets, each under a small number: equal states are one number. */
import type { Model } from './model.js';

export class States<S, I, O> {
  readonly #model: Model<S, I, O>;
  readonly #states: S[] = [];
  readonly #numbers = new Map<unknown, number>();

  constructor(model: Model<S, I, O>) {
    this.#model = model;
  }

  /** The number of a state. */
  numberOf(state: S): number {
    const canonical = this.#model.canonical === undefined ? state : this.#model.canonical(state);
    const known = this.#numbers.get(canonical);
    if (known !== undefined) return known;
    this.#numbers.set(canonical, this.#states.length);
    return this.#states.push(state) - 1;
  }

  of(number: number): S {
    return this.#states[number]!;
  }

  /** The number of the state after an operation, or -1 where it cannot have answered so. */
  after(number: number, input: I, output: O | undefined): number {
    const next = this.#model.step(this.#states[number]!, input, output);
    return next === false ? -1 : this.numberOf(next);
  }
}
