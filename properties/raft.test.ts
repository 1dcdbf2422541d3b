import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { assertLaws, type Case, play } from './assertLaws.js';
import { clientLaws } from './clientLaws.js';
import { raftLaws } from './raftLaws.js';
import { faultKinds } from './schedules.js';

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
    for (const [kind, count] of Object.entries(faults)) expect(count, kind).toBeGreaterThan(20);
    expect(Object.keys(faults).sort()).toEqual([...faultKinds].sort());
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
