import { describe, expect, it } from 'vitest';
import { keyCount, keyName, RequestBlock } from './workload.js';

const encode = (key: string) => new TextEncoder().encode(key);
const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

describe('the requests of a load', () => {
  it('name every key once before any key twice', () => {
    const block = new RequestBlock(encode);
    const seen = new Set<string>();
    while (seen.size < keyCount) {
      const before = seen.size;
      const taken = decode(block.take(64)).match(/key:\d{12}/g)!;
      for (const key of taken) seen.add(key);
      expect(seen.size).toBe(before + taken.length);
    }
  });

  it('end where the block ends, and begin again', () => {
    const block = new RequestBlock(encode);
    block.take(keyCount - 1);
    expect(block.take(64).length).toBe(block.requestBytes);
    expect(decode(block.take(1))).toBe(keyName(0));
  });
});
