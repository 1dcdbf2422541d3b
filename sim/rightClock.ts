/** A clock of a run that is never wrong: virtual time itself. */
import type { Clock } from '../actors/clock.js';
import type { VirtualClock } from './virtualClock.js';

/** What clients have, which no fault befalls. */
export function rightClock(clock: VirtualClock): Clock {
  return {
    monotonicMs: () => clock.nowMs,
    wallMs: () => clock.nowMs,
    schedule: (ms, run) => {
      const happening = clock.schedule(ms, run);
      return () => {
        happening.run = undefined;
      };
    },
    defer: (run) => {
      clock.schedule(0, run);
    },
  };
}
