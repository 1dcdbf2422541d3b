/**
 * What has been proposed here and not been answered. A proposal is settled by what gets applied at
 * its index: its own entry (done) or another (not done). When neither happens in time nobody knows
 * (§8).
 */
import type { Entry } from '../machines/entry.js';
import type { Cancel, Clock } from './clock.js';
import { type EntryOutcome, notDone, type Settle, unknown } from './outcome.js';

interface Pending {
  readonly index: number;
  readonly term: number;
  readonly settle: Settle;
  readonly deadlineMs: number;
  /**
   * One of an earlier term at the same index: gone from our log, but another server may yet commit
   * it.
   */
  readonly earlier: Pending | undefined;
}

export class PendingProposals {
  readonly #clock: Clock;
  readonly #timeoutMs: number;
  /** The latest at each index. */
  readonly #atIndex = new Map<number, Pending>();
  /** All of them, the oldest first: that is also the order of their deadlines. */
  readonly #waiting = new Set<Pending>();
  #cancel: Cancel | undefined;

  constructor(clock: Clock, timeoutMs: number) {
    this.#clock = clock;
    this.#timeoutMs = timeoutMs;
  }

  get size(): number {
    return this.#waiting.size;
  }

  add(index: number, term: number, settle: Settle): void {
    const deadlineMs = this.#clock.monotonicMs() + this.#timeoutMs;
    const pending = { index, term, settle, deadlineMs, earlier: this.#atIndex.get(index) };
    this.#atIndex.set(index, pending);
    this.#waiting.add(pending);
    this.#cancel ??= this.#clock.schedule(this.#timeoutMs, () => this.#expire());
  }

  /** `entry` was applied, with this outcome if it is what was proposed. */
  applied({ index, term }: Entry, outcome: EntryOutcome): void {
    let pending = this.#atIndex.get(index);
    if (pending === undefined) return;
    this.#atIndex.delete(index);
    for (; pending !== undefined; pending = pending.earlier) {
      if (!this.#waiting.delete(pending)) continue;
      const isThis = pending.term === term;
      pending.settle(isThis ? outcome : notDone('another entry took its place in the log'));
    }
  }

  /**
   * A snapshot has taken the place of everything up to `index`: what it did with it is not told.
   */
  covered(index: number): void {
    const covered = [...this.#waiting].filter((pending) => pending.index <= index);
    for (const pending of covered) {
      this.#waiting.delete(pending);
      this.#atIndex.delete(pending.index);
    }
    for (const { settle } of covered) settle(unknown('a snapshot took its place in the log'));
  }

  /** Nothing more will be applied here. */
  abandon(reason: string): void {
    this.#cancel?.();
    this.#cancel = undefined;
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    this.#atIndex.clear();
    for (const pending of waiting) pending.settle(unknown(reason));
  }

  /** Ends those that waited too long, and comes back for the next. */
  #expire(): void {
    const nowMs = this.#clock.monotonicMs();
    const late: Pending[] = [];
    for (const pending of this.#waiting) {
      if (pending.deadlineMs > nowMs) break;
      late.push(pending);
    }
    for (const pending of late) {
      this.#waiting.delete(pending);
      if (this.#atIndex.get(pending.index) === pending) this.#atIndex.delete(pending.index);
    }
    const [next] = this.#waiting;
    this.#cancel = next && this.#clock.schedule(next.deadlineMs - nowMs, () => this.#expire());
    for (const { settle } of late) settle(unknown(`no answer within ${this.#timeoutMs} ms`));
  }
}
