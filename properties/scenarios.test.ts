/**
 * The whole scenario table on one seed, under the laws; on others with `SEEDS=2-9`, and only some
 * rows with `ROWS=R17,K11`.
 */
import { describe, expect, it } from 'vitest';
import { playScenario } from '../sim/scenarios/playScenario.js';
import { scenarios } from '../sim/scenarios/scenarios.js';
import { clientLaws } from './clientLaws.js';
import { raftLaws } from './raftLaws.js';

const laws = [...raftLaws, ...clientLaws];
const { SEEDS = '1', ROWS } = process.env;
const [first = 1, last = first] = SEEDS.split('-').map(Number);
const seeds = Array.from({ length: last - first + 1 }, (_, i) => first + i);
const rows = ROWS?.split(',');

describe('the scenario table', () => {
  for (const scenario of scenarios.filter(({ row }) => rows?.includes(row) ?? true)) {
    it(`${scenario.row}: ${scenario.name}`, { timeout: 60_000 * seeds.length }, () => {
      const results = seeds.map((seed) => playScenario(scenario, seed, laws));
      const failures = results.filter(({ ok }) => !ok);
      expect(failures.map(({ seed, failure }) => `seed ${seed}: ${failure}`)).toEqual([]);
    });
  }

  it('has all rows of the labs, each once', () => {
    const raft = Array.from({ length: 28 }, (_, i) => `R${i + 1}`);
    const store = Array.from({ length: 22 }, (_, i) => `K${i + 1}`);
    const letters = scenarios.map(({ row }) => row.replace(/B$/u, ''));
    expect([...new Set(letters)]).toEqual([...raft, ...store]);
    expect(new Set(scenarios.map(({ row }) => row)).size).toBe(scenarios.length);
  });

  it('plays the same on the same seed, and otherwise on another', () => {
    const scenario = scenarios.find(({ row }) => row === 'R21')!;
    const [one, again, other] = [3, 3, 4].map((seed) => playScenario(scenario, seed).digest);
    expect(again).toBe(one);
    expect(other).not.toBe(one);
  });
});
