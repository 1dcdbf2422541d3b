/** Tests of what a campaign must have seen: it has to be counted, and to be missed. */
import { describe, expect, it } from 'vitest';
import { allLaws } from './allLaws.js';
import { assertTried, NotTried, search } from './assertLaws.js';
import { manyRuns, missedIn, required, requiredOfMany } from './required.js';

const counted = allLaws.flatMap((law) => Object.keys(law.watch().sometimes));

describe('what is required of a campaign', () => {
  it('is each counted by one law', () => {
    const all = [...required, ...requiredOfMany];
    for (const what of all) expect(counted, what).toContain(what);
    expect(new Set(all).size).toBe(all.length);
  });

  it('is missed where it was counted and never happened', () => {
    const [first, second] = required;
    expect(missedIn({ [first!]: 0, [second!]: 1, 'not required': 0 }, 1)).toEqual([first]);
    const [rare] = requiredOfMany;
    expect(missedIn({ [rare!]: 0 }, manyRuns - 1)).toEqual([]);
    expect(missedIn({ [rare!]: 0 }, manyRuns)).toEqual([rare]);
  });

  it('is missed by a campaign of few runs, which says so', () => {
    const result = search({ runs: 2, seed: 1, servers: [1], shrinkRunsMax: 0 });
    expect(result.missed).toContain('votes were split, and nobody was elected');
    expect(result.missed).not.toContain('a leader was elected');
    expect(() => assertTried(result)).toThrow(NotTried);
    expect(() => assertTried(result)).toThrow('- votes were split, and nobody was elected');
    expect(() => assertTried({ runs: 2, missed: [] })).not.toThrow();
  });
});

describe('what is counted', () => {
  it('has a name of its own in each law', () => {
    expect(counted.toSorted()).toEqual([...new Set(counted)].toSorted());
  });
});
