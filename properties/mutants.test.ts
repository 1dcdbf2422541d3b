import { describe, expect, it } from 'vitest';
import { type Case, type Found, play, type Search, search } from './assertLaws.js';
import { type Mutant, withMutant } from './mutant.js';
import { mutantSchedules } from './mutantSchedules.js';
import { mutants } from './mutants.js';

/**
 * Where each is found, among which schedules, and how soon: fixed seeds, so that a test is a test.
 * Those that are not here have a schedule of their own.
 */
const hunts: Readonly<Record<string, Search>> = {
  B1: { seed: 1, runs: 40, servers: [3], faults: ['crash', 'partition', 'isolate', 'delay'] },
  B8: {
    seed: 2,
    runs: 40,
    servers: [3],
    faults: ['crash', 'isolate', 'mute', 'deafen', 'partition'],
  },
  B14: { seed: 2, runs: 60 },
  B16: {
    seed: 7,
    runs: 100,
    servers: [3],
    faults: ['crash', 'isolate', 'mute', 'deafen', 'partition'],
  },
  B18: { seed: 1, runs: 20 },
  B19: { seed: 2, runs: 40 },
  B24: { seed: 8, runs: 100 },
  B34: { seed: 1, runs: 80 },
  B36: { seed: 2, runs: 60 },
  B37: { seed: 1, runs: 80 },
  B65: { seed: 1, runs: 60 },
};

/** So many seeds are tried with a schedule that is made for a mutant. */
const seedsOfSchedule = 10;

function find(mutant: Mutant): Found | undefined {
  const { id, machine } = mutant;
  const schedule = mutantSchedules[id];
  if (schedule === undefined) {
    const options = { ...hunts[id], ...(machine && { machine }), shrinkRunsMax: 0 };
    return withMutant(mutant, () => search(options).found);
  }
  for (let seed = 0; seed < seedsOfSchedule; seed++) {
    const one = { schedule, seed };
    const [violation] = playWith(mutant, one).violations;
    if (violation !== undefined) return { violation, case: one };
  }
  return undefined;
}

function playWith(mutant: Mutant, one: Case) {
  return withMutant(mutant, () => play(one, mutant.machine && { machine: mutant.machine }));
}

describe('known bugs are found', () => {
  for (const mutant of mutants) {
    const { id, bug, breaks } = mutant;
    it(`${id}: ${bug}`, () => {
      const found = find(mutant);
      expect(breaks).toContain(found?.violation.law);
      // The same run without the bug breaks nothing: it is the bug that was found.
      expect(play(found!.case).violations).toEqual([]);
      expect(playWith(mutant, found!.case).violations[0]).toEqual(found!.violation);
    });
  }

  it('and what was found is shrunk to the few faults that matter', () => {
    const { machine } = mutants.find(({ id }) => id === 'B8')!;
    const { schedule, seed } = search({ ...hunts.B8, machine: machine! }).found!.case;
    expect(schedule.windows.length + schedule.load.length).toBeLessThanOrEqual(10);
    expect(play({ schedule, seed }, { machine: machine! }).ok).toBe(false);
    for (const left of schedule.windows) {
      const windows = schedule.windows.filter((window) => window !== left);
      expect(play({ schedule: { ...schedule, windows }, seed }, { machine: machine! }).ok).toBe(
        true,
      );
    }
  });
});
