import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LeafKeys } from './leafKeys.js';

type Pair = readonly [place: number, offset: number];

const pairsOf = (keys: LeafKeys): Pair[] =>
  Array.from({ length: keys.size }, (_, index) => [keys.placeAt(index), keys.offsetAt(index)]);

function filled(count: number): LeafKeys {
  const keys = new LeafKeys();
  for (let n = 0; n < count; n++) keys.insert(n, n, 10 * n);
  return keys;
}

const u32 = fc.nat(2 ** 32 - 1);
const change = fc.record({
  kind: fc.constantFrom('insert', 'insert', 'insert', 'remove', 'setOffset', 'keepEven', 'split'),
  at: fc.nat(),
  place: u32,
  offset: u32,
});

describe('LeafKeys', () => {
  it('holds what a plain list of pairs holds after the same changes', () => {
    const isEven = (offset: number) => offset % 2 === 0;
    const run = fc.property(fc.array(change, { maxLength: 200, size: 'max' }), (changes) => {
      const keys = new LeafKeys();
      let model: Pair[] = [];
      for (const { kind, at, place, offset } of changes) {
        const index = at % (model.length + (kind === 'insert' || kind === 'split' ? 1 : 0));
        if (kind === 'insert') {
          keys.insert(index, place, offset);
          model.splice(index, 0, [place, offset]);
        } else if (kind === 'keepEven') {
          keys.keep(isEven);
          model = model.filter(([, kept]) => isEven(kept));
        } else if (kind === 'split') {
          expect(pairsOf(keys.splitAt(index))).toEqual(model.splice(index));
        } else if (model.length > 0 && kind === 'remove') {
          keys.remove(index);
          model.splice(index, 1);
        } else if (model.length > 0) {
          keys.setOffset(index, offset);
          model[index] = [model[index]![0], offset];
        }
        expect(pairsOf(keys)).toEqual(model);
      }
    });
    fc.assert(run, { seed: 1, numRuns: 50 });
  });

  it('holds the largest place and offset that fit into 32 bits', () => {
    const keys = new LeafKeys();
    keys.insert(0, 2 ** 32 - 1, 2 ** 32 - 1);
    expect(pairsOf(keys)).toEqual([[2 ** 32 - 1, 2 ** 32 - 1]]);
  });

  it('asks of every key once whether it is kept, in order', () => {
    const asked: number[] = [];
    filled(4).keep((offset) => {
      asked.push(offset);
      return offset > 10;
    });
    expect(asked).toEqual([0, 10, 20, 30]);
  });

  it('leaves a copy as it was, and is left alone by what becomes of the copy', () => {
    const keys = filled(40);
    const copy = keys.copy();
    const before = pairsOf(keys);
    keys.insert(0, 7, 7);
    expect(pairsOf(copy)).toEqual(before);
    copy.setOffset(3, 1);
    copy.remove(0);
    expect(pairsOf(keys)).toEqual([[7, 7], ...before]);
  });
});
