import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { type Found, play, search } from '../assertLaws.js';
import { allMutants } from './allMutants.js';
import { playPinned, violationWith } from './hunt.js';
import { type Mutant, withMutant } from './mutant.js';
import { changeText } from './textChange.js';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** By the schedule that is made for it; else among the first schedules of the ordinary search. */
function find(mutant: Mutant): Found | undefined {
  if (mutant.pinned !== undefined) return playPinned(mutant);
  const { machine } = mutant;
  const options = { runs: 200, ...(machine && { machine }), shrinkRunsMax: 0 };
  return withMutant(mutant, () => search(options).found);
}

describe('known bugs are found', () => {
  // Those that are texts need a process of their own: `npm run test:mutants`.
  for (const mutant of allMutants.filter(({ text }) => text === undefined)) {
    const { id, bug, breaks } = mutant;
    it(`${id}: ${bug}`, () => {
      const found = find(mutant);
      expect(breaks).toContain(found?.violation.law);
      // The same run without the bug breaks nothing: it is the bug that was found.
      expect(play(found!.case).violations).toEqual([]);
      expect(violationWith(mutant, found!.case)).toEqual(found!.violation);
    });
  }

  it('and what was found is shrunk to the few faults that matter', () => {
    const machine = allMutants.find(({ id }) => id === 'B19')!.machine!;
    const { found } = search({ forMs: 2_000, windowsMax: 10, loadMax: 10, machine });
    const { schedule, seed } = found!.case;
    const broken = (windows: typeof schedule.windows) =>
      play({ schedule: { ...schedule, windows }, seed }, { machine }).violations.map(
        ({ law }) => law,
      );
    expect(schedule.windows.length + schedule.load.length).toBeLessThanOrEqual(10);
    expect(broken(schedule.windows)).toContain(found!.violation.law);
    for (const left of schedule.windows) {
      const others = schedule.windows.filter((window) => window !== left);
      expect(broken(others)).not.toContain(found!.violation.law);
    }
  });
});

describe('a mutant', () => {
  it('has a number of its own', () => {
    expect(new Set(allMutants.map(({ id }) => id)).size).toBe(allMutants.length);
  });

  it('changes what stands exactly once in its file', () => {
    const misfits = allMutants.flatMap(({ id, text = [] }) => {
      try {
        for (const file of new Set(text.map((change) => change.file))) {
          const changes = text.filter((change) => change.file === file);
          changes.reduce(changeText, readFileSync(join(root, file), 'utf8'));
        }
        return [];
      } catch (error) {
        return `${id}: ${(error as Error).message}`;
      }
    });
    expect(misfits).toEqual([]);
  });

  it('that no law catches names the test that does, and that there is', () => {
    for (const { id, breaks, unitTest } of allMutants) {
      if (breaks.length === 0) expect(unitTest, id).toBeDefined();
      if (unitTest !== undefined) expect(readFileSync(join(root, unitTest)), id).toBeDefined();
    }
  });
});
