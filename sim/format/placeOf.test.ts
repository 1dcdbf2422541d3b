import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lineOf, placeOf } from './placeOf.js';

describe('the place of a value', () => {
  it('is where it begins, whatever stands before it', () => {
    const text = '{\n "a": [1, {"b \\" ]": "}"},\n  "x,"],\n "c": {"d": -2.5e3}\n}';
    expect(lineOf(text, ['a', 1, 'b " ]'])).toBe(2);
    expect(lineOf(text, ['a', 2])).toBe(3);
    expect(text.slice(placeOf(text, ['c', 'd']), -3)).toBe('-2.5e3');
    expect(lineOf(text, ['c', 'missing'])).toBe(4);
    expect(lineOf(text, ['a', 9])).toBe(2);
  });

  it('is found for every value of every document', () => {
    const property = fc.property(fc.jsonValue(), fc.nat(4), (value, indent) => {
      const text = JSON.stringify(value, undefined, indent);
      const visit = (one: unknown, path: readonly (string | number)[]) => {
        const rest = text.slice(placeOf(text, path));
        const first =
          typeof one === 'object' && one !== null
            ? Array.isArray(one)
              ? '['
              : '{'
            : JSON.stringify(one);
        expect(rest.startsWith(first)).toBe(true);
        if (Array.isArray(one)) one.forEach((item, at) => visit(item, [...path, at]));
        else if (typeof one === 'object' && one !== null) {
          for (const [name, part] of Object.entries(one)) visit(part, [...path, name]);
        }
      };
      visit(JSON.parse(text), []);
    });
    fc.assert(property, { seed: 1, numRuns: 300 });
  });
});
