import { describe, expect, it } from 'vitest';
import type { FaultKind } from '../fault.js';
import { catalogue } from './catalogue.js';
import { faults, survivable } from './faults.js';

const rows = Object.entries(catalogue);

describe('the catalogue of faults', () => {
  it('has its 77 rows, each with who does it or why nobody does', () => {
    const counts = { N: 20, P: 13, C: 5, D: 13, K: 8, M: 7, S: 6, X: 3, B: 2 };
    const ids = Object.entries(counts).flatMap(([letter, count]) =>
      Array.from({ length: count }, (_, n) => `${letter}${n + 1}`),
    );
    expect(Object.keys(catalogue)).toEqual(ids);
    for (const [id, { what, kinds = [], inRuns, notInRuns }] of rows) {
      expect(what, id).not.toBe('');
      const isInRuns = kinds.length > 0 || inRuns !== undefined;
      expect(isInRuns, id).toBe(notInRuns === undefined);
    }
  });

  it('names for each row the kinds that name it', () => {
    const byId: Record<string, FaultKind[]> = {};
    for (const [kind, { ids }] of Object.entries(faults)) {
      for (const id of ids) (byId[id] ??= []).push(kind as FaultKind);
    }
    const named = rows.flatMap(([id, { kinds = [] }]) =>
      kinds.length > 0 ? [[id, [...kinds].sort()]] : [],
    );
    const naming = Object.entries(byId).map(([id, kinds]) => [id, kinds.sort()]);
    expect(Object.fromEntries(named)).toEqual(Object.fromEntries(naming));
  });

  it('is injected in more than 60 rows', () => {
    expect(rows.filter(([, { notInRuns }]) => notInRuns === undefined).length).toBeGreaterThan(60);
  });

  it('leaves out of the ordinary search what no law can survive, by name', () => {
    const left = (Object.keys(faults) as FaultKind[]).filter((kind) => !survivable.includes(kind));
    expect(left).toEqual(['restoreCopy']);
  });
});
