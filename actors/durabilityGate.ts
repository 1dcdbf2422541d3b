/**
 * Holds back what must not be said yet: a message that names a write leaves once that write is
 * durable (Figure 2: persistent state is "updated on stable storage before responding to RPCs").
 */
import type { Persist, Send } from '../machines/effects.js';

export class DurabilityGate {
  #durable = 0;
  #waiting: Send[] = [];
  readonly #writes: { readonly number: number; readonly lastIndex: number }[] = [];
  readonly #release: (send: Send) => void;

  constructor(release: (send: Send) => void) {
    this.#release = release;
  }

  /** Number of the latest write that is known to be durable. */
  get durable(): number {
    return this.#durable;
  }

  /** A write went to the store. */
  wrote(write: Persist): void {
    this.#writes.push({ number: write.number, lastIndex: write.lastIndex });
  }

  /**
   * Sends now, or when the write that it waits for is durable. Those that wait keep their order.
   */
  send(send: Send): void {
    if (send.awaits <= this.#durable) this.#release(send);
    else this.#waiting.push(send);
  }

  /** Every write up to `number` is durable. Answers where the log ended with that write. */
  persisted(number: number): number {
    this.#durable = Math.max(this.#durable, number);
    const later = this.#writes.findIndex((write) => write.number > number);
    const done = this.#writes.splice(0, later < 0 ? this.#writes.length : later);
    return done[done.length - 1]?.lastIndex ?? 0;
  }

  /** Lets go what waited for nothing but what is durable now. */
  open(): void {
    if (this.#waiting.length === 0) return;
    const waiting = this.#waiting;
    this.#waiting = waiting.filter((send) => send.awaits > this.#durable);
    for (const send of waiting) if (send.awaits <= this.#durable) this.#release(send);
  }
}
