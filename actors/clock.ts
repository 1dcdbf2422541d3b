/**
 * Time, as a port. `monotonicMs` drives timers and leases, `wallMs` only stamps entries; neither is
 * read anywhere else, so that whoever owns the clock owns the run.
 */

/** Takes back what was scheduled. */
export type Cancel = () => void;

export interface Clock {
  /** Never goes back; its zero means nothing. */
  monotonicMs(): number;
  /** Milliseconds since 1970, as far as this machine knows. */
  wallMs(): number;
  /** Calls `run` once, after `ms`. */
  schedule(ms: number, run: () => void): Cancel;
  /**
   * Calls `run` once, after what is waiting to be read now has been read, and before any timer of
   * later.
   */
  defer(run: () => void): void;
}

interface Platform {
  setTimeout(run: () => void, ms: number): unknown;
  clearTimeout(timer: unknown): void;
  setImmediate?(run: () => void): unknown;
  performance: { now(): number };
}

/** The clock of the machine that this runs on: Node, or a browser. */
export function systemClock(): Clock {
  const platform = globalThis as unknown as Platform;
  return {
    monotonicMs: () => platform.performance.now(),
    wallMs: () => Date.now(),
    schedule(ms, run) {
      const timer = platform.setTimeout(run, ms);
      return () => platform.clearTimeout(timer);
    },
    defer(run) {
      if (platform.setImmediate === undefined) platform.setTimeout(run, 0);
      else platform.setImmediate(run);
    },
  };
}
