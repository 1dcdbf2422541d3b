/** Tests of the requests that fill a store. */
import { describe, expect, it } from 'vitest';
import { encodeCommand } from './respLoad.js';
import { setRequests } from './setLoad.js';
import { keyName, value } from './workload.js';

describe('SETs in one block', () => {
  it('are those of the keys that were asked for, as any client would send them', () => {
    const keys = [0, 7, 1_234_567, 999_999_999_999];
    const waiting = [...keys];
    const expected = keys.flatMap((key) => [...encodeCommand('SET', keyName(key), value)]);
    expect([...setRequests(keys.length, () => waiting.shift()!)]).toEqual(expected);
  });
});
