import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FrameReader, frameBytesMax } from './frame.js';
import { FrameFragments } from './frameFragments.js';
import { FrameQueue } from './frameQueue.js';

const messageBytesMax = 4 * frameBytesMax;

function put(queue: FrameQueue, body: Uint8Array, standsOn = 0): void {
  queue.beginFrame(standsOn).bytes(body);
  queue.endFrame(messageBytesMax);
}

/** Body number `i`: its first and last byte tell. */
function bodyOf(length: number, i: number): Uint8Array {
  const body = new Uint8Array(length);
  if (length > 0) body[0] = body[length - 1] = i;
  return body;
}

/** All messages that the queue still holds, as whoever reads the stream gets them. */
function drained(queue: FrameQueue): Uint8Array[] {
  const messages: Uint8Array[] = [];
  const reader = new FrameReader();
  const fragments = new FrameFragments(messageBytesMax);
  while (!queue.isEmpty)
    for (const bytes of queue.shift())
      reader.push(bytes.slice(), (body, part) => {
        if (part === 'whole') messages.push(body);
        else if (part === 'fragment') fragments.add(body);
        else messages.push(fragments.end(body));
      });
  return messages;
}

const lengths = fc.oneof(
  fc.nat(100),
  fc.nat(100_000),
  fc.integer({ min: frameBytesMax - 2, max: frameBytesMax + 2 }),
  fc.integer({ min: frameBytesMax, max: messageBytesMax }),
);

describe('FrameQueue', () => {
  it('gives out what was put in, in order, and counts every byte of it', () => {
    fc.assert(
      fc.property(fc.array(lengths, { maxLength: 8 }), fc.nat(8), (sizes, taken) => {
        const queue = new FrameQueue();
        const bodies = sizes.map((length, i) => bodyOf(length, i + 1));
        for (const body of bodies.slice(0, taken)) put(queue, body);
        const first = drained(queue);
        for (const body of bodies.slice(taken)) put(queue, body);
        const bytes = bodies.slice(taken).reduce((sum, { length }) => sum + length, 0);
        expect(queue.bytes).toBeGreaterThanOrEqual(bytes);
        expect(queue.bytes).toBeLessThanOrEqual(bytes + 4 * bodies.length);
        const all = [...first, ...drained(queue)];
        expect(queue.bytes).toBe(0);
        expect(all.map(({ length }) => length)).toEqual(sizes);
        expect(all.every((body, i) => body.length === 0 || body[0] === (i + 1) % 256)).toBe(true);
        expect(all.every((body, i) => body.length === 0 || body.at(-1) === i + 1)).toBe(true);
      }),
      { seed: 1, numRuns: 60 },
    );
  });

  it('gives out a long message in fragments, each no longer than a frame may be', () => {
    const queue = new FrameQueue();
    put(queue, bodyOf(frameBytesMax * 2 + 1, 9));
    const pieces: number[][] = [];
    while (!queue.isEmpty) pieces.push(queue.shift().map(({ length }) => length));
    expect(pieces).toEqual([
      [4, frameBytesMax],
      [4, frameBytesMax],
      [4, 1],
    ]);
  });

  it('gives out many small frames as one piece', () => {
    const queue = new FrameQueue();
    for (let i = 0; i < 100; i++) put(queue, bodyOf(100, i));
    expect(queue.shift().map(({ length }) => length)).toEqual([100 * 104]);
  });

  it('drops a message that is too long, and keeps the others', () => {
    const queue = new FrameQueue();
    put(queue, bodyOf(3, 1));
    queue.beginFrame(0).bytes(new Uint8Array(messageBytesMax + 1));
    expect(queue.endFrame(messageBytesMax)).toBe(messageBytesMax + 1);
    put(queue, bodyOf(5, 2));
    expect(drained(queue).map(({ length }) => length)).toEqual([3, 5]);
  });

  it('tells what the oldest stands on, until its last byte is given out', () => {
    const queue = new FrameQueue();
    expect(queue.standsOn).toBe(Number.POSITIVE_INFINITY);
    put(queue, bodyOf(10, 1), 40);
    put(queue, bodyOf(frameBytesMax + 1, 2), 41);
    put(queue, bodyOf(10, 3), 42);
    const seen: number[] = [];
    for (; !queue.isEmpty; queue.shift()) seen.push(queue.standsOn);
    expect(seen).toEqual([40, 41, 41, 42]);
    expect(queue.standsOn).toBe(Number.POSITIVE_INFINITY);
  });
});
