/** Tests of the steady clock: small corrections are followed, and no jump is. */
import { describe, expect, it } from 'vitest';
import { ManualClock } from '../properties/support/manualClock.js';
import { steadyClock } from './steadyClock.js';

const hour = 3_600_000;

function startClock() {
  const clock = new ManualClock();
  clock.wallAheadMs = 1_000_000;
  const jumps: number[] = [];
  const steady = steadyClock(clock, hour, (ms) => jumps.push(ms));
  return { clock, jumps, steady };
}

describe('a steady clock', () => {
  it('tells the wall time, and all else as the clock under it', () => {
    const { clock, jumps, steady } = startClock();
    clock.advance(500);
    expect([steady.monotonicMs(), steady.wallMs()]).toEqual([500, 1_000_500]);
    const ran: string[] = [];
    steady.schedule(10, () => ran.push('scheduled'));
    const cancel = steady.schedule(10, () => ran.push('cancelled'));
    cancel();
    steady.defer(() => ran.push('deferred'));
    clock.advance(10);
    expect(ran).toEqual(['deferred', 'scheduled']);
    expect(jumps).toEqual([]);
  });

  it('follows corrections, forward and back, and each from where it is', () => {
    const { clock, jumps, steady } = startClock();
    for (const hours of [1, 2, 1, 0, -1]) {
      const aheadMs = 1_000_000 + hours * hour;
      clock.wallAheadMs = aheadMs;
      expect(steady.wallMs()).toBe(aheadMs);
    }
    expect(jumps).toEqual([]);
  });

  it('does not follow a jump, in neither direction, says so once, and time goes on', () => {
    for (const jumpMs of [hour + 1, -hour - 1, 1e13]) {
      const { clock, jumps, steady } = startClock();
      clock.wallAheadMs += jumpMs;
      expect(steady.wallMs()).toBe(1_000_000);
      clock.advance(7_000);
      expect(steady.wallMs()).toBe(1_007_000);
      expect(jumps).toEqual([jumpMs]);
    }
  });

  it('follows the wall clock again when that is back, and tells of the next jump', () => {
    const { clock, jumps, steady } = startClock();
    clock.wallAheadMs += 5 * hour;
    steady.wallMs();
    clock.advance(1_000);
    clock.wallAheadMs = 1_000_003;
    expect(steady.wallMs()).toBe(1_001_003);
    clock.wallAheadMs -= 9 * hour;
    steady.wallMs();
    expect(jumps).toEqual([5 * hour, -9 * hour]);
  });

  it('gives whole milliseconds also while it is on its own', () => {
    const { clock, steady } = startClock();
    clock.wallAheadMs += 5 * hour;
    clock.advance(0.7);
    expect(steady.wallMs()).toBe(1_000_000);
  });
});
