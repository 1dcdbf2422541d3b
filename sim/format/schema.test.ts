import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BadInput, parseJson, parseJsonLines } from './parseJson.js';
import { lineOf, placeOf } from './placeOf.js';
import { flawIn, pathText, type Schema } from './schema.js';

const shape: Schema = {
  type: 'object',
  required: ['name', 'sizes'],
  additionalProperties: false,
  properties: {
    name: { type: 'string' },
    sizes: { type: 'array', minItems: 1, items: { type: 'integer', minimum: 1, maximum: 7 } },
    who: { anyOf: [{ type: 'integer', minimum: 0 }, { enum: ['leader', 'voter'] }] },
    what: {
      oneOf: [
        { type: 'object', properties: { kind: { const: 'crash' } }, additionalProperties: false },
        {
          type: 'object',
          required: ['percent'],
          properties: { kind: { const: 'loss' }, percent: { type: 'number', maximum: 100 } },
        },
      ],
    },
    isQuick: { type: 'boolean' },
    labels: { type: 'object', additionalProperties: { type: 'string' } },
  },
};

function said(value: unknown): string | undefined {
  const found = flawIn(shape, value);
  return found && `${pathText(found.path)} ${found.flaw}`;
}

const right = { name: 'x', sizes: [1, 7] };

describe('a value', () => {
  it('has no flaw where it is as its schema says', () => {
    expect(said(right)).toBeUndefined();
    const whole = { ...right, who: 'voter', what: { kind: 'loss', percent: 3 }, isQuick: true };
    expect(said({ ...whole, labels: { a: 'b' } })).toBeUndefined();
    expect(said({ ...right, who: 3, what: { kind: 'crash' } })).toBeUndefined();
  });

  const flaws: readonly (readonly [unknown, string])[] = [
    [7, ' is 7, and has to be an object'],
    [[], ' is [], and has to be an object'],
    [null, ' is null, and has to be an object'],
    [{ name: 'x' }, 'sizes is missing, and has to be a list of 1 or more'],
    [{ ...right, name: 4 }, 'name is 4, and has to be a text'],
    [{ ...right, sizes: [] }, 'sizes is [], and has to be a list of 1 or more'],
    [{ ...right, sizes: [1, 8] }, 'sizes[1] is 8, and has to be a whole number from 1 up to 7'],
    [{ ...right, sizes: [1.5] }, 'sizes[0] is 1.5, and has to be a whole number from 1 up to 7'],
    [
      { ...right, who: -1 },
      'who is -1, and has to be a whole number from 0, or one of leader, voter',
    ],
    [{ ...right, what: 3 }, 'what is 3, and has to be an object'],
    [{ ...right, what: {} }, 'what.kind is missing, and has to be one of crash, loss'],
    [{ ...right, what: { kind: 'lost' } }, 'what.kind is "lost", and has to be one of crash, loss'],
    [{ ...right, what: { kind: 'crash', server: 1 } }, 'what.server is not known; known are kind'],
    [
      { ...right, what: { kind: 'loss', percent: 101 } },
      'what.percent is 101, and has to be a number up to 100',
    ],
    [{ ...right, isQuick: 'yes' }, 'isQuick is "yes", and has to be true or false'],
    [{ ...right, labels: { a: 1 } }, 'labels.a is 1, and has to be a text'],
    [{ ...right, more: 1 }, 'more is not known; known are name, sizes, who, what, isQuick, labels'],
    [{ ...right, name: ['x'.repeat(50)] }, `name is ["${'x'.repeat(35)}..., and has to be a text`],
  ];
  for (const [value, text] of flaws) {
    it(`is told its flaw: ${text.trim()}`, () => expect(said(value)).toBe(text));
  }
});

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

describe('a file', () => {
  it('is read, or refused in one line that names the place', () => {
    expect(parseJson('{"name":"x","sizes":[3]}', shape, 'f.json')).toEqual({
      name: 'x',
      sizes: [3],
    });
    const bad = '{\n  "name": "x",\n  "sizes": [\n    3,\n    9\n  ]\n}';
    expect(() => parseJson(bad, shape, 'f.json')).toThrow(
      new BadInput('f.json, line 5: sizes[1] is 9, and has to be a whole number from 1 up to 7'),
    );
    expect(() => parseJson('{"name"\n x', shape, 'f.json')).toThrow(
      /^f\.json: this is no JSON \(.+\)$/u,
    );
    expect(() => parseJson('[]', shape, 'f.json')).toThrow('f.json, line 1: the file is []');
  });

  it('of lines is read line by line, without the empty ones', () => {
    const item: Schema = {
      type: 'object',
      required: ['at'],
      properties: { at: { type: 'number' } },
    };
    expect(parseJsonLines('{"at":1}\n\n{"at":2}\n', item, 'h')).toEqual([{ at: 1 }, { at: 2 }]);
    expect(() => parseJsonLines('{"at":1}\n\n{"at":"2"}', item, 'h')).toThrow(
      new BadInput('h, line 3: at is "2", and has to be a number'),
    );
    expect(() => parseJsonLines('{"at":1}\n4', item, 'h')).toThrow('h, line 2: the line is 4');
    expect(() => parseJsonLines('{"at":1}\n{', item, 'h')).toThrow(/^h, line 2: this is no JSON/u);
  });
});
