import { describe, expect, it } from 'vitest';
import { gapsOfRounds, longestMsMax, medianGapMs, verifyGaps } from './roundGaps.js';
import type { Fault, Round } from './rounds.js';

function round(fault: Fault, beganMs: number, endedMs: number): Round {
  const plan = { fault, number: 1, quietMs: 0, follower: 0 };
  const noted = { before: 's1', after: 's2', wholeMs: endedMs, stallMs: 12 };
  return { ...plan, ...noted, beganMs, endedMs };
}

/** One acknowledgement every 10 ms, but for the gaps. */
function acknowledgements(toMs: number, ...gaps: readonly (readonly [number, number])[]): number[] {
  const all = Array.from({ length: toMs / 10 + 1 }, (_, i) => i * 10);
  return all.filter((ms) => gaps.every(([from, to]) => ms <= from || ms >= to));
}

describe('the gaps of the rounds', () => {
  it('belong to the round whose fault came before', () => {
    const rounds = [round('kill leader', 1_000, 3_000), round('stop follower', 3_000, 5_000)];
    const acknowledged = acknowledgements(5_000, [1_000, 1_300], [2_000, 2_150], [3_500, 3_560]);
    const [first, second] = gapsOfRounds(rounds, acknowledged);
    expect(first!.longest).toEqual({ fromMs: 1_000, toMs: 1_300 });
    expect(first!.reported).toEqual([first!.longest, { fromMs: 2_000, toMs: 2_150 }]);
    expect(second!.longest).toEqual({ fromMs: 3_500, toMs: 3_560 });
    expect(second!.reported).toEqual([]);
  });

  it('are as they have to be', () => {
    const acknowledged = acknowledgements(5_000, [1_000, 1_490]);
    const gaps = gapsOfRounds([round('kill leader', 1_000, 5_000)], acknowledged);
    expect(medianGapMs(gaps)).toBe(490);
    expect(verifyGaps(gaps)).toEqual([]);
  });

  it('break a promise when their median is too long', () => {
    const acknowledged = acknowledgements(5_000, [1_000, 1_500]);
    const gaps = gapsOfRounds([round('stop leader', 1_000, 5_000)], acknowledged);
    expect(verifyGaps(gaps)).toEqual([
      'the median gap without a leader is 500 ms, and has to be below 500',
    ]);
  });

  it('break a promise when one is too long, with what the load itself has to do with it', () => {
    const acknowledged = acknowledgements(9_000, [1_000, 1_000 + longestMsMax + 10]);
    const gaps = gapsOfRounds([round('stop follower', 1_000, 9_000)], acknowledged);
    expect(verifyGaps(gaps)).toEqual([
      'stop follower 1: a gap of 1010 ms; 1000 are allowed (the load itself stalled for 12)',
    ]);
  });

  it('may be long where no majority is up', () => {
    const acknowledged = acknowledgements(9_000, [1_000, 6_000]);
    for (const fault of ['kill followers', 'kill all'] as const) {
      const gaps = gapsOfRounds([round(fault, 1_000, 9_000)], acknowledged);
      expect(verifyGaps(gaps)).toEqual([]);
      expect(medianGapMs(gaps)).toBeUndefined();
    }
  });
});
