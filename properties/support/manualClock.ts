/**
 * A clock that a test winds by hand: nothing runs but when it says so, and what is left is there to
 * be counted.
 */
import type { Cancel, Clock } from '../../actors/clock.js';

interface Timer {
  readonly atMs: number;
  readonly run: () => void;
}

export class ManualClock implements Clock {
  #nowMs = 0;
  /** How far the wall clock is ahead of the monotonic one, ms. */
  wallAheadMs = 0;
  /** How often a timer was asked for, ever. */
  scheduled = 0;
  readonly #timers = new Set<Timer>();
  #deferred: (() => void)[] = [];

  monotonicMs(): number {
    return this.#nowMs;
  }

  wallMs(): number {
    return this.#nowMs + this.wallAheadMs;
  }

  schedule(ms: number, run: () => void): Cancel {
    const timer = { atMs: this.#nowMs + Math.max(0, ms), run };
    this.scheduled++;
    this.#timers.add(timer);
    return () => void this.#timers.delete(timer);
  }

  defer(run: () => void): void {
    this.#deferred.push(run);
  }

  /** How many timers are set. */
  get timers(): number {
    return this.#timers.size;
  }

  /** How many wait for the next turn. */
  get deferred(): number {
    return this.#deferred.length;
  }

  /** Runs what waits for the next turn, and not what is put off during it. */
  turn(): void {
    for (const run of this.#deferred.splice(0)) run();
  }

  /** Runs turns until nothing is put off any more. */
  settle(): void {
    while (this.#deferred.length > 0) this.turn();
  }

  /** Lets time pass while nothing can run, as when a process is stopped. */
  stall(ms: number): void {
    this.#nowMs += ms;
  }

  /**
   * Runs the timers that are due, the earliest first, as an event loop does before it reads its
   * input.
   */
  wake(): void {
    const due = [...this.#timers].filter(({ atMs }) => atMs <= this.#nowMs);
    for (const timer of due.toSorted((a, b) => a.atMs - b.atMs)) {
      if (this.#timers.delete(timer)) timer.run();
    }
  }

  /** Lets time pass, with all that happens in it. */
  advance(ms: number): void {
    const endMs = this.#nowMs + ms;
    for (;;) {
      this.wake();
      this.settle();
      const nextMs = Math.min(...[...this.#timers].map(({ atMs }) => atMs));
      if (nextMs > endMs) break;
      this.#nowMs = Math.max(this.#nowMs, nextMs);
    }
    this.#nowMs = endMs;
  }
}
