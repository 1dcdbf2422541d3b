import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ByteWriter } from './bytes.js';
import {
  connectionKinds,
  decodeHello,
  decodeReply,
  encodeHello,
  encodeReply,
  type Hello,
  type Reply,
} from './handshakeFormat.js';
import { WireError } from './wireError.js';

const version = fc.integer({ min: 0, max: 255 });
const name = fc.string({ unit: 'grapheme', maxLength: 64 });
const level = fc.integer({ min: 0, max: 2 ** 32 - 1 });

const hellos: fc.Arbitrary<Hello> = fc.record({
  lowestVersion: version,
  highestVersion: version,
  kind: fc.constantFrom(...connectionKinds),
  clusterId: name,
  serverId: name,
  storeId: name,
  receiverId: name,
  recoveryEpoch: fc.maxSafeNat(),
  featureLevel: level,
  token: name,
});

const replies: fc.Arbitrary<Reply> = fc.oneof(
  fc.record({
    type: fc.constant('accepted' as const),
    version,
    serverId: name,
    storeId: name,
    recoveryEpoch: fc.maxSafeNat(),
    featureLevel: level,
  }),
  fc.record({ type: fc.constant('refused' as const), reason: name }),
);

function bytesOf(write: (writer: ByteWriter) => void): Uint8Array {
  const writer = new ByteWriter();
  write(writer);
  return writer.finish();
}

const helloBytes = (hello: Hello) => bytesOf((writer) => encodeHello(writer, hello));
const replyBytes = (reply: Reply) => bytesOf((writer) => encodeReply(writer, reply));

describe('the two frames of a handshake', () => {
  it('come back as they were', () => {
    fc.assert(
      fc.property(hellos, replies, (hello, reply) => {
        expect(decodeHello(helloBytes(hello))).toEqual(hello);
        expect(decodeReply(replyBytes(reply))).toEqual(reply);
      }),
      { seed: 1, numRuns: 200 },
    );
  });

  it('may be longer in later versions, which is ignored', () => {
    fc.assert(
      fc.property(hellos, replies, fc.uint8Array(), (hello, reply, more) => {
        expect(decodeHello(Uint8Array.of(...helloBytes(hello), ...more))).toEqual(hello);
        expect(decodeReply(Uint8Array.of(...replyBytes(reply), ...more))).toEqual(reply);
      }),
      { seed: 1, numRuns: 200 },
    );
  });

  it('are refused wherever they are cut off, and when they are random', () => {
    fc.assert(
      fc.property(hellos, replies, fc.nat(), fc.uint8Array(), (hello, reply, cut, random) => {
        const [first, second] = [helloBytes(hello), replyBytes(reply)];
        expect(() => decodeHello(first.subarray(0, cut % first.length))).toThrow(WireError);
        expect(() => decodeReply(second.subarray(0, cut % second.length))).toThrow(WireError);
        expect(() => decodeHello(random)).toThrow(WireError);
        expect(() => decodeReply(random)).toThrow(WireError);
      }),
      { seed: 1, numRuns: 200 },
    );
  });
});
