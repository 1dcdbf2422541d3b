/**
 * What has been proposed here and not been answered. A proposal is settled by what gets applied at its index: its
 * own entry (done) or another (not done). When neither happens in time nobody knows (§8).
 */
import type { Entry } from '../machines/entry.js';
import type { Cancel, Clock } from './clock.js';
import { notDone, type Settle, unknown } from './outcome.js';

interface Pending {
  readonly term: number;
  readonly settle: Settle;
  readonly deadlineMs: number;
  /** One of an earlier term at the same index: gone from our log, but another server may yet commit it. */
  readonly earlier: Pending | undefined;
}

export class PendingProposals {
  readonly #clock: Clock;
  readonly #timeoutMs: number;
  readonly #pending = new Map<number, Pending>();
  #cancel: Cancel | undefined;

  constructor(clock: Clock, timeoutMs: number) {
    this.#clock = clock;
    this.#timeoutMs = timeoutMs;
  }

  get size(): number {
    return this.#pending.size;
  }

  add(index: number, term: number, settle: Settle): void {
    const earlier = this.#pending.get(index);
    this.#pending.delete(index);
    const deadlineMs = this.#clock.monotonicMs() + this.#timeoutMs;
    this.#pending.set(index, { term, settle, deadlineMs, earlier });
    this.#cancel ??= this.#clock.schedule(this.#timeoutMs, () => this.#expire());
  }

  /** Whether an answer is waited for at this index. */
  has(index: number): boolean {
    return this.#pending.has(index);
  }

  /** `entry` was applied, with this outcome if it is what was proposed. */
  applied(entry: Entry, value: unknown, error: unknown, threw: boolean): void {
    const { index, term } = entry;
    let pending = this.#pending.get(index);
    if (pending === undefined) return;
    this.#pending.delete(index);
    for (; pending !== undefined; pending = pending.earlier) {
      if (pending.term !== term) pending.settle(notDone('another entry took its place in the log'));
      else pending.settle(threw ? { type: 'threw', index, error } : { type: 'done', index, value });
    }
  }

  /** Nothing more will be applied here. */
  abandon(reason: string): void {
    this.#cancel?.();
    const pending = [...this.#pending.values()];
    this.#pending.clear();
    for (const one of pending) settleAll(one, reason);
  }

  /** Those that waited too long; the oldest come first, since indexes and deadlines grow together. */
  #expire(): void {
    this.#cancel = undefined;
    const nowMs = this.#clock.monotonicMs();
    for (const [index, pending] of this.#pending) {
      if (pending.deadlineMs > nowMs) {
        this.#cancel = this.#clock.schedule(pending.deadlineMs - nowMs, () => this.#expire());
        return;
      }
      this.#pending.delete(index);
      settleAll(pending, `no answer within ${this.#timeoutMs} ms`);
    }
  }
}

function settleAll(first: Pending, reason: string): void {
  for (let one: Pending | undefined = first; one !== undefined; one = one.earlier) {
    one.settle(unknown(reason));
  }
}
