import { describe, expect, it } from 'vitest';
import { NotPackable } from './pack.js';
import { unpack } from './unpack.js';

describe('unpacking', () => {
  it.each([
    [{ $map: [1] }],
    [{ $map: [[1, 2, 3]] }],
    [{ $set: {} }],
    [{ $date: 'x' }],
    [{ $bytes: 'A' }],
    [{ $bytes: 7 }],
    [{ $bigint: '1x' }],
    [{ $bigint: 7 }],
    [{ $number: '12' }],
    [{ $object: 1 }],
    [{ $function: 'x' }],
    [JSON.parse('{"a":[{"__proto__":1}]}')],
  ])('refuses %j, which nobody has packed', (packed) => {
    expect(() => unpack(packed, 'event')).toThrow(NotPackable);
  });
});
