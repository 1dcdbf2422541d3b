import { describe, expect, it } from 'vitest';
import { putRequest, rangeRequest, varint } from './grpcMessage.js';

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

describe('a varint of protobuf', () => {
  it('has seven bits a byte, the lowest first, and marks all bytes but the last', () => {
    expect([...varint(0)]).toEqual([0]);
    expect([...varint(127)]).toEqual([127]);
    expect([...varint(128)]).toEqual([0x80, 1]);
    // The number that protobuf's own guide takes for its example.
    expect([...varint(150)]).toEqual([0x96, 0x01]);
    expect([...varint(2 ** 31 - 1)]).toEqual([0xff, 0xff, 0xff, 0xff, 0x07]);
  });
});

describe("a message of etcd's KV service", () => {
  it('carries key and value of a put as fields 1 and 2, after five bytes of gRPC', () => {
    const [prefix, key, value] = ['0000000007', '0a016b', '12027677'];
    expect(hex(putRequest('k', 'vw'))).toBe(`${prefix}${key}${value}`);
  });

  it('carries the length of a long value in more than one byte', () => {
    const [prefix, key, value] = ['0000000132', '0a016b', `12ac02${'78'.repeat(300)}`];
    expect(hex(putRequest('k', 'x'.repeat(300)))).toBe(`${prefix}${key}${value}`);
  });

  it('asks for one key, and says nothing of serializable: the read is linearizable', () => {
    const [prefix, key] = ['0000000005', '0a036b6579'];
    expect(hex(rangeRequest('key'))).toBe(`${prefix}${key}`);
  });
});
