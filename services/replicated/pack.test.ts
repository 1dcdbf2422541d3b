import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { depthMax, NotPackable, pack } from './pack.js';
import { unpack } from './unpack.js';

function throughJson(value: unknown): unknown {
  return unpack(JSON.parse(JSON.stringify(pack(value, 'context'))), 'context');
}

const values = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom(undefined, null, true, Number.NaN, -0, Number.POSITIVE_INFINITY, ''),
    fc.double(),
    fc.string({ unit: 'binary' }),
    fc.bigInt(),
    fc.date({ noInvalidDate: false }),
    fc.uint8Array(),
    fc.array(tie('value')),
    fc.array(tie('value')).map((items) => new Set(items)),
    fc.array(fc.tuple(tie('value'), tie('value'))).map((pairs) => new Map(pairs)),
    fc.dictionary(
      fc
        .oneof(fc.string(), fc.constantFrom('$map', '$object', '$x'))
        .filter((name) => name !== '__proto__'),
      tie('value'),
      { noNullPrototype: true },
    ),
  ),
})).value;

describe('packing', () => {
  it('gives back every value that can be kept', () => {
    fc.assert(
      fc.property(values, (value) => {
        expect(throughJson(value)).toStrictEqual(value);
      }),
      { seed: 1, numRuns: 500 },
    );
  });

  it('writes the same text again', () => {
    fc.assert(
      fc.property(values, (value) => {
        const text = JSON.stringify(pack(value, 'context'));
        expect(JSON.stringify(pack(unpack(JSON.parse(text), ''), ''))).toBe(text);
      }),
      { seed: 2, numRuns: 500 },
    );
  });

  it('leaves plain values as they are', () => {
    const value = { a: [1, { b: 'x' }], c: null };
    expect(pack(value, 'context')).toBe(value);
    expect(unpack(value, 'context')).toBe(value);
  });

  it.each([
    [{ a: { run: () => 1 } }, 'context.a.run: a function'],
    [{ list: [1, Symbol('s')] }, 'context.list[1]: a symbol'],
    [new Map([['k', { e: new Error('x') }]]), 'context.$map[0][1].e: an object of Error'],
    [{ [Symbol('s')]: 1 }, 'context: a symbol as a name'],
    [{ list: Array(2) }, 'context.list: an array with holes'],
    ['abc'.match(/b/u), 'context: an array with holes or names'],
    [JSON.parse('{"__proto__":1}'), 'context: rename'],
    [{ n: 10n ** 10_000n }, 'context.n: a bigint of more than'],
    [new Int16Array(2), 'context: an object of Int16Array'],
  ])('refuses %s by the name of its place', (value, message) => {
    expect(() => pack(value, 'context')).toThrow(NotPackable);
    expect(() => pack(value, 'context')).toThrow(message);
  });

  it('refuses what is nested too deep, or in a circle, both ways', () => {
    const circle: unknown[] = [];
    circle.push(circle);
    expect(() => pack(circle, 'context')).toThrow(`deeper than ${depthMax}`);
    const nested = (levels: number, around: (value: unknown) => unknown) => {
      let value: unknown = 7n;
      for (let level = 0; level < levels; level++) value = around(value);
      return value;
    };
    const kinds = [
      (value: unknown) => [value],
      (value: unknown) => ({ $map: value }),
      (value: unknown) => new Map([[1, value]]),
      (value: unknown) => new Set([value]),
    ];
    for (const around of kinds) {
      const deepest = nested(depthMax, around);
      expect(throughJson(deepest)).toStrictEqual(deepest);
      expect(() => pack(nested(depthMax + 1, around), 'context')).toThrow(NotPackable);
    }
    expect(() =>
      unpack(
        nested(500, (value) => [value]),
        'event',
      ),
    ).toThrow(NotPackable);
    expect(() =>
      unpack(
        nested(500, (value) => ({ $set: [value] })),
        'event',
      ),
    ).toThrow(NotPackable);
  });
});
