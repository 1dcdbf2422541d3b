import { describe, expect, it } from 'vitest';
import { encodeCommand } from './respLoad.js';
import { type Reply, ReplyScanner, replyAt } from './respReply.js';

const encode = (text: string) => new TextEncoder().encode(text);
const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

function scanIn(pieces: readonly Uint8Array[]): Reply[] {
  const scanner = new ReplyScanner();
  const seen: Reply[] = [];
  for (const piece of pieces) {
    const passing = piece.slice();
    scanner.scan(passing, (bytes, start, end) => seen.push(replyAt(bytes, start, end)));
    passing.fill(0xff);
  }
  return seen;
}

describe('the scanner of replies', () => {
  const stream = encode('+OK\r\n$5\r\na\r\nb\n\r\n:42\r\n$-1\r\n-ERR no such thing\r\n$0\r\n\r\n');
  const replies: Reply[] = [
    { type: 'status', text: 'OK' },
    { type: 'bulk', bytes: encode('a\r\nb\n') },
    { type: 'integer', text: '42' },
    { type: 'null' },
    { type: 'error', text: 'ERR no such thing' },
    { type: 'bulk', bytes: new Uint8Array(0) },
  ];

  it('finds every simple reply, and line ends within a bulk are part of it', () => {
    expect(scanIn([stream])).toEqual(replies);
  });

  it('finds the same replies wherever what arrives is cut in two', () => {
    for (let cut = 0; cut <= stream.length; cut++) {
      expect(scanIn([stream.subarray(0, cut), stream.subarray(cut)])).toEqual(replies);
    }
  });

  it('finds them when they arrive byte by byte', () => {
    expect(scanIn([...stream].map((byte) => Uint8Array.of(byte)))).toEqual(replies);
  });

  it('refuses what is no simple reply', () => {
    expect(() => scanIn([encode('*1\r\n+OK\r\n')])).toThrow('no simple reply');
    expect(() => scanIn([encode('+OK\n')])).toThrow('CR LF');
    expect(() => scanIn([encode('$1x\r\n')])).toThrow('no digit');
  });

  it('refuses a hostile length before it has arrived', () => {
    expect(() => scanIn([encode('$99999999999999999999\r\n')])).toThrow('a bulk of');
    expect(() => scanIn([encode(`+${'x'.repeat(70_000)}`)])).toThrow('endless line');
  });
});

describe('a command', () => {
  it('is an array of bulk strings, whose lengths are in bytes', () => {
    expect(decode(encodeCommand('SET', 'k', 'né'))).toBe(
      '*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$3\r\nné\r\n',
    );
  });
});
