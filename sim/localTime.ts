/**
 * The time of one simulated machine: its monotonic clock may run fast or slow, and its wall clock
 * may be set.
 */
import type { VirtualClock } from './virtualClock.js';

/** The wall clock at the beginning of every run: 2020-01-01. */
const epochMs = 1_577_836_800_000;

/** By how much it is wrong at this moment, and who is told when that made a difference. */
interface Wrong {
  readonly by: () => number;
  readonly mattered: () => void;
}

export class LocalTime {
  readonly #clock: VirtualClock;
  /** Local ms for each virtual one. */
  #rate = 1;
  /** Where the present rate began, in virtual and in local ms. */
  #fromMs = 0;
  #localMs = 0;
  readonly #drifts = new Set<Wrong>();
  readonly #jumps = new Set<Wrong>();

  constructor(clock: VirtualClock) {
    this.#clock = clock;
  }

  get monotonicMs(): number {
    return this.#localMs + (this.#clock.nowMs - this.#fromMs) * this.#rate;
  }

  get wallMs(): number {
    let ms = epochMs + Math.floor(this.monotonicMs);
    for (const { by, mattered } of this.#jumps) {
      const jumpMs = by();
      ms += jumpMs;
      if (jumpMs !== 0) mattered();
    }
    return ms;
  }

  /** Somebody sets the wall clock by so many ms; answers how it is set back. */
  jump(ms: number, mattered: () => void): () => void {
    return this.#setWall({ by: () => ms, mattered });
  }

  /** The same, and back, again and again, every so many ms. */
  strobe(ms: number, everyMs: number, mattered: () => void): () => void {
    const fromMs = this.#clock.nowMs;
    const isAhead = () => Math.floor((this.#clock.nowMs - fromMs) / everyMs) % 2 === 0;
    return this.#setWall({ by: () => (isAhead() ? ms : 0), mattered });
  }

  /** From now on it runs fast by so many percent; slow, if negative. Answers how that ends. */
  drift(percent: number, mattered: () => void): () => void {
    const drift = { by: () => percent, mattered };
    this.#drifts.add(drift);
    this.#changeRate();
    return () => {
      this.#drifts.delete(drift);
      this.#changeRate();
    };
  }

  /**
   * How many virtual ms pass while `ms` do here, up to the next 1,024th: what is left of a wait
   * must not be so little that time stands still over it.
   */
  virtual(ms: number): number {
    for (const { by, mattered } of this.#drifts) if (by() !== 0) mattered();
    return Math.ceil((ms / this.#rate) * 1_024) / 1_024;
  }

  #changeRate(): void {
    this.#localMs = this.monotonicMs;
    this.#fromMs = this.#clock.nowMs;
    this.#rate = 1;
    for (const { by } of this.#drifts) this.#rate *= 1 + by() / 100;
  }

  #setWall(jump: Wrong): () => void {
    this.#jumps.add(jump);
    return () => this.#jumps.delete(jump);
  }
}
