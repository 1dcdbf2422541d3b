/**
 * The search for an order of the operations that explains every answer (Wing and Gong 1993, with
 * the memory of Lowe 2017): in each configuration whatever may come next is tried, the earliest
 * call first, and taken back where that leads nowhere.
 *
 * Operations of which nothing is known would multiply the orders, since each may come anywhere or
 * nowhere. So they are tried last, *just in time* for one whose answer needs them, and one is
 * passed over
 * - if it changes nothing in this state;
 * - if it makes an unknown operation before it pointless: the state is as it would be without that;
 * - if the same was reached without it, or without others like it (see `visited.ts`).
 */
import { LookAhead } from './lookAhead.js';
import type { Model } from './model.js';
import { States } from './states.js';
import { Timeline } from './timeline.js';
import { Visited } from './visited.js';

/** An operation that took effect. */
export interface Done<I, O> {
  readonly input: I;
  readonly output: O | undefined;
  readonly called: number;
  readonly returned: number;
}

/** An operation that may have. */
export interface Unknown<I> {
  readonly input: I;
  readonly called: number;
}

/** Where the search could not go on. */
export interface DeadEnd<S> {
  readonly state: S;
  /** What cannot come any more, by its answer; the first of them shows that it ends here. */
  readonly stuck: readonly number[];
}

/** What a search comes to. Done operations are numbered from 0, unknown ones behind them. */
export type Found<S> =
  | { readonly type: 'order'; readonly order: readonly number[] }
  /** The order that leads to the first of the furthest ends, which differ in their states. */
  | {
      readonly type: 'none';
      readonly order: readonly number[];
      readonly ends: readonly DeadEnd<S>[];
    }
  /** It was given up after so many configurations. */
  | { readonly type: 'full'; readonly states: number };

/** So many ends are told apart; people read one or two. */
const endsMax = 8;

export class Search<S, I, O> {
  readonly #done: readonly Done<I, O>[];
  readonly #unknown: readonly Unknown<I>[];
  readonly #timeline: Timeline;
  readonly #visited: Visited;
  readonly #lookAhead: LookAhead<S, I, O>;
  readonly #states: States<S, I, O>;
  /** What has taken effect, in order, and the state before each. */
  readonly #order: number[] = [];
  readonly #before: number[] = [];
  #state: number;
  #doneCount = 0;
  #furthest = -1;
  #ends: DeadEnd<S>[] = [];
  /** The order up to the first of the ends, and how much of it is still the order now. */
  readonly #longest: number[] = [];
  #inCommon = 0;

  /** Unknown operations in the order of their calls. */
  constructor(
    model: Model<S, I, O>,
    done: readonly Done<I, O>[],
    unknown: readonly Unknown<I>[],
    statesMax: number,
  ) {
    this.#done = done;
    this.#unknown = unknown;
    this.#timeline = new Timeline(done);
    this.#visited = new Visited(done.length, unknown.length, statesMax);
    this.#lookAhead = new LookAhead(model, done, unknown, this.#timeline, this.#visited);
    this.#states = new States(model);
    this.#state = this.#states.numberOf(model.initial);
  }

  run(): Found<S> {
    let from = this.#timeline.first;
    let hopeless = -1;
    this.#visited.add(this.#state);
    while (this.#doneCount < this.#done.length) {
      if (this.#visited.isFull) return { type: 'full', states: this.#visited.count };
      if (hopeless < 0 && this.#takeNext(from)) {
        from = this.#timeline.first;
        hopeless = this.#lookAhead.hopeless(this.#states.of(this.#state));
        continue;
      }
      if (this.#doneCount >= this.#furthest) this.#noteEnd(hopeless);
      if (this.#order.length === 0) {
        return { type: 'none', order: this.#longest, ends: this.#ends };
      }
      from = this.#takeBack();
      hopeless = -1;
    }
    return { type: 'order', order: this.#order };
  }

  /**
   * Takes the next operation that leads to a configuration not visited before; false if none does.
   * `from` is a place, or from the end of all places on the number of an unknown operation.
   */
  #takeNext(from: number): boolean {
    let place = from;
    while (place < this.#timeline.end && !this.#timeline.isReturn(place)) {
      if (this.#takeDone(this.#timeline.operationAt(place))) return true;
      place = this.#timeline.next(place);
    }
    if (this.#unknown.length === 0) return false;
    const firstReturn = this.#timeline.firstReturn();
    const firstUnknown = Math.max(0, from - this.#timeline.end);
    for (let i = firstUnknown; i < this.#unknown.length; i++) {
      if (!this.#timeline.isCalledBefore(this.#unknown[i]!.called, firstReturn)) break;
      if (this.#takeUnknown(i)) return true;
    }
    return false;
  }

  #takeDone(operation: number): boolean {
    const { input, output } = this.#done[operation]!;
    const next = this.#states.after(this.#state, input, output);
    if (next < 0) return false;
    this.#visited.toggleDone(operation);
    if (!this.#visited.add(next)) {
      this.#visited.toggleDone(operation);
      return false;
    }
    this.#timeline.take(operation);
    this.#doneCount++;
    this.#follow(operation, next);
    return true;
  }

  #takeUnknown(i: number): boolean {
    if (this.#visited.hasUnknown(i)) return false;
    const { input } = this.#unknown[i]!;
    const next = this.#states.after(this.#state, input, undefined);
    if (next < 0 || next === this.#state || this.#makesPointless(input, next)) return false;
    this.#visited.toggleUnknown(i);
    if (!this.#visited.add(next)) {
      this.#visited.toggleUnknown(i);
      return false;
    }
    this.#follow(this.#done.length + i, next);
    return true;
  }

  #makesPointless(input: I, next: number): boolean {
    const last = this.#order.at(-1);
    if (last === undefined || last < this.#done.length) return false;
    return this.#states.after(this.#before.at(-1)!, input, undefined) === next;
  }

  #follow(operation: number, state: number): void {
    this.#order.push(operation);
    this.#before.push(this.#state);
    this.#state = state;
  }

  /** Takes back what was taken last; answers where to go on. */
  #takeBack(): number {
    const operation = this.#order.pop()!;
    this.#inCommon = Math.min(this.#inCommon, this.#order.length);
    this.#state = this.#before.pop()!;
    const unknown = operation - this.#done.length;
    if (unknown >= 0) {
      this.#visited.toggleUnknown(unknown);
      return this.#timeline.end + unknown + 1;
    }
    this.#visited.toggleDone(operation);
    this.#timeline.putBack(operation);
    this.#doneCount--;
    return this.#timeline.next(this.#timeline.placeOfCall(operation));
  }

  /** Keeps where it ends here, if that is as far as any end yet, or further. */
  #noteEnd(hopeless: number): void {
    if (this.#doneCount > this.#furthest) {
      this.#furthest = this.#doneCount;
      this.#ends = [];
      this.#longest.length = this.#inCommon;
      for (let i = this.#inCommon; i < this.#order.length; i++) this.#longest.push(this.#order[i]!);
      this.#inCommon = this.#order.length;
    }
    const state = this.#states.of(this.#state);
    if (this.#ends.length === endsMax || this.#ends.some((end) => end.state === state)) return;
    const stuck = hopeless < 0 ? this.#stuckNow() : [hopeless];
    this.#ends.push({ state, stuck });
  }

  /** What may come next, by time, and cannot, by its answer: first what returns first. */
  #stuckNow(): number[] {
    const deadline = this.#timeline.operationAt(this.#timeline.firstReturn());
    const stuck = [deadline];
    let place = this.#timeline.first;
    for (; !this.#timeline.isReturn(place); place = this.#timeline.next(place)) {
      const operation = this.#timeline.operationAt(place);
      const { input, output } = this.#done[operation]!;
      if (operation === deadline) continue;
      if (this.#states.after(this.#state, input, output) < 0) stuck.push(operation);
    }
    return stuck;
  }
}
