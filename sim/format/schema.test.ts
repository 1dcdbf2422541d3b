import { describe, expect, it } from 'vitest';
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
    level: { type: ['integer', 'string', 'null'], minimum: 1 },
    pair: { type: 'array', maxItems: 2 },
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
    for (const level of [1, 'high', null]) expect(said({ ...right, level })).toBeUndefined();
    expect(said({ ...right, pair: [1, {}] })).toBeUndefined();
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
    [{ ...right, level: 0 }, 'level is 0, and has to be a whole number from 1, or a text, or null'],
    [{ ...right, pair: [1, 2, 3] }, 'pair is [1,2,3], and has to be a list of 0 to 2'],
    [{ ...right, name: Number.POSITIVE_INFINITY }, 'name is Infinity, and has to be a text'],
    [{ ...right, more: 1 }, 'more is not known; known are name, sizes, who, what, isQuick'],
    [{ ...right, name: ['x'.repeat(50)] }, `name is ["${'x'.repeat(35)}..., and has to be a text`],
  ];
  for (const [value, text] of flaws) {
    it(`is told its flaw: ${text.trim()}`, () => expect(said(value)).toContain(text));
  }

  it('may be nested deeper than anybody can show', () => {
    const deep: unknown = JSON.parse('['.repeat(100_000) + ']'.repeat(100_000));
    expect(said({ ...right, name: deep })).toBe('name is a deep nest, and has to be a text');
  });
});
