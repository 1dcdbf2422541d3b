import { describe, expect, it } from 'vitest';
import { play, type Search, search } from './assertLaws.js';
import { mutants } from './mutants.js';

/**
 * Where each is found, among which schedules, and how soon: fixed seeds, so that a test is a test.
 */
const hunts: Readonly<Record<string, Search>> = {
  B1: { seed: 7, runs: 200 },
  B8: { seed: 3, runs: 200 },
  B16: {
    seed: 7,
    runs: 100,
    servers: [3],
    faults: ['crash', 'isolate', 'mute', 'deafen', 'partition'],
  },
  B24: { seed: 8, runs: 100 },
};

describe('the search finds known bugs', () => {
  for (const { id, bug, breaks, machine } of mutants) {
    it(`${id}: ${bug}`, () => {
      const { found } = search({ ...hunts[id], machine, shrinkRunsMax: 0 });
      expect(breaks).toContain(found?.violation.law);
      // The same run without the bug breaks nothing: it is the bug that was found.
      expect(play(found!.case).violations).toEqual([]);
      expect(play(found!.case, { machine }).violations[0]).toEqual(found!.violation);
    });
  }

  it('and shrinks what it found to the few faults that matter', () => {
    const { machine } = mutants.find(({ id }) => id === 'B8')!;
    const { schedule, seed } = search({ ...hunts.B8, machine }).found!.case;
    expect(schedule.windows.length + schedule.load.length).toBeLessThanOrEqual(10);
    expect(play({ schedule, seed }, { machine }).ok).toBe(false);
    for (const left of schedule.windows) {
      const windows = schedule.windows.filter((window) => window !== left);
      expect(play({ schedule: { ...schedule, windows }, seed }, { machine }).ok).toBe(true);
    }
  });
});
