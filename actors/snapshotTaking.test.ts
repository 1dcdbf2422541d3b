/** Tests of taking snapshots: between turns, whole or not at all, and abandoned at the end. */
import { describe, expect, it } from 'vitest';
import { noConfiguration } from '../machines/configuration.js';
import type { Snapshot } from '../machines/context.js';
import { ManualClock } from '../properties/support/manualClock.js';
import { type FailingCall, WatchedStore } from '../properties/support/watchedStore.js';
import { memoryStore } from './memoryStore.js';
import { encodeSnapshot, type SnapshotContent } from './snapshotFormat.js';
import { SnapshotTaking } from './snapshotTaking.js';

const kib64 = 64 * 1024;

/** A state of so many slices of 64 KiB, each of which is counted when it is pulled. */
function startTaking({ answersAtOnce = false } = {}) {
  const clock = new ManualClock();
  const defer = (run: () => void) => (answersAtOnce ? run() : clock.defer(run));
  const store = new WatchedStore(memoryStore({ defer }));
  const taken: [Snapshot, number][] = [];
  const failures: string[] = [];
  const taking = new SnapshotTaking({
    store,
    clock,
    taken: (snapshot, bytes) => taken.push([snapshot, bytes]),
    failed: ({ message }) => failures.push(message),
  });
  const pulled = { slices: 0 };
  const contentOf = (index: number, slices: number, bytes = kib64): SnapshotContent => ({
    group: 0,
    base: { index, term: 2, stampMs: 3 },
    configuration: noConfiguration,
    sessions: [],
    state: (function* () {
      for (let i = 0; i < slices; i++) {
        pulled.slices++;
        yield new Uint8Array(bytes).fill(1);
      }
    })(),
  });
  const bytesOf = (index: number) =>
    store.readSnapshot({ index, term: 2, stampMs: 3 }, () => clock.settle());
  return { clock, store, taking, taken, failures, pulled, contentOf, bytesOf };
}

describe('taking a snapshot', () => {
  it('puts in place what was frozen, and says so once, with its size', () => {
    const { clock, store, taking, taken, contentOf, bytesOf } = startTaking();
    taking.take(contentOf(7, 3, 1_000));
    expect(taking.isUnderWay).toBe(true);
    clock.settle();
    const pieces = [...encodeSnapshot(contentOf(7, 3, 1_000))];
    const expected = Uint8Array.from(pieces.flatMap((piece) => [...piece]));
    expect(bytesOf(7)).toEqual(expected);
    const base = { index: 7, term: 2, stampMs: 3 };
    expect(taken).toEqual([[{ base, configuration: noConfiguration }, expected.length]]);
    expect([taking.isUnderWay, store.openSnapshots]).toEqual([false, 0]);
  });

  it('pulls one slice of the state a turn, however fast the disk is', () => {
    for (const answersAtOnce of [false, true]) {
      const { clock, taking, taken, pulled, contentOf } = startTaking({ answersAtOnce });
      taking.take(contentOf(7, 20));
      let turns = 0;
      for (; taken.length === 0 && turns < 1_000; turns++) {
        const before = pulled.slices;
        clock.turn();
        expect(pulled.slices - before).toBeLessThanOrEqual(1);
      }
      expect(pulled.slices).toBe(20);
      expect(turns).toBeGreaterThanOrEqual(20);
    }
  });

  const failing: readonly FailingCall[] = ['createSnapshot', 'write', 'commit'];
  it.each(failing)('that fails at %s leaves the one before, and may be tried again', (call) => {
    const { clock, store, taking, taken, failures, contentOf, bytesOf } = startTaking();
    taking.take(contentOf(7, 1, 1_000));
    clock.settle();
    const before = bytesOf(7);
    store.failing.add(call);
    taking.take(contentOf(7, 2, 1_000));
    clock.settle();
    expect(failures).toEqual([`${call} failed`]);
    expect([taking.isUnderWay, taken.length, store.openSnapshots]).toEqual([false, 1, 0]);
    expect(bytesOf(7)).toEqual(before);
    store.failing.clear();
    taking.take(contentOf(8, 1, 1_000));
    clock.settle();
    expect(taken.map(([{ base }]) => base.index)).toEqual([7, 8]);
  });

  it('that fails at a later piece leaves nothing of the pieces before', () => {
    const { clock, store, taking, taken, failures, contentOf, bytesOf } = startTaking();
    taking.take(contentOf(7, 9));
    while (store.pieces < 4) clock.turn();
    store.failing.add('write');
    clock.settle();
    expect(failures).toEqual(['write failed']);
    expect([taken.length, store.openSnapshots]).toEqual([0, 0]);
    expect(bytesOf(7)).toBeUndefined();
  });

  it('that meets a state machine which cannot go on has failed, and is abandoned', () => {
    const { clock, store, taking, failures, contentOf, bytesOf } = startTaking();
    const state = (function* () {
      yield new Uint8Array(kib64);
      throw new Error('the view is broken');
    })();
    taking.take({ ...contentOf(7, 0), state });
    clock.settle();
    expect(failures).toEqual(['the view is broken']);
    expect([taking.isUnderWay, store.openSnapshots]).toEqual([false, 0]);
    expect(bytesOf(7)).toBeUndefined();
  });

  it('may be stopped at any turn: nothing more is written, nothing open, and nobody told', () => {
    for (let turns = 0; turns < 14; turns++) {
      const { clock, store, taking, taken, failures, contentOf } = startTaking();
      taking.take(contentOf(7, 3));
      for (let turn = 0; turn < turns; turn++) clock.turn();
      const before = [taken.length, store.pieces, 0, 0];
      taking.stop();
      clock.settle();
      expect([taken.length, store.pieces, failures.length, store.openSnapshots]).toEqual(before);
      expect(clock.timers).toBe(0);
    }
  });
});
