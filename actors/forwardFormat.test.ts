import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ByteWriter } from './bytes.js';
import { decodeAnswer, decodeRequest, encodeAnswer, encodeRequest } from './forwardFormat.js';
import type { ForwardAnswer, ForwardRequest } from './transport.js';
import { WireError } from './wireError.js';

const id = fc.maxSafeNat();
const bytes = fc.uint8Array({ maxLength: 100 });
const request: fc.Arbitrary<ForwardRequest> = fc.record({
  kind: fc.constantFrom('command', 'query', 'openSession', 'closeSession'),
  sessionId: id,
  sequence: id,
  firstUnacknowledged: id,
  bytes,
});
const text = fc.string({ unit: 'grapheme' });

const answers: fc.Arbitrary<ForwardAnswer> = fc.oneof(
  fc.record({ type: fc.constant('done' as const), index: id, bytes }),
  fc.record({ type: fc.constant('threw' as const), message: text }),
  fc.record({
    type: fc.constantFrom('notDone' as const, 'unknown' as const, 'expired' as const),
    reason: text,
  }),
);

function bytesOf(write: (writer: ByteWriter) => void): Uint8Array {
  const writer = new ByteWriter();
  write(writer);
  return writer.finish();
}

describe('forwarded requests and answers on the wire', () => {
  it('come back as they were', () => {
    fc.assert(
      fc.property(id, id, request, answers, (number, term, asked, answer) => {
        const sent = bytesOf((writer) => encodeRequest(writer, number, term, asked));
        expect(decodeRequest(sent)).toEqual({ id: number, term, ...asked });
        const answered = bytesOf((writer) => encodeAnswer(writer, number, answer));
        expect(decodeAnswer(answered)).toEqual({ id: number, answer });
      }),
      { seed: 1, numRuns: 300 },
    );
  });

  it('are refused where their header is cut off or changed, and when they are random', () => {
    const onlyWireErrors = (read: () => unknown) => {
      try {
        read();
      } catch (error) {
        expect(error).toBeInstanceOf(WireError);
      }
    };
    fc.assert(
      fc.property(
        bytes,
        answers,
        request,
        fc.nat(),
        fc.nat(255),
        (random, answer, asked, at, value) => {
          onlyWireErrors(() => decodeRequest(random));
          onlyWireErrors(() => decodeAnswer(random));
          const answered = bytesOf((writer) => encodeAnswer(writer, 5, answer));
          onlyWireErrors(() => decodeAnswer(answered.with(at % answered.length, value)));
          expect(() => decodeAnswer(answered.subarray(0, at % 14))).toThrow(WireError);
          const sent = bytesOf((writer) => encodeRequest(writer, 5, 3, asked));
          onlyWireErrors(() => decodeRequest(sent.with(at % sent.length, value)));
          expect(() => decodeRequest(sent.subarray(0, at % 42))).toThrow(WireError);
        },
      ),
      { seed: 1, numRuns: 300 },
    );
  });
});
