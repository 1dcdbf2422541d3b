import { describe, expect, it } from 'vitest';
import { isZero, sectorEnd, zeroSectors } from './sectors.js';

describe('sectors of zeros', () => {
  it('are those of the file, and parts of them at both ends', () => {
    const bytes = new Uint8Array(2_000);
    expect(zeroSectors(bytes, 0, 2_000, 0)).toBe(4);
    expect(zeroSectors(bytes, 0, 2_000, 511)).toBe(5);
    expect(zeroSectors(bytes, 100, 613, 0)).toBe(2);
    expect(zeroSectors(bytes, 5, 5, 0)).toBe(0);
    bytes[600] = 1;
    expect(zeroSectors(bytes, 0, 2_000, 0)).toBe(3);
  });

  it('end where the next one begins', () => {
    expect([0, 511, 512, 1_023].map(sectorEnd)).toEqual([512, 512, 1_024, 1_024]);
  });

  it('have no byte that is not zero', () => {
    const bytes = new Uint8Array(10);
    bytes[5] = 1;
    expect([isZero(bytes, 0, 5), isZero(bytes, 5, 6), isZero(bytes, 6, 10)]).toEqual([
      true,
      false,
      true,
    ]);
    expect(isZero(bytes, 5, 5)).toBe(true);
  });

  it('have none in a long range either, wherever it begins and ends in its buffer', () => {
    const bytes = new Uint8Array(new ArrayBuffer(5_100), 1);
    for (let start = 8; start < 12; start++) {
      for (let end = 5_000; end < 5_004; end++) {
        // What lies just outside does not count.
        bytes.fill(1, start - 4, start).fill(1, end, end + 4);
        expect(isZero(bytes, start, end)).toBe(true);
        for (const at of [start, start + 1, start + 4, 2_500, end - 5, end - 2, end - 1]) {
          bytes[at] = 1;
          expect(isZero(bytes, start, end)).toBe(false);
          bytes[at] = 0;
        }
        bytes.fill(0);
      }
    }
  });
});
