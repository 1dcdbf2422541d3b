import { describe, expect, it } from 'vitest';
import { type Interval, syncedWrites } from './interval.js';

describe('a write that was synced on a majority', () => {
  const write: Interval = { beganMs: 100, endedMs: 110 };
  const within: Interval = { beganMs: 102, endedMs: 105 };
  const before: Interval = { beganMs: 95, endedMs: 105 };
  const after: Interval = { beganMs: 105, endedMs: 112 };

  it('had a sync between request and answer on two of three servers', () => {
    expect(syncedWrites([write], [[within], [], [before, within]], 2)).toBe(1);
  });

  it('is not one where a second server had begun before or ended after', () => {
    expect(syncedWrites([write], [[within], [before], [after]], 2)).toBe(0);
  });

  it('is not one where one server alone synced twice', () => {
    expect(syncedWrites([write], [[within, within], [], []], 2)).toBe(0);
  });
});
