import { describe, expect, it } from 'vitest';
import { BadInput, lineLimits, parseJson, parseJsonLines } from './parseJson.js';
import type { Schema } from './schema.js';

const shape: Schema = {
  type: 'object',
  required: ['name'],
  additionalProperties: false,
  properties: {
    name: { type: 'string' },
    sizes: { type: 'array', items: { type: 'integer', maximum: 7 } },
  },
};
const item: Schema = { type: 'object', required: ['at'], properties: { at: { type: 'number' } } };

describe('a file of JSON', () => {
  it('is read, or refused in one line that names the place', () => {
    const value = { name: 'x', sizes: [3] };
    expect(parseJson(JSON.stringify(value), shape, 'f.json')).toEqual(value);
    const bad = '{\n  "name": "x",\n  "sizes": [\n    3,\n    9\n  ]\n}';
    expect(() => parseJson(bad, shape, 'f.json')).toThrow(
      new BadInput('f.json, line 5: sizes[1] is 9, and has to be a whole number up to 7'),
    );
    expect(() => parseJson('{"name"\n x', shape, 'f.json')).toThrow(
      new BadInput('f.json, line 2: this is no JSON: there is x where a colon has to be'),
    );
    expect(() => parseJson('[]', shape, 'f.json')).toThrow('f.json, line 1: the file is []');
  });

  it('is refused in one line whatever its names are', () => {
    const forged = JSON.stringify({ name: 'x', ['\nf, line 9: all is well'.repeat(100)]: 1 });
    expect(() => parseJson(forged, shape, 'f')).toThrow(
      /^f, line 1: \?f, line 9: all is well\P{C}+\.\.\. is not known; known are name, sizes$/u,
    );
  });
});

describe('a file of lines', () => {
  it('is read line by line; at its end there may be empty ones', () => {
    for (const end of ['', '\n', '\r\n\n \n']) {
      const values = parseJsonLines(`{"at":1}\r\n{"at":2}${end}`, item, 'h');
      expect(values).toEqual([{ at: 1 }, { at: 2 }]);
    }
    expect(parseJsonLines(' \n', item, 'h')).toEqual([]);
  });

  const flaws: readonly (readonly [string, string])[] = [
    ['{"at":1}\n{"at":"2"}', 'h, line 2: at is "2", and has to be a number'],
    ['{"at":1}\n4', 'h, line 2: the line is 4, and has to be an object'],
    ['{"at":1}\n{\n', 'h, line 2: this is no JSON: it ends where a name in quotes or } has to be'],
    ['{"at":1}\n \n{"at":2}', 'h, line 2: the line is empty; remove it'],
    [
      `{"at":1}\n${'4'.repeat(lineLimits.length + 1)}`,
      'h, line 2: the line has 1048577 characters, and may have at most 1048576',
    ],
  ];
  for (const [text, said] of flaws) {
    it(`is refused in one line: ${said}`, () => {
      expect(() => parseJsonLines(text, item, 'h')).toThrow(new BadInput(said));
    });
  }

  it('has as many lines as it may, and no more', () => {
    const most = '1\n'.repeat(lineLimits.lines);
    expect(parseJsonLines(most, {}, 'h')).toHaveLength(lineLimits.lines);
    expect(() => parseJsonLines(`${most}1`, {}, 'h')).toThrow(
      'h, line 1000001: there may be at most 1000000 lines; give fewer',
    );
  });

  it('may be asked for more than a schema can say', () => {
    const even = (value: unknown) =>
      (value as { at: number }).at % 2 === 0 ? undefined : { path: ['at'], flaw: 'is odd' };
    expect(parseJsonLines('{"at":2}', item, 'h', even)).toHaveLength(1);
    expect(() => parseJsonLines('{"at":2}\n{"at":3}', item, 'h', even)).toThrow(
      new BadInput('h, line 2: at is odd'),
    );
  });
});
