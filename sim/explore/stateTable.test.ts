import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { noState, StateTable } from './stateTable.js';

describe('the states that were seen', () => {
  it('are each new once, whatever their fingerprints have in common', () => {
    const half = fc.integer({ min: -2, max: 2 });
    fc.assert(
      fc.property(fc.array(fc.tuple(half, half)), (fingerprints) => {
        const table = new StateTable();
        const model = new Set<string>();
        for (const [high, low] of fingerprints) {
          const isNew = !model.has(`${high} ${low}`);
          model.add(`${high} ${low}`);
          expect(table.add(high, low, noState, 0)).toBe(isNew ? model.size - 1 : noState);
        }
        expect(table.size).toBe(model.size);
      }),
      { seed: 1, numRuns: 100 },
    );
  });

  it('are kept while the table grows', () => {
    const table = new StateTable();
    const count = 20_000;
    const added = Array.from({ length: count }, (_, i) => table.add(i, -i, i - 1, 7));
    expect(added).toEqual(added.map((_, i) => i));
    const again = added.filter((i) => table.add(i, -i, 0, 0) !== noState);
    expect(again).toEqual([]);
    expect(table.bytes).toBeLessThan(32 * 2 * count);
  });

  it('lead back to the first one, by the actions that led to them', () => {
    const table = new StateTable();
    const first = table.add(1, 1, noState, 0);
    const second = table.add(2, 2, first, 20);
    table.add(3, 3, first, 30);
    const fourth = table.add(4, 4, second, 40);
    expect(table.pathTo(fourth)).toEqual([20, 40]);
    expect(table.pathTo(first)).toEqual([]);
  });
});
