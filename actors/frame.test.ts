import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ByteWriter } from './bytes.js';
import { beginFrame, endFrame, FrameReader } from './frame.js';
import { WireError } from './wireError.js';

function streamOf(bodies: readonly Uint8Array[]): Uint8Array {
  const writer = new ByteWriter();
  for (const body of bodies) {
    const start = beginFrame(writer);
    writer.bytes(body);
    expect(endFrame(writer, start)).toBe(body.length);
  }
  return writer.finish().slice();
}

function framesOf(reader: FrameReader, chunks: Iterable<Uint8Array>): Uint8Array[] {
  const bodies: Uint8Array[] = [];
  for (const chunk of chunks) reader.push(chunk, (body) => bodies.push(body));
  return bodies;
}

function* chunksOf(stream: Uint8Array, bytes: number): Generator<Uint8Array> {
  for (let at = 0; at < stream.length; at += bytes) yield stream.subarray(at, at + bytes);
}

describe('FrameReader', () => {
  it('gives back the frames of a stream, however it is cut into chunks', () => {
    const bodies = fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 8 });
    const cuts = fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 10 });
    fc.assert(
      fc.property(bodies, cuts, (sent, lengths) => {
        const stream = streamOf(sent);
        const chunks: Uint8Array[] = [];
        for (let at = 0, i = 0; at < stream.length; i++) {
          const end = at + lengths[i % lengths.length]!;
          chunks.push(stream.slice(at, end));
          at = end;
        }
        expect(framesOf(new FrameReader(), chunks)).toEqual(sent);
      }),
      { seed: 1, numRuns: 500 },
    );
  });

  it('hands on a view where a frame lies inside one chunk, and a copy where it does not', () => {
    const stream = streamOf([Uint8Array.of(1), Uint8Array.of(2, 3, 4), Uint8Array.of(5)]);
    const chunks = [stream.slice(0, 11), stream.slice(11)];
    const [first, second, third] = framesOf(new FrameReader(), chunks);
    expect(first!.buffer).toBe(chunks[0]!.buffer);
    expect(second).toEqual(Uint8Array.of(2, 3, 4));
    expect(chunks.map(({ buffer }) => buffer)).not.toContain(second!.buffer);
    expect(third!.buffer).toBe(chunks[1]!.buffer);
  });

  it('does not change a frame that it has handed on', () => {
    const reader = new FrameReader();
    const bodies = framesOf(
      reader,
      chunksOf(streamOf([Uint8Array.of(1, 2), Uint8Array.of(3, 4)]), 3),
    );
    expect(bodies).toEqual([Uint8Array.of(1, 2), Uint8Array.of(3, 4)]);
  });

  it('refuses a length above the largest allowed, and takes that one', () => {
    const reader = new FrameReader(3);
    expect(framesOf(reader, [streamOf([Uint8Array.of(1, 2, 3)])])).toHaveLength(1);
    const tooLong = streamOf([Uint8Array.of(1, 2, 3, 4)]);
    expect(() => framesOf(reader, [tooLong])).toThrow(WireError);
    expect(() => framesOf(new FrameReader(3), chunksOf(tooLong, 1))).toThrow(
      /4 bytes, above the 3/,
    );
    const highest = Uint8Array.of(255, 255, 255, 0);
    expect(() => framesOf(new FrameReader(), [highest])).toThrow(/16777215 bytes/);
  });

  it('applies another limit from the next frame on, even within one chunk', () => {
    const reader = new FrameReader(2);
    const stream = streamOf([Uint8Array.of(1, 2), Uint8Array.of(1, 2, 3)]);
    let count = 0;
    reader.push(stream, () => {
      count++;
      reader.bodyBytesMax = 3;
    });
    expect(count).toBe(2);
  });

  it('says which part of a message a frame is, and refuses a part that there is not', () => {
    const parts: string[] = [];
    const bytes = [0, 1, 2].flatMap((code) => [1, 0, 0, code, 7]);
    new FrameReader().push(Uint8Array.from(bytes), (_, part) => parts.push(part));
    expect(parts).toEqual(['whole', 'fragment', 'lastFragment']);
    const unknown = Uint8Array.of(1, 0, 0, 3, 7);
    expect(() => framesOf(new FrameReader(), [unknown])).toThrow(/no frame has the part 3/);
    expect(() => framesOf(new FrameReader(), chunksOf(unknown, 1))).toThrow(WireError);
  });

  it('needs time in proportion to the bytes, also when they come one by one', () => {
    // A reader that copied what it has with every chunk would move 10^11 bytes here.
    const body = new Uint8Array(250_000).map((_, i) => i);
    const [read] = framesOf(new FrameReader(), chunksOf(streamOf([body]), 1));
    expect(read!.length).toBe(body.length);
    expect(read!.every((byte, i) => byte === body[i])).toBe(true);
  });
});
