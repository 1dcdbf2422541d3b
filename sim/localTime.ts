/**
 * The time of one simulated machine: its monotonic clock may run fast or slow, and its wall clock
 * may be set.
 */
import type { VirtualClock } from './virtualClock.js';

/** The wall clock at the beginning of every run: 2020-01-01. */
const epochMs = 1_577_836_800_000;

export class LocalTime {
  /** By how much somebody has set the wall clock, ms. */
  wallOffsetMs = 0;
  readonly #clock: VirtualClock;
  /** Local ms for each virtual one. */
  #rate = 1;
  /** Where the present rate began, in virtual and in local ms. */
  #fromMs = 0;
  #localMs = 0;

  constructor(clock: VirtualClock) {
    this.#clock = clock;
  }

  get monotonicMs(): number {
    return this.#localMs + (this.#clock.nowMs - this.#fromMs) * this.#rate;
  }

  get wallMs(): number {
    return epochMs + Math.floor(this.monotonicMs) + this.wallOffsetMs;
  }

  /** From now on it runs fast by so many percent; slow, if negative. */
  drift(percent: number): void {
    this.#localMs = this.monotonicMs;
    this.#fromMs = this.#clock.nowMs;
    this.#rate = 1 + percent / 100;
  }

  /**
   * How many virtual ms pass while `ms` do here, up to the next 1,024th: what is left of a wait
   * must not be so little that time stands still over it.
   */
  virtual(ms: number): number {
    return Math.ceil((ms / this.#rate) * 1_024) / 1_024;
  }
}
