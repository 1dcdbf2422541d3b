import { describe, expect, it } from 'vitest';
import {
  callFrames,
  FrameScanner,
  firstHeaderBlock,
  frame,
  frameType,
  repeatedHeaderBlock,
  windowUpdate,
} from './http2Frame.js';

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

interface Seen {
  type: number;
  flags: number;
  streamId: number;
  payload: number[];
}

function scanIn(pieces: readonly Uint8Array[]): Seen[] {
  const scanner = new FrameScanner();
  const seen: Seen[] = [];
  for (const piece of pieces) {
    const passing = piece.slice();
    scanner.scan(passing, (type, flags, streamId, bytes, start, end) =>
      seen.push({ type, flags, streamId, payload: [...bytes.subarray(start, end)] }),
    );
    passing.fill(0xff);
  }
  return seen;
}

describe('an HTTP/2 frame', () => {
  it('has a length of 24 bits, a type, flags and a stream (RFC 9113, section 4.1)', () => {
    const [length, type, flags, stream, payload] = ['000002', '06', '01', '01020304', '0908'];
    expect(hex(frame(frameType.ping, 1, 0x01020304, Uint8Array.of(9, 8)))).toBe(
      `${length}${type}${flags}${stream}${payload}`,
    );
  });

  it('may open the window of a connection (section 6.9)', () => {
    expect(hex(windowUpdate(2 ** 30))).toBe('00000408000000000040000000');
  });

  it('a call is its headers, then its message, which ends the stream', () => {
    const call = callFrames(5, Uint8Array.of(0x83), Uint8Array.of(1, 2));
    expect(scanIn([call])).toEqual([
      { type: frameType.headers, flags: 0x4, streamId: 5, payload: [0x83] },
      { type: frameType.data, flags: 0x1, streamId: 5, payload: [1, 2] },
    ]);
  });
});

describe('the header block of a call', () => {
  it('names method and scheme out of the static table, and enters the rest (RFC 7541)', () => {
    const block = firstHeaderBlock('/p', 'h');
    const [post, http, path, authority] = ['83', '86', '44022f70', '410168'];
    expect(hex(block.subarray(0, 9))).toBe(`${post}${http}${path}${authority}`);
    expect(new TextDecoder().decode(block.subarray(9))).toBe(
      '\x5f\x10application/grpc\x40\x02te\x08trailers',
    );
  });

  it('says it all again in six bytes: the last of four entries has number 62', () => {
    expect(hex(repeatedHeaderBlock())).toBe('8386c1c0bfbe');
  });
});

describe('the scanner of frames', () => {
  const stream = new Uint8Array([
    ...frame(frameType.settings, 0, 0, new Uint8Array(0)),
    ...frame(
      frameType.data,
      1,
      3,
      Uint8Array.from({ length: 300 }, (_, i) => i),
    ),
    ...frame(frameType.headers, 5, 7, Uint8Array.of(0xbe)),
  ]);

  it('finds the same frames wherever what arrives is cut in two', () => {
    const whole = scanIn([stream]);
    expect(whole.map(({ type, streamId }) => [type, streamId])).toEqual([
      [frameType.settings, 0],
      [frameType.data, 3],
      [frameType.headers, 7],
    ]);
    for (let cut = 0; cut <= stream.length; cut++) {
      expect(scanIn([stream.subarray(0, cut), stream.subarray(cut)])).toEqual(whole);
    }
  });

  it('finds them when they arrive byte by byte', () => {
    expect(scanIn([...stream].map((byte) => Uint8Array.of(byte)))).toEqual(scanIn([stream]));
  });

  it('refuses a frame that is longer than agreed before any of it has come', () => {
    expect(() => scanIn([Uint8Array.of(0xff, 0xff, 0xff, 0, 0, 0, 0, 0, 1)])).toThrow(
      '16777215 bytes',
    );
  });
});
