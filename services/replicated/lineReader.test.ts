import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LineReader } from './lineReader.js';

describe('the reader of lines', () => {
  it('reads the same lines, however they are cut', () => {
    const line = fc.string({ unit: 'grapheme' }).filter((text) => !text.includes('\n'));
    const lengths = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 });
    fc.assert(
      fc.property(fc.array(line), lengths, (lines, cuts) => {
        const bytes = new TextEncoder().encode(lines.map((text) => `${text}\n`).join(''));
        const read: string[] = [];
        const reader = new LineReader(1_000, (text) => read.push(text));
        for (let from = 0, cut = 0; from < bytes.length; cut++) {
          const to = from + cuts[cut % cuts.length]!;
          reader.push(bytes.subarray(from, to));
          from = to;
        }
        expect(read).toEqual(lines);
        expect(reader.hasRest).toBe(false);
      }),
      { seed: 1, numRuns: 200 },
    );
  });

  it('refuses a line that is too long before it has come to its end', () => {
    const reader = new LineReader(10, () => {});
    reader.push(new Uint8Array(10).fill(65));
    expect(reader.hasRest).toBe(true);
    expect(() => reader.push(new Uint8Array([65]))).toThrow('a line of more than 10 bytes');
  });

  it('refuses what is no UTF-8', () => {
    const reader = new LineReader(10, () => {});
    expect(() => reader.push(new Uint8Array([0xff, 10]))).toThrow(TypeError);
  });
});
