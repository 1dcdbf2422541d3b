import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { charactersIn, type Line, widthOf, wrap } from './lines.js';

const line = (...texts: readonly string[]): Line =>
  texts.map((text) => ({ text, tone: 'event' as const }));
const texts = (lines: readonly Line[]) => lines.map((one) => one.map(({ text }) => text).join(' '));

describe('wrapping a line', () => {
  it('keeps a line that fits', () => {
    expect(texts(wrap(line('refused', '[isLate]'), 16))).toEqual(['refused [isLate]']);
  });

  it('breaks between its pieces', () => {
    expect(texts(wrap(line('refused', '[isLate]'), 15))).toEqual(['refused', '[isLate]']);
  });

  it('breaks a long name before a capital', () => {
    expect(texts(wrap(line('askForEarlierEntries'), 14))).toEqual(['askForEarlier', 'Entries']);
  });

  it('breaks anywhere in a name that offers no place', () => {
    expect(texts(wrap(line('abcdefgh'), 3))).toEqual(['abc', 'def', 'gh']);
  });

  it('loses no character, and makes no line longer than it may be', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme-ascii' })), fc.nat(30), (words, more) => {
        const lines = texts(wrap(line(...words), more + 1));
        expect(lines.join('').replaceAll(' ', '')).toBe(words.join('').replaceAll(' ', ''));
        for (const one of lines) expect(one.length).toBeLessThanOrEqual(more + 1);
      }),
      { seed: 1, numRuns: 300 },
    );
  });
});

describe('the width of a line', () => {
  it('allows for every fixed-width face: no character is wider than 0.62 of the font size', () => {
    expect(widthOf(line('four'), 10)).toBeCloseTo(24.8);
    expect(widthOf(line('four', 'five'), 10)).toBeCloseTo(9 * 6.2);
  });

  it('allows for scripts whose characters are wider', () => {
    expect(widthOf(line('漢字'), 10)).toBeGreaterThanOrEqual(20);
  });

  it('is what fits into it', () => {
    expect(charactersIn(62, 10)).toBe(10);
    expect(charactersIn(0, 10)).toBe(1);
  });
});
