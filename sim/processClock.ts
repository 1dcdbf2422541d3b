/** The clock of one simulated process: that of its machine, for as long as the process lives. */
import type { Clock } from '../actors/clock.js';
import type { LocalTime } from './localTime.js';
import type { VirtualClock } from './virtualClock.js';

/** A process as its clock sees it. */
export interface ClockedProcess {
  /** After its end, nothing that it scheduled happens. */
  readonly isAlive: () => boolean;
  /** Lets it do what is due, as soon as it runs. */
  readonly wake: (run: () => void) => void;
}

export function processClock(
  clock: VirtualClock,
  time: LocalTime,
  { isAlive, wake }: ClockedProcess,
): Clock {
  const later = (ms: number, run: () => void) =>
    clock.schedule(ms, () => {
      if (isAlive()) wake(run);
    });
  return {
    monotonicMs: () => time.monotonicMs,
    wallMs: () => time.wallMs,
    schedule: (ms, run) => {
      let isCancelled = false;
      const happening = later(time.virtual(ms), () => isCancelled || run());
      return () => {
        isCancelled = true;
        happening.run = undefined;
      };
    },
    defer: (run) => later(0, run),
  };
}
