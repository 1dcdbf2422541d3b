import { describe, expect, it } from 'vitest';
import { History } from './history.js';
import type { RoundGaps } from './roundGaps.js';
import type { Fault } from './rounds.js';
import { roundLine, summaryLines } from './summary.js';

function gaps(fault: Fault, number: number, ms: number, more: readonly number[] = []): RoundGaps {
  const plan = { fault, number, quietMs: 0, follower: 0 };
  const noted = { before: 's1 in 2', after: 's2 in 3', wholeMs: 1_700, stallMs: 12 };
  const longest = { fromMs: 1_000, toMs: 1_000 + ms };
  const others = more.map((otherMs) => ({ fromMs: 2_000, toMs: 2_000 + otherMs }));
  return {
    round: { ...plan, ...noted, beganMs: 1_000, endedMs: 3_000 },
    longest,
    reported: [longest, ...others],
  };
}

describe('the summary', () => {
  it('has a line for each round', () => {
    expect(roundLine(gaps('kill leader', 3, 251), 4_000)).toBe(
      'kill leader 3      s1 in 2 -> s2 in 3    gap   251 ms  whole after 0.70 s  ' +
        'stall  12 ms  2,000 a second',
    );
  });

  it('has the median and the longest gap of each fault, and the round of that', () => {
    const kills = [300, 200, 250].map((ms, i) => gaps('kill leader', i + 1, ms));
    const lines = summaryLines(new History(() => 0), [...kills, gaps('kill all', 1, 1_800)]);
    expect(lines).toContainEqual(expect.stringMatching(/^kill leader +3 +250 +300 +1$/u));
    expect(lines).toContainEqual(expect.stringMatching(/^kill all +1 +1800 +1800 +1$/u));
    expect(lines).toContainEqual(
      expect.stringMatching(/^Median where the leader was taken away: 250 /u),
    );
    expect(lines).toContain('Longest stall of the load itself: 12 ms');
  });

  it('lists the gaps of a round that has several', () => {
    const lines = summaryLines(new History(() => 0), [gaps('kill leader', 1, 300, [150])]);
    expect(lines.at(-1)).toBe('  kill leader 1: 300 ms (from 0 ms on), 150 ms (from 1000 ms on)');
  });

  it('counts outcomes, and says which promise was never put to the test', () => {
    const history = new History(() => 0);
    history.settle(history.send('r1', 'k'), { type: 'done' });
    const [redis, clerk, untested] = summaryLines(history, []);
    expect(redis).toBe('ioredis: 1 acknowledged, 0 not done, 0 unknown');
    expect(clerk).toBe('Clerk: 0 acknowledged, 0 not done, 0 unknown');
    expect(untested).toMatch(/nothing was answered not done, nothing was unknown/u);
  });
});
