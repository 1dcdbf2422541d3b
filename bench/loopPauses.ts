/**
 * Pauses of the event loop: how long each turn of some work keeps everything else waiting, the
 * collector's work included.
 */
import { percentile } from './percentile.js';

export class LoopPauses {
  readonly #turnsMs: number[] = [];
  #begun = performance.now();

  /** Ends a turn of the work, and lets the event loop have its own. */
  async turn(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    const now = performance.now();
    this.#turnsMs.push(now - this.#begun);
    this.#begun = now;
  }

  get totalMs(): number {
    return this.#turnsMs.reduce((sum, ms) => sum + ms, 0);
  }

  get longest(): number {
    return this.#turnsMs.reduce((longest, ms) => Math.max(longest, ms), 0);
  }

  /** What 99 of 100 turns did not exceed, ms. */
  get p99(): number {
    return percentile(Float64Array.from(this.#turnsMs).sort(), 99);
  }
}
