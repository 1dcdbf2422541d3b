import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { base64Of, bytesOf } from './base64.js';

describe('base64', () => {
  it('is that of the platform, both ways', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 4_000, size: 'max' }), (bytes) => {
        const text = base64Of(bytes);
        expect(text).toBe(Buffer.from(bytes).toString('base64'));
        expect(bytesOf(text)).toEqual(bytes);
      }),
      { seed: 1, numRuns: 60 },
    );
  });

  it.each(['A', 'AA', 'AAA', '=AAA', 'AA=A', 'A===', 'AA A', 'AA-_'])('refuses %j', (text) => {
    expect(bytesOf(text)).toBeUndefined();
  });
});
