/** Tests of the snapshot's stream: it is read as it was written. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { content, head, read, written } from '../properties/support/writtenSnapshot.js';
import { SnapshotDecoder } from './snapshotDecoder.js';
import { encodeSnapshot, snapshotFormat } from './snapshotFormat.js';

describe('a snapshot', () => {
  it('is read as it was written, however the pieces are cut', () => {
    const chunks = fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 6 });
    fc.assert(
      fc.property(chunks, fc.integer({ min: 1, max: 200 }), (state, pieceBytes) => {
        const { heads, state: restored } = read(written(content(...state)), pieceBytes);
        expect(heads).toEqual([head]);
        expect(Buffer.concat(state).equals(restored)).toBe(true);
      }),
      { seed: 1, numRuns: 100 },
    );
  });

  it('may come in a buffer that is used again for the next piece', () => {
    const state = new Uint8Array(70_000).map((_, at) => at % 251);
    const bytes = written(content(state));
    const chunks: Uint8Array[] = [];
    const decoder = new SnapshotDecoder({
      head: (told) => expect(told).toEqual(head),
      state: (chunk) => chunks.push(new Uint8Array(chunk)),
    });
    const buffer = Buffer.alloc(50);
    for (let at = 0; at < bytes.length; at += buffer.length) {
      const length = buffer.fill(0xff) && Buffer.from(bytes.buffer).copy(buffer, 0, at);
      decoder.push(buffer.subarray(0, length));
    }
    decoder.finish();
    expect(Buffer.concat(chunks).equals(state)).toBe(true);
  });

  it('may have neither sessions nor a state', () => {
    const empty = { ...head, sessions: [], state: [] };
    expect(read(written(empty))).toMatchObject({ heads: [{ ...head, sessions: [] }], chunks: [] });
  });

  it('tells its head before any of its state', () => {
    const told: string[] = [];
    const decoder = new SnapshotDecoder({
      head: () => told.push('head'),
      state: () => told.push('state'),
    });
    decoder.push(written(content(new Uint8Array(100_000))));
    expect(told).toEqual(['head', 'state', 'state']);
  });

  it('is the same bytes for the same content, whatever the state machine cut it into', () => {
    const state = Uint8Array.from({ length: 1_000 }, (_, at) => at);
    const cut = [state.subarray(0, 1), state.subarray(1, 1), state.subarray(1)];
    expect(written(content(...cut))).toEqual(written(content(state)));
  });

  it('comes in pieces of at most 64 KiB and a frame’s head, with large chunks divided', () => {
    const state = new Uint8Array(1_000_000).map((_, at) => at % 251);
    const pieces = [...encodeSnapshot(content(state))];
    const bound = snapshotFormat.bodyBytesMax + snapshotFormat.frameHeadBytes;
    expect(Math.max(...pieces.map(({ length }) => length))).toBe(bound);
    expect(read(Buffer.concat(pieces)).state.equals(state)).toBe(true);
  });

  it('puts small chunks together', () => {
    const chunks = Array.from({ length: 10_000 }, () => Uint8Array.of(1, 2, 3));
    expect([...encodeSnapshot(content(...chunks))].length).toBeLessThan(8);
  });

  it('takes nothing from the state before somebody takes the piece that it belongs to', () => {
    let taken = 0;
    let isReleased = false;
    function* state(): Generator<Uint8Array> {
      try {
        for (;;) {
          taken++;
          yield new Uint8Array(snapshotFormat.bodyBytesMax);
        }
      } finally {
        isReleased = true;
      }
    }
    const pieces = encodeSnapshot({ ...head, state: state() });
    for (let count = 0; count < 6; count++) pieces.next();
    expect(taken).toBe(2);
    pieces.return(undefined);
    expect(isReleased).toBe(true);
  });

  it('gives pieces in storage of their own: they may wait to be written', () => {
    const pieces = encodeSnapshot(content(new Uint8Array(200_000).fill(1)));
    const kept = [...pieces];
    expect(read(Buffer.concat(kept)).state.length).toBe(200_000);
    expect(new Set(kept.map(({ buffer }) => buffer)).size).toBe(kept.length);
  });
});
