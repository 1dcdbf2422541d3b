import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RedisReplies } from './redisReplies.js';

const bytesOf = (text: string) => new TextEncoder().encode(text);

describe('replies of a Redis server', () => {
  const text = '+OK\r\n-ERR no\r\n:12\r\n$-1\r\n$0\r\n\r\n$7\r\n\r\n+no\r\n\r\n';
  const replies = [
    { type: 'text', text: 'OK' },
    { type: 'error', text: 'ERR no' },
    { type: 'text', text: '12' },
    { type: 'null' },
    { type: 'bytes', bytes: bytesOf('') },
    { type: 'bytes', bytes: bytesOf('\r\n+no\r\n') },
  ];

  it('are the same however they are cut into chunks', () => {
    const cuts = fc.array(fc.nat(text.length), { maxLength: 8 });
    fc.assert(
      fc.property(cuts, (positions) => {
        const reader = new RedisReplies();
        const ends = [...positions, text.length].sort((a, b) => a - b);
        let from = 0;
        for (const end of ends) {
          expect(reader.push(bytesOf(text.slice(from, end)))).toBeUndefined();
          from = end;
        }
        expect(reader.all).toEqual(replies);
      }),
      { seed: 1, numRuns: 100 },
    );
  });

  it.each(['HTTP/1.1 400 Bad Request\r\n', '*1\r\n+a\r\n', '$1x\r\n', '$9999999999\r\n', '\r\n'])(
    'are not %j',
    (other) => {
      expect(new RedisReplies().push(bytesOf(other))).toContain('Redis');
    },
  );
});
