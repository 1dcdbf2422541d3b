import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { latin1, latin1Bytes } from './latin1.js';

describe('latin1', () => {
  it('keeps every byte, at any length', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 70 }), (bytes) => {
        expect(latin1Bytes(latin1(bytes))).toEqual(bytes);
      }),
      { seed: 1, numRuns: 500 },
    );
  });

  it('is the text of a part', () => {
    const bytes = latin1Bytes('abcdefghijklmnopqrstuvwxyz');
    expect(latin1(bytes, 1, 25)).toBe('bcdefghijklmnopqrstuvwxy');
    expect(latin1(bytes, 3, 3)).toBe('');
  });
});
