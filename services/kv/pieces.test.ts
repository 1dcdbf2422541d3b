import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  MalformedPieces,
  numberSize,
  PieceReader,
  pieceSize,
  putNumber,
  putPiece,
} from './pieces.js';

describe('pieces', () => {
  it('read as they were written', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 300 })), (pieces) => {
        const size = pieces.reduce((sum, piece) => sum + pieceSize(piece.length), 0);
        const bytes = new Uint8Array(size);
        let at = 0;
        for (const piece of pieces) at = putPiece(bytes, at, piece);
        expect(at).toBe(size);
        const reader = new PieceReader(bytes);
        for (const piece of pieces) expect(reader.piece()).toEqual(piece);
        expect(reader.hasMore).toBe(false);
      }),
      { seed: 1, numRuns: 200 },
    );
  });

  it('hold any whole number that a double holds exactly', () => {
    const check = (value: number) => {
      const bytes = new Uint8Array(numberSize(value));
      expect(putNumber(bytes, 0, value)).toBe(bytes.length);
      expect(new PieceReader(bytes).number()).toBe(value);
    };
    [0, 127, 128, 2 ** 31, 2 ** 32, Number.MAX_SAFE_INTEGER].forEach(check);
    fc.assert(fc.property(fc.maxSafeNat(), check), { seed: 1, numRuns: 500 });
  });

  it('refuse a length that reaches beyond the end', () => {
    expect(() => new PieceReader(new Uint8Array([5, 1, 2])).next()).toThrow(MalformedPieces);
  });

  it('refuse a number that is cut off or larger than any that is written', () => {
    expect(() => new PieceReader(new Uint8Array([0x80])).number()).toThrow(MalformedPieces);
    expect(() => new PieceReader(new Uint8Array(9).fill(0xff)).number()).toThrow(MalformedPieces);
  });

  it('never read beyond the end, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        const reader = new PieceReader(bytes);
        try {
          while (reader.hasMore) reader.next();
        } catch (error) {
          expect(error).toBeInstanceOf(MalformedPieces);
        }
        expect(reader.at).toBeLessThanOrEqual(bytes.length);
      }),
      { seed: 1, numRuns: 500 },
    );
  });
});
