import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { IncomingBytes } from './incomingBytes.js';

describe('IncomingBytes', () => {
  it('takes a chunk as it is where nothing waits', () => {
    const incoming = new IncomingBytes();
    const chunk = new Uint8Array([1, 2, 3]);
    incoming.push(chunk, 0);
    expect(incoming.bytes).toBe(chunk);
    expect(incoming.push(new Uint8Array([4]), 3)).toBe(3);
    expect(incoming.end).toBe(1);
  });

  it('keeps what waits, in order, whatever the chunks and however far they are read', () => {
    const steps = fc.array(fc.tuple(fc.uint8Array({ maxLength: 20 }), fc.nat(30)), {
      maxLength: 40,
      size: 'max',
    });
    fc.assert(
      fc.property(steps, (chunks) => {
        const incoming = new IncomingBytes();
        let expected: number[] = [];
        let at = 0;
        for (const [chunk, taken] of chunks) {
          at -= incoming.push(chunk, at);
          expected.push(...chunk);
          expect([...incoming.bytes.subarray(at, incoming.end)]).toEqual(expected);
          const read = Math.min(taken, expected.length);
          at += read;
          expected = expected.slice(read);
        }
      }),
      { seed: 1, numRuns: 300 },
    );
  });

  it('takes no more memory than twice what waits, and the chunk', () => {
    const incoming = new IncomingBytes();
    for (let n = 0; n < 5000; n++) {
      incoming.push(new Uint8Array(7), 0);
      expect(incoming.bytes.length).toBeLessThanOrEqual(2 * incoming.end + 7);
    }
  });

  it('lets go of its buffer when cleared', () => {
    const incoming = new IncomingBytes();
    incoming.push(new Uint8Array(100), 0);
    incoming.clear();
    expect(incoming.bytes.length).toBe(0);
  });
});
