import { describe, expect, it } from 'vitest';
import { Digest } from './digest.js';

function digestOf(...values: readonly (number | string)[]): string {
  const digest = new Digest();
  for (const value of values) {
    if (typeof value === 'number') digest.add(value);
    else digest.addText(value);
  }
  return digest.toString();
}

describe('a digest', () => {
  it('is 16 hexadecimal digits, the same for the same numbers', () => {
    expect(digestOf()).toMatch(/^[0-9a-f]{16}$/);
    expect(digestOf(1, 2, 3)).toBe(digestOf(1, 2, 3));
  });

  it('tells other numbers, another order, and another count apart', () => {
    const digests = [
      digestOf(),
      digestOf(0),
      digestOf(0, 0),
      digestOf(1),
      digestOf(1, 2),
      digestOf(2, 1),
      digestOf(-1),
      digestOf(1, 2, 0),
      digestOf(0, 1, 2),
    ];
    expect(new Set(digests).size).toBe(digests.length);
  });

  it('counts sixteenths, which is how finely virtual time is drawn', () => {
    expect(digestOf(1 + 1 / 16)).not.toBe(digestOf(1));
    expect(digestOf(1 + 1 / 64)).toBe(digestOf(1));
  });

  it('takes in text by its characters', () => {
    expect(digestOf('ab')).toBe(digestOf('a', 'b'));
    expect(digestOf('ab')).not.toBe(digestOf('ba'));
    expect(digestOf('')).toBe(digestOf());
  });

  it('does not meet another by accident', () => {
    const digests = new Set<string>();
    for (let a = 0; a < 200; a++) for (let b = 0; b < 100; b++) digests.add(digestOf(7, a, b, 7));
    expect(digests.size).toBe(20_000);
  });

  it('does not forget what came first, however much follows', () => {
    const noughts = Array<number>(10_000).fill(0);
    expect(digestOf(1, ...noughts)).not.toBe(digestOf(2, ...noughts));
  });
});
