import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { entryKinds } from '../machines/entry.js';
import { ByteReader, ByteWriter } from './bytes.js';
import { entryHeaderBytes, readEntry, writeEntry } from './entryFormat.js';

const entries = fc.record({
  index: fc.maxSafeNat(),
  term: fc.maxSafeNat(),
  kind: fc.constantFrom(...entryKinds),
  stampMs: fc.maxSafeNat(),
  sessionId: fc.maxSafeNat(),
  sequence: fc.maxSafeNat(),
  firstUnacknowledged: fc.maxSafeNat(),
  bytes: fc.uint8Array({ maxLength: 300 }),
});

describe('an entry as bytes', () => {
  it('is read as it was written', () => {
    fc.assert(
      fc.property(fc.array(entries), (written) => {
        const writer = new ByteWriter();
        for (const entry of written) writeEntry(writer, entry);
        const lengths = written.map(({ bytes }) => entryHeaderBytes + bytes.length);
        expect(writer.length).toBe(lengths.reduce((sum, length) => sum + length, 0));
        const reader = new ByteReader(writer.finish());
        for (const entry of written) expect(readEntry(reader)).toEqual(entry);
        expect(reader.remaining).toBe(0);
      }),
      { seed: 1, numRuns: 200 },
    );
  });

  it('is refused, or is an entry, whatever the bytes are', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 120 }), (hostile) => {
        try {
          expect(readEntry(new ByteReader(hostile)).bytes.length).toBeLessThan(hostile.length);
        } catch (error) {
          expect(error).toBeInstanceOf(RangeError);
        }
      }),
      { seed: 1, numRuns: 1_000 },
    );
  });

  it('is refused when it ends early, wherever that is', () => {
    const writer = new ByteWriter();
    const bytes = new Uint8Array(10);
    const numbers = { sessionId: 4, sequence: 5, firstUnacknowledged: 6 };
    writeEntry(writer, { index: 1, term: 2, kind: 'noOp', stampMs: 3, ...numbers, bytes });
    const whole = writer.finish();
    for (let length = 0; length < whole.length; length++)
      expect(() => readEntry(new ByteReader(whole, 0, length))).toThrow(RangeError);
  });

  it('is refused when its kind is unknown', () => {
    const bytes = new Uint8Array(entryHeaderBytes);
    bytes[16] = entryKinds.length;
    expect(() => readEntry(new ByteReader(bytes))).toThrow(/kind/);
  });
});
