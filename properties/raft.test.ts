import { readdirSync, readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseSchedule } from '../sim/format/scheduleFormat.js';
import { assertLaws, assertTried, type Case, play } from './assertLaws.js';
import { required } from './required.js';
import { faultKinds, schedules } from './schedules.js';

const counterexamples = new URL('./counterexamples/', import.meta.url);

describe('the laws of Raft', () => {
  it('hold in every run, whatever goes wrong, and were tried', () => {
    const result = assertLaws({ runs: 300, seed: 1 });
    assertTried(result);
    expect(Object.keys(result.faults).sort()).toEqual([...faultKinds].sort());
    expect(Object.keys(result.sometimes)).toEqual(expect.arrayContaining([...required]));
  });

  it('are tried by every kind of fault: each makes a difference where there is no other', () => {
    for (const kind of faultKinds) {
      const some = schedules({ faults: [kind], servers: [5], forMs: 1_500, windowsMax: 12 });
      const cases = fc.sample(fc.record({ schedule: some, seed: fc.nat(2 ** 30) }), {
        seed: 1,
        numRuns: 30,
      });
      const matters = (one: Case) => (play(one, { laws: [] }).faults[kind]?.mattered ?? 0) > 0;
      expect(cases.some(matters), kind).toBe(true);
    }
  });

  it('hold for a single server, for two, and for seven', () => {
    assertLaws({ runs: 60, seed: 2, servers: [1, 2, 7] });
  });

  for (const file of readdirSync(counterexamples).filter((name) => name.endsWith('.json'))) {
    it(`hold in the saved run ${file}`, () => {
      const text = readFileSync(new URL(file, counterexamples), 'utf8');
      expect(play(parseSchedule(text, file)).violations).toEqual([]);
    });
  }
});

describe('a run', () => {
  it('is the same to the byte for the same schedule and seed', () => {
    const digests = () => {
      const seen: string[] = [];
      for (let seed = 0; seed < 20; seed++) {
        const schedule = {
          servers: 5,
          forMs: 2_000,
          windows: [
            { at: 500, dur: 200, fault: { kind: 'crash', server: 'leader' } as const },
            { at: 900, dur: 300, fault: { kind: 'loss', percent: 20 } as const },
          ],
          load: Array.from({ length: 20 }, (_, n) => ({
            at: 400 + 60 * n,
            client: n % 3,
            command: n,
          })),
          deviations: [],
        };
        seen.push(play({ schedule, seed }).digest);
      }
      return seen;
    };
    const once = digests();
    expect(digests()).toEqual(once);
    expect(new Set(once).size).toBe(once.length);
  });
});
