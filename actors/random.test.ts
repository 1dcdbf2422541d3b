import { describe, expect, it } from 'vitest';
import { systemRandom } from './random.js';

describe('the chance of the platform', () => {
  it('gives whole numbers from 0 to one below the bound, and all of them', () => {
    const random = systemRandom();
    const drawn = Array.from({ length: 1_000 }, () => random.integer(4, 'proof'));
    expect(new Set(drawn)).toEqual(new Set([0, 1, 2, 3]));
  });

  it('has no choice below 1', () => {
    expect(systemRandom().integer(1, 'proof')).toBe(0);
  });
});
