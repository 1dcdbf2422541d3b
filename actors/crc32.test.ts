import { describe, expect, it } from 'vitest';
import { crc32 } from './crc32.js';

const text = (value: string) => new TextEncoder().encode(value);
const bytes = new Uint8Array(1_000).map((_, i) => (i * i * 31 + i) % 256);

describe('crc32', () => {
  it('has the check value of the standard', () => {
    expect(crc32(text('123456789'))).toBe(0xcbf43926);
    expect(crc32(text(''))).toBe(0);
    expect(crc32(text('The quick brown fox jumps over the lazy dog'))).toBe(0x414fa339);
  });

  it('is what one bit after another gives, at every length and offset', () => {
    for (let start = 0; start < 20; start++)
      for (let end = start; end < 60; end++)
        expect(crc32(bytes, start, end)).toBe(bitwise(bytes.subarray(start, end)));
  });

  it('goes on from the checksum of what came before', () => {
    for (const cut of [0, 1, 7, 8, 9, 500, 1_000])
      expect(crc32(bytes, cut, bytes.length, crc32(bytes, 0, cut))).toBe(crc32(bytes));
  });

  it('differs wherever one bit does', () => {
    const sum = crc32(bytes);
    for (let at = 0; at < bytes.length; at++)
      expect(crc32(bytes.with(at, bytes[at]! ^ 16))).not.toBe(sum);
  });
});

function bitwise(all: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of all) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  return ~crc >>> 0;
}
