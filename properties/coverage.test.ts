/**
 * Tests of transition coverage: each aimed schedule takes its line, and together with some hundred
 * ordinary runs they take all lines that can be taken.
 */
import { describe, expect, it } from 'vitest';
import { aimedSchedules, aimedSeeds } from './aimedSchedules.js';
import { search } from './assertLaws.js';
import { type Aimed, aimAt, assertCampaignCovered, rareLines, runsToCover } from './coverage.js';
import { together } from './transitionCounter.js';
import { assertCovered, unreachable } from './unreachable.js';

const aims = new Map<string, Aimed>();
/** Laws are held against such runs elsewhere. */
const ordinary = { runs: 200, seed: 2, laws: [], countsTransitions: true, shrinkRunsMax: 0 };

describe('a schedule that is aimed at a line takes it', () => {
  for (const line of Object.keys(aimedSchedules)) {
    it(`which is ${line}`, () => {
      const aimed = aimAt(line);
      aims.set(line, aimed);
      expect(aimed.seed).toBeLessThanOrEqual(aimedSeeds);
    });
  }
});

describe('the charts', () => {
  it('are taken to the last line that can be, by aimed and by ordinary runs', () => {
    const { transitions: taken } = search(ordinary);
    const aimed = [...aims.values()].map(({ transitions }) => transitions);
    expect(() => assertCovered(together([...aimed, taken!]))).not.toThrow();
  });
});

describe('a rare line', () => {
  it('has a schedule that is aimed at it', () => {
    expect(rareLines.filter((line) => !(line in aimedSchedules))).toEqual([]);
  });
});

describe('a campaign', () => {
  const untaken = [...Object.keys(unreachable), ...rareLines];
  const covered = { runs: runsToCover, transitions: { untaken } };

  it('of many runs owes every line but the rare ones and those that cannot be taken', () => {
    expect(() => assertCampaignCovered(covered)).not.toThrow();
    const transitions = { untaken: [...untaken, 'a: b line 1'] };
    expect(() => assertCampaignCovered({ ...covered, transitions })).toThrow(/never taken: a: b/u);
  });

  it('of few runs owes nothing, but takes no line that cannot be taken', () => {
    const few = { runs: runsToCover - 1, transitions: { untaken: [...untaken, 'a: b line 1'] } };
    expect(() => assertCampaignCovered(few)).not.toThrow();
    expect(() => assertCampaignCovered({ ...few, transitions: { untaken: rareLines } })).toThrow(
      /although/u,
    );
  });
});
