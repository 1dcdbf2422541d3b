import { readdirSync, readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FaultKind } from '../sim/fault.js';
import { faults as faultRules } from '../sim/faults/faults.js';
import { assertLaws, type Case, play } from './assertLaws.js';
import { clientLaws } from './clientLaws.js';
import { raftLaws } from './raftLaws.js';
import { faultKinds, schedules } from './schedules.js';

/** What takes a schedule made for it: `clientLaws.test.ts` has that. */
const rare = new Set(['a session had expired']);

const counterexamples = new URL('./counterexamples/', import.meta.url);

describe('the laws of Raft', () => {
  it('hold in every run, whatever goes wrong, and were tried', () => {
    const { sometimes, faults } = assertLaws({ runs: 400, seed: 1 });
    const tried = Object.entries(sometimes).filter(([what]) => !rare.has(what));
    for (const [what, count] of tried) expect(count, what).toBeGreaterThan(0);
    expect(Object.keys(sometimes).length).toBeGreaterThanOrEqual(
      raftLaws.length + clientLaws.length,
    );
    for (const [kind, count] of Object.entries(faults)) {
      const isDestroying = faultRules[kind as FaultKind].ruins !== undefined;
      expect(count, kind).toBeGreaterThan(isDestroying ? 0 : 20);
    }
    expect(Object.keys(faults).sort()).toEqual([...faultKinds].sort());
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
      const one = JSON.parse(readFileSync(new URL(file, counterexamples), 'utf8')) as Case;
      expect(play(one).violations).toEqual([]);
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
