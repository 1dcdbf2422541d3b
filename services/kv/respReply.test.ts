import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { latin1, latin1Bytes } from './latin1.js';
import {
  array,
  bulk,
  bulkText,
  emptyArray,
  failure,
  integer,
  map,
  nil,
  ok,
  type Reply,
  setOf,
  status,
  verbatim,
} from './reply.js';
import { ReplyWriter } from './respReply.js';

function written(reply: Reply, version: 2 | 3): string {
  const writer = new ReplyWriter();
  writer.write(reply, version);
  return latin1(writer.take());
}

const same = (text: string) => [text, text] as const;

describe('ReplyWriter', () => {
  const cases: readonly (readonly [string, Reply, readonly [string, string]])[] = [
    ['a status', ok, same('+OK\r\n')],
    ['an error', failure('ERR no'), same('-ERR no\r\n')],
    ['an error of several lines as one', failure('ERR a\r\nb'), same('-ERR a  b\r\n')],
    ['an integer', integer(1023), same(':1023\r\n')],
    ['a larger integer', integer(1024), same(':1024\r\n')],
    ['a negative integer', integer(-2), same(':-2\r\n')],
    ['an integer of 64 bits', integer(2n ** 63n - 1n), same(':9223372036854775807\r\n')],
    ['a bulk string', bulkText('été'), same('$5\r\n\xc3\xa9t\xc3\xa9\r\n')],
    ['a binary string', bulk(latin1Bytes('\r\n\x00\xff')), same('$4\r\n\r\n\x00\xff\r\n')],
    ['an empty string', bulk(latin1Bytes('')), same('$0\r\n\r\n')],
    ['a string of ten', bulkText('0123456789'), same('$10\r\n0123456789\r\n')],
    ['nothing', nil, ['$-1\r\n', '_\r\n']],
    ['an array', array([integer(1), nil]), ['*2\r\n:1\r\n$-1\r\n', '*2\r\n:1\r\n_\r\n']],
    ['an empty array', emptyArray, same('*0\r\n')],
    ['a set', setOf([status('a')]), ['*1\r\n+a\r\n', '~1\r\n+a\r\n']],
    ['a map', map([['k', integer(1)]]), ['*2\r\n$1\r\nk\r\n:1\r\n', '%1\r\n$1\r\nk\r\n:1\r\n']],
    ['a text', verbatim('a\nb'), ['$3\r\na\nb\r\n', '=7\r\ntxt:a\nb\r\n']],
    [
      'arrays in arrays',
      array([array([emptyArray]), integer(2)]),
      same('*2\r\n*1\r\n*0\r\n:2\r\n'),
    ],
  ];
  it.each(cases)('writes %s', (_what, reply, [resp2, resp3]) => {
    expect(written(reply, 2)).toBe(resp2);
    expect(written(reply, 3)).toBe(resp3);
  });

  it('writes the length of any bulk string right', () => {
    for (const length of [0, 9, 10, 99, 100, 999, 1000, 65_535, 65_536, 100_000]) {
      const text = written(bulk(new Uint8Array(length)), 2);
      expect(text.slice(0, text.indexOf('\r'))).toBe(`$${length}`);
      expect(text.length).toBe(`$${length}`.length + 2 + length + 2);
    }
  });

  it('keeps what was taken while it goes on, across slabs', () => {
    const sizes = fc.array(fc.tuple(fc.integer({ min: 0, max: 40_000 }), fc.boolean()), {
      maxLength: 30,
      size: 'max',
    });
    fc.assert(
      fc.property(sizes, (steps) => {
        const writer = new ReplyWriter();
        const taken: Uint8Array[] = [];
        let expected = '';
        for (const [size, isTaken] of steps) {
          const text = String(size % 10).repeat(size);
          writer.write(bulkText(text), 2);
          expected += `$${size}\r\n${text}\r\n`;
          if (isTaken) taken.push(writer.take());
        }
        taken.push(writer.take());
        expect(taken.map((bytes) => latin1(bytes)).join('') === expected).toBe(true);
        expect(writer.length).toBe(0);
      }),
      { seed: 1, numRuns: 50 },
    );
  });

  it('answers a reply that it cannot read with an error in its place', () => {
    const unknownType = new Uint8Array([1, 2, 3]);
    const cutOff = new Uint8Array([0x2a, 5, 0x2b]);
    const halfWritten = new Uint8Array([0x2a, 2, 0x3a, 0x31, 1, 99]);
    let deep: Reply = emptyArray;
    for (let depth = 0; depth < 20; depth++) deep = array([deep]);
    for (const reply of [unknownType, cutOff, halfWritten, deep, new Uint8Array(0)]) {
      const writer = new ReplyWriter();
      writer.write(ok, 2);
      writer.write(reply, 2);
      writer.write(ok, 2);
      expect(latin1(writer.take())).toMatch(/^\+OK\r\n-ERR unreadable reply: [^\r]+\r\n\+OK\r\n$/);
    }
  });

  it('writes any bytes as one reply', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 30 }), (bytes) => {
        expect(written(bytes, 3).endsWith('\r\n')).toBe(true);
      }),
      { seed: 1, numRuns: 500 },
    );
  });
});
