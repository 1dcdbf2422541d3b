/**
 * Watches the event loop of this process: while it stalls, nothing is sent and nothing is heard.
 */

const periodMs = 5;

export class StallWatch {
  readonly #timer: NodeJS.Timeout;
  #lastMs = performance.now();
  #longestMs = 0;

  constructor() {
    this.#timer = setInterval(() => this.#tick(), periodMs);
  }

  /** The longest stall since it was last asked, ms. */
  takeLongestMs(): number {
    const longestMs = this.#longestMs;
    this.#longestMs = 0;
    return longestMs;
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #tick(): void {
    const nowMs = performance.now();
    this.#longestMs = Math.max(this.#longestMs, nowMs - this.#lastMs - periodMs);
    this.#lastMs = nowMs;
  }
}
