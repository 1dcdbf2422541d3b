/** Tests of sending snapshots: the piece that was asked for last, and no reader left open. */
import { describe, expect, it } from 'vitest';
import type { ServerId } from '../machines/entry.js';
import type { LogBase } from '../machines/log.js';
import type { InstallSnapshotRequest } from '../machines/messages.js';
import { ManualClock } from '../properties/support/manualClock.js';
import { WatchedStore } from '../properties/support/watchedStore.js';
import { memoryStore } from './memoryStore.js';
import { SnapshotSending } from './snapshotSending.js';

const seven: LogBase = { index: 7, term: 2, stampMs: 3 };
const nine: LogBase = { index: 9, term: 2, stampMs: 3 };

/** What the machine asks for: the piece of `base` at `offset`. */
function request(base: LogBase, offset: number): InstallSnapshotRequest {
  const type = 'InstallSnapshotRequest';
  const bytes = new Uint8Array(0);
  return { type, from: 'S1', atMs: 0, term: 4, base, offset, bytes, isLast: false, sentMs: 5 };
}

/** Snapshots of 7 (the bytes 0 to 9) and 9 (90 to 94), sent in pieces of 4 bytes. */
function startSending({ answersAtOnce = false } = {}) {
  const clock = new ManualClock();
  const defer = (run: () => void) => (answersAtOnce ? run() : clock.defer(run));
  const store = new WatchedStore(memoryStore({ defer }));
  const settle = () => clock.settle();
  store.putSnapshot(seven, [Uint8Array.from({ length: 10 }, (_, i) => i)], settle);
  store.putSnapshot(nine, [Uint8Array.from({ length: 5 }, (_, i) => 90 + i)], settle);
  const sent: [ServerId, number, number[], boolean][] = [];
  const failures: string[] = [];
  const sending = new SnapshotSending({
    store,
    chunkBytesMax: 4,
    send: (to, { offset, bytes, isLast }) => sent.push([to, offset, [...bytes], isLast]),
    failed: ({ message }) => failures.push(message),
  });
  const ask = (to: ServerId, base: LogBase, offset: number) =>
    sending.send({ type: 'sendChunk', to, message: request(base, offset) });
  return { clock, store, sending, sent, failures, ask };
}

describe('sending a snapshot', () => {
  it('fills in the bytes at the offset that is asked for, and says which are the last', () => {
    for (const answersAtOnce of [false, true]) {
      const { clock, store, sent, ask } = startSending({ answersAtOnce });
      for (const offset of [0, 4, 8]) {
        ask('S2', seven, offset);
        clock.settle();
      }
      expect(sent).toEqual([
        ['S2', 0, [0, 1, 2, 3], false],
        ['S2', 4, [4, 5, 6, 7], false],
        ['S2', 8, [8, 9], true],
      ]);
      expect(store.openSnapshots).toBe(1);
    }
  });

  it('says that a piece is the last also where it ends with the snapshot', () => {
    const { clock, sent, ask } = startSending();
    ask('S2', nine, 1);
    clock.settle();
    expect(sent).toEqual([['S2', 1, [91, 92, 93, 94], true]]);
  });

  it('sends only the piece that was asked for last, if that was before one was read', () => {
    const { clock, sent, ask } = startSending();
    ask('S2', seven, 0);
    ask('S2', seven, 4);
    clock.settle();
    expect(sent).toEqual([['S2', 4, [4, 5, 6, 7], false]]);
    ask('S2', seven, 8);
    ask('S2', seven, 4); // the machine was told to go back
    clock.settle();
    expect(sent.slice(1)).toEqual([['S2', 4, [4, 5, 6, 7], false]]);
  });

  it('serves each follower for itself', () => {
    const { clock, store, sent, ask, sending } = startSending();
    ask('S2', seven, 0);
    ask('S3', nine, 4);
    clock.settle();
    expect(sent).toEqual([
      ['S2', 0, [0, 1, 2, 3], false],
      ['S3', 4, [94], true],
    ]);
    expect([sending.lengthFor('S2'), sending.lengthFor('S3')]).toEqual([10, 5]);
    expect(store.openSnapshots).toBe(2);
    sending.end('S2');
    expect([sending.lengthFor('S2'), store.openSnapshots]).toEqual([undefined, 1]);
  });

  it('goes on reading what it has opened, when the store has a newer one', () => {
    const { clock, store, sent, ask } = startSending();
    ask('S2', seven, 0);
    clock.settle();
    store.compact(9);
    ask('S2', seven, 4);
    clock.settle();
    expect(sent).toHaveLength(2);
  });

  it('closes the one before when another snapshot is asked for', () => {
    const { clock, store, sent, ask } = startSending();
    ask('S2', seven, 0);
    clock.settle();
    ask('S2', nine, 0);
    clock.settle();
    expect(sent.at(-1)).toEqual(['S2', 0, [90, 91, 92, 93], false]);
    expect(store.openSnapshots).toBe(1);
  });

  it('may be ended at any turn: nothing more is sent, nothing stays open, nobody is told', () => {
    for (const end of ['end', 'stop'] as const) {
      for (let turns = 0; turns < 6; turns++) {
        const { clock, store, sending, sent, failures, ask } = startSending();
        ask('S2', seven, 0);
        for (let turn = 0; turn < turns; turn++) clock.turn();
        const before = sent.length;
        sending[end]('S2');
        clock.settle();
        expect([sent.length, failures.length, store.openSnapshots]).toEqual([before, 0, 0]);
      }
    }
  });

  it('that cannot be opened or read says so, leaves nothing open, and is tried again', () => {
    for (const call of ['openSnapshot', 'read'] as const) {
      const { clock, store, sent, failures, ask } = startSending();
      store.failing.add(call);
      ask('S2', seven, 0);
      clock.settle();
      expect(failures).toEqual([`${call} failed`]);
      expect([sent.length, store.openSnapshots]).toEqual([0, 0]);
      store.failing.clear();
      ask('S2', seven, 0);
      clock.settle();
      expect(sent).toHaveLength(1);
    }
  });

  it('of one that is not there (any more) says so', () => {
    const { clock, sent, failures, ask } = startSending();
    ask('S2', { index: 8, term: 2, stampMs: 3 }, 0);
    clock.settle();
    expect(sent).toEqual([]);
    expect(failures).toHaveLength(1);
  });

  it('that fails when nobody waits for it any more is no news', () => {
    for (const call of ['openSnapshot', 'read'] as const) {
      const { clock, store, sending, failures, ask } = startSending();
      store.failing.add(call);
      ask('S2', seven, 0);
      if (call === 'read') clock.turn();
      sending.end('S2');
      clock.settle();
      expect([failures, store.openSnapshots]).toEqual([[], 0]);
    }
  });
});
