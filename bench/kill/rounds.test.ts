import { describe, expect, it } from 'vitest';
import { plannedRounds } from './rounds.js';

describe('the plan', () => {
  it('kills the leader so often, then brings each other fault so often', () => {
    const planned = plannedRounds({ rounds: 2, repeats: 1, seed: 1 });
    expect(planned.map(({ fault, number }) => `${fault} ${number}`)).toEqual([
      'kill leader 1',
      'kill leader 2',
      'stop leader 1',
      'stop follower 1',
      'kill followers 1',
      'overrule leader 1',
      'kill majority 1',
      'kill all 1',
    ]);
  });

  it('is the same for the same seed, and another for another', () => {
    const plan = (seed: number) => plannedRounds({ rounds: 20, repeats: 3, seed });
    expect(plan(1)).toEqual(plan(1));
    expect(plan(1)).not.toEqual(plan(2));
  });

  it('hits either follower, after a while in which all is well', () => {
    const planned = plannedRounds({ rounds: 20, repeats: 3, seed: 1 });
    expect(new Set(planned.map(({ follower }) => follower))).toEqual(new Set([0, 1]));
    for (const { quietMs } of planned) expect(quietMs).toBeGreaterThanOrEqual(1_000);
  });
});
