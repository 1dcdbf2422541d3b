/**
 * Whether what clients saw of an object can be explained by one order of their operations, in which
 * each took effect at one moment between its call and its return (Herlihy and Wing 1990).
 */
import { explanationOf } from './explanation.js';
import type { Model } from './model.js';
import { isDone, type Operation } from './operation.js';
import { type Found, Search } from './search.js';
import type { Verdict, Violated } from './verdict.js';

/** How far a check may go. */
export interface Limits {
  /** So many configurations are kept, for one part of the object at a time. */
  readonly states: number;
}

/**
 * A million configurations: some hundred megabytes, and some ten seconds, where a history is hard.
 * Most take about as many as they have operations.
 */
export const defaultLimits: Limits = { states: 1_000_000 };

/** Places in the history, and the order that was found among them. */
interface PartOrder {
  readonly order: readonly number[];
}

/**
 * Checks a history, by the parts that the model names. Of several parts that are violated the first
 * is told. Throws a RangeError for an operation that returned before it was called.
 */
export function checkLinearizable<S, I, O>(
  history: readonly Operation<I, O>[],
  model: Model<S, I, O>,
  limits: Limits = defaultLimits,
): Verdict {
  for (const [i, operation] of history.entries()) assertForward(operation, i);
  const orders: PartOrder[] = [];
  let undecided: number | undefined;
  for (const [key, places] of partsOf(history, model)) {
    const part = new Part(history, places, model);
    const found = part.search(limits.states);
    if (found.type === 'order') orders.push({ order: part.placesOf(found.order) });
    else if (found.type === 'none') return part.violated(found, key);
    else undecided ??= found.states;
  }
  if (undecided !== undefined) return { verdict: 'undecided', states: undecided };
  return { verdict: 'linearizable', order: merged(history, orders) };
}

function assertForward({ called, returned = called }: Operation, i: number): void {
  if (called <= returned) return;
  const what = `operation ${i} of the history returned at ${returned}`;
  throw new RangeError(`${what}, but was called at ${called}: give times in ms, of one clock`);
}

function partsOf<S, I, O>(
  history: readonly Operation<I, O>[],
  model: Model<S, I, O>,
): Map<string | undefined, number[]> {
  const all = [...history.keys()].filter((i) => history[i]!.outcome !== 'notDone');
  const parts = new Map<string | undefined, number[]>();
  for (const i of all) {
    const key = model.key?.(history[i]!.input);
    if (key === undefined) return new Map([[undefined, all]]);
    const part = parts.get(key);
    if (part === undefined) parts.set(key, [i]);
    else part.push(i);
  }
  return parts;
}

/** Operations that are checked together. */
class Part<S, I, O> {
  readonly #history: readonly Operation<I, O>[];
  readonly #model: Model<S, I, O>;
  /** Places in the history: those of done operations first, then those of unknown ones. */
  readonly #places: readonly number[];
  readonly #done: readonly number[];
  readonly #unknown: readonly number[];

  constructor(
    history: readonly Operation<I, O>[],
    places: readonly number[],
    model: Model<S, I, O>,
  ) {
    this.#history = history;
    this.#model = model;
    const inOrder = [...places].sort((a, b) => history[a]!.called - history[b]!.called || a - b);
    this.#done = inOrder.filter((place) => isDone(history[place]!));
    const unknown = inOrder.filter((place) => !isDone(history[place]!));
    this.#unknown = unknown.filter((place) => this.#isShown(place, places));
    this.#places = [...this.#done, ...this.#unknown];
  }

  /** Whether it matters to any operation that may come after it whether an unknown one happened. */
  #isShown(place: number, others: readonly number[]): boolean {
    const { input, called } = this.#history[place]!;
    return others.some((other) => {
      const by = this.#history[other]!;
      if (other === place || (isDone(by) && by.returned! < called)) return false;
      return this.#model.isShownBy?.(input, by) ?? true;
    });
  }

  search(statesMax: number): Found<S> {
    const done = this.#done.map((place) => {
      const { input, output, called, returned } = this.#history[place]!;
      return { input, output, called, returned: returned! };
    });
    const unknown = this.#unknown.map((place) => this.#history[place]!);
    return new Search(this.#model, done, unknown, statesMax).run();
  }

  placesOf(operations: readonly number[]): number[] {
    return operations.map((operation) => this.#places[operation]!);
  }

  violated(
    { order, ends }: Extract<Found<S>, { type: 'none' }>,
    key: string | undefined,
  ): Violated {
    const [end] = ends;
    const stuckAt = this.placesOf(end!.stuck);
    const longest = this.placesOf(order);
    const all = this.#places.length;
    const explanation = explanationOf(this.#history, this.#model, {
      place: stuckAt[0]!,
      key,
      taken: longest.length,
      all,
      states: ends.filter(({ stuck }) => stuck[0] === end!.stuck[0]).map(({ state }) => state),
    });
    return {
      verdict: 'violated',
      ...(key !== undefined && { key }),
      longest,
      stuckAt,
      explanation,
    };
  }
}

/**
 * One order out of those of the parts: each operation at the earliest moment that its part allows,
 * which is no later than its return.
 */
function merged(history: readonly Operation[], parts: readonly PartOrder[]): number[] {
  const moments = parts.flatMap(({ order }) => {
    let at = Number.NEGATIVE_INFINITY;
    return order.map((place) => {
      at = Math.max(at, history[place]!.called);
      return { place, at };
    });
  });
  return moments.sort((a, b) => a.at - b.at).map(({ place }) => place);
}
