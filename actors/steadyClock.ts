/**
 * A clock whose wall time does not jump: stamps follow small corrections, as those of a time
 * service, and not a date that was set wrong, which would let everything expire at once. Such a
 * jump is told, once, and the time goes on as it went before, until the wall clock is back.
 */
import type { Clock } from './clock.js';

/**
 * `clock`, with a wall time that is off by no more than `jumpMaxMs` from where the monotonic time
 * puts it. `jumped` is called with the size of a jump, ms.
 */
export function steadyClock(clock: Clock, jumpMaxMs: number, jumped: (ms: number) => void): Clock {
  let offsetMs = clock.wallMs() - clock.monotonicMs();
  let isApart = false;
  return {
    monotonicMs: () => clock.monotonicMs(),
    schedule: (ms, run) => clock.schedule(ms, run),
    defer: (run) => clock.defer(run),
    wallMs() {
      const wallMs = clock.wallMs();
      const steadyMs = clock.monotonicMs() + offsetMs;
      const jumpMs = wallMs - steadyMs;
      if (Math.abs(jumpMs) <= jumpMaxMs) {
        offsetMs += jumpMs;
        isApart = false;
        return wallMs;
      }
      if (!isApart) jumped(Math.round(jumpMs));
      isApart = true;
      return Math.floor(steadyMs);
    },
  };
}
