/**
 * Looks ahead of a search: whether what returns next can still answer as it did. Without it a wrong
 * order of two operations shows only when some later answer comes up, and all that lies between is
 * tried in every order before the search turns back that far.
 */
import type { Model } from './model.js';
import type { Done, Unknown } from './search.js';
import type { Timeline } from './timeline.js';
import type { Visited } from './visited.js';

/** Of the operations that answered something, by their return, the first so many are asked. */
const nearMax = 8;
/** Behind them the 16th, the 32nd and so on: what goes wrong for good shows there as well. */
const farMax = 64;

export class LookAhead<S, I, O> {
  readonly #model: Model<S, I, O>;
  readonly #done: readonly Done<I, O>[];
  readonly #unknown: readonly Unknown<I>[];
  readonly #timeline: Timeline;
  readonly #visited: Visited;

  /** Timeline and visited configurations are those of the search, as they are when it asks. */
  constructor(
    model: Model<S, I, O>,
    done: readonly Done<I, O>[],
    unknown: readonly Unknown<I>[],
    timeline: Timeline,
    visited: Visited,
  ) {
    this.#model = model;
    this.#done = done;
    this.#unknown = unknown;
    this.#timeline = timeline;
    this.#visited = visited;
  }

  /**
   * A done operation whose answer no order that goes on from a state explains; -1 if that is not
   * easy to see of any.
   */
  hopeless(state: S): number {
    if (this.#model.mayAnswer === undefined) return -1;
    const between: I[] = [];
    let unknown = 0;
    let answered = 0;
    let place = this.#timeline.first;
    for (; answered < farMax && place < this.#timeline.end; place = this.#timeline.next(place)) {
      const operation = this.#timeline.operationAt(place);
      const { input, output } = this.#done[operation]!;
      if (!this.#timeline.isReturn(place)) between.push(input);
      else if (output !== undefined && isAsked(++answered)) {
        unknown = this.#addUnknown(between, unknown, place);
        if (!this.#model.mayAnswer(state, input, output, between)) return operation;
      }
    }
    return -1;
  }

  /** Adds what is unknown, from one on, and may come before what returns at a place. */
  #addUnknown(between: I[], from: number, place: number): number {
    for (let i = from; i < this.#unknown.length; i++) {
      const { input, called } = this.#unknown[i]!;
      if (!this.#timeline.isCalledBefore(called, place)) return i;
      if (!this.#visited.hasUnknown(i)) between.push(input);
    }
    return this.#unknown.length;
  }
}

function isAsked(number: number): boolean {
  return number <= nearMax || (number & (number - 1)) === 0;
}
