import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ByteFeed, type WantingBytes } from './byteFeed.js';

/** Takes as many bytes at a time as `lengths` say. */
function* taking(lengths: readonly number[]): WantingBytes<number[][]> {
  const taken: number[][] = [];
  for (const length of lengths) taken.push([...(yield length)]);
  return taken;
}

const lengths = fc.array(fc.nat(9), { maxLength: 8 });

describe('ByteFeed', () => {
  it('gives a reader exactly what it asks for, however the bytes are cut', () => {
    fc.assert(
      fc.property(lengths, lengths, (wanted, cuts) => {
        const total = wanted.reduce((sum, length) => sum + length, 0);
        const bytes = Uint8Array.from({ length: total }, (_, at) => at);
        const feed = new ByteFeed(taking(wanted));
        let from = 0;
        for (const cut of cuts) {
          feed.push(bytes.subarray(from, from + cut));
          from = Math.min(total, from + cut);
          expect(feed.offset).toBeLessThanOrEqual(from);
        }
        feed.push(bytes.subarray(from));
        expect(feed.result?.map(({ length }) => length)).toEqual(wanted);
        expect(feed.result?.flat()).toEqual([...bytes]);
        expect(feed.offset).toBe(total);
      }),
      { seed: 1, numRuns: 300 },
    );
  });

  it('has no result before its reader has', () => {
    const feed = new ByteFeed(taking([2]));
    feed.push(Uint8Array.of(1));
    expect(feed.result).toBeUndefined();
  });

  it('keeps what came early in storage of its own, since the piece may be used again', () => {
    const feed = new ByteFeed(taking([3]));
    const piece = Uint8Array.of(1, 2);
    feed.push(piece);
    piece.fill(9);
    feed.push(Uint8Array.of(3));
    expect(feed.result).toEqual([[1, 2, 3]]);
  });

  it('refuses bytes after the end', () => {
    const feed = new ByteFeed(taking([1]));
    expect(() => feed.push(Uint8Array.of(1, 2, 3))).toThrow(/^2 bytes after the end$/);
    expect(() => feed.push(Uint8Array.of(4))).toThrow(RangeError);
  });

  it('hands what the reader throws to whoever pushes', () => {
    function* refusing(): WantingBytes<void> {
      yield 1;
      throw new Error('not this');
    }
    expect(() => new ByteFeed(refusing()).push(Uint8Array.of(1))).toThrow('not this');
  });
});
