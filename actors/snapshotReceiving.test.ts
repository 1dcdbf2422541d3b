/** Tests of receiving snapshots: whole and right, or not at all. */
import { describe, expect, it } from 'vitest';
import { noConfiguration } from '../machines/configuration.js';
import type { Snapshot } from '../machines/context.js';
import type { LogBase } from '../machines/log.js';
import { ManualClock } from '../properties/support/manualClock.js';
import { type FailingCall, WatchedStore } from '../properties/support/watchedStore.js';
import { memoryStore } from './memoryStore.js';
import { SnapshotDamaged } from './snapshotDecoder.js';
import { encodeSnapshot } from './snapshotFormat.js';
import { SnapshotReceiving } from './snapshotReceiving.js';

const seven: LogBase = { index: 7, term: 2, stampMs: 3 };
const nine: LogBase = { index: 9, term: 2, stampMs: 4 };

/** A snapshot of `base`, whose state is a thousand bytes. */
function bytesOf(base: LogBase, fill = 1): Uint8Array {
  const state = [new Uint8Array(1_000).fill(fill)];
  const content = { group: 0, base, configuration: noConfiguration, sessions: [], state };
  return Uint8Array.from([...encodeSnapshot(content)].flatMap((piece) => [...piece]));
}

function startReceiving({ answersAtOnce = false } = {}) {
  const clock = new ManualClock();
  const defer = (run: () => void) => (answersAtOnce ? run() : clock.defer(run));
  const store = new WatchedStore(memoryStore({ defer }));
  const stored: [number, number][] = [];
  const installed: Snapshot[] = [];
  const failures: [number, Error][] = [];
  const receiving = new SnapshotReceiving({
    store,
    chunkStored: ({ index }, offset) => stored.push([index, offset]),
    snapshotStored: (snapshot) => void installed.push(snapshot),
    failed: ({ index }, error) => failures.push([index, error]),
  });
  /** The bytes from `from` to `to` arrive, and what follows from that happens. */
  const arrives = (base: LogBase, whole: Uint8Array, from: number, to: number) => {
    const isLast = to >= whole.length;
    const bytes = whole.slice(from, to);
    receiving.store({ type: 'storeChunk', base, offset: from, bytes, isLast });
    clock.settle();
  };
  /** All of it arrives, in pieces of `size` bytes. */
  const arrivesWhole = (base: LogBase, whole: Uint8Array, size: number) => {
    for (let from = 0; from < whole.length; from += size) arrives(base, whole, from, from + size);
  };
  const inPlace = (base: LogBase) => store.readSnapshot(base, () => clock.settle());
  return { clock, store, receiving, stored, installed, failures, arrives, arrivesWhole, inPlace };
}

describe('receiving a snapshot', () => {
  it('puts it in place when its last piece has come, and says which piece is wanted before', () => {
    const { store, stored, installed, failures, arrives, inPlace } = startReceiving();
    const whole = bytesOf(seven);
    arrives(seven, whole, 0, 400);
    expect(stored).toEqual([[7, 400]]);
    expect(inPlace(seven)).toBeUndefined();
    arrives(seven, whole, 400, 800);
    arrives(seven, whole, 800, whole.length);
    expect(stored).toEqual([
      [7, 400],
      [7, 800],
    ]);
    expect(installed).toEqual([{ base: seven, configuration: noConfiguration }]);
    expect(inPlace(seven)).toEqual(whole);
    expect([failures.length, store.openSnapshots]).toEqual([0, 0]);
  });

  it('does not care how it is cut', () => {
    const whole = bytesOf(seven);
    for (const size of [1, 2, 7, 8, 9, 500, whole.length]) {
      const answersAtOnce = size % 2 === 0;
      const { installed, arrivesWhole, inPlace } = startReceiving({ answersAtOnce });
      arrivesWhole(seven, whole, size);
      expect(installed).toHaveLength(1);
      expect(inPlace(seven)).toEqual(whole);
    }
  });

  it('refuses damaged bytes wherever the damage is, and puts nothing in place', () => {
    const whole = bytesOf(seven);
    for (const at of [0, 5, 12, 40, 200, whole.length - 1]) {
      const { store, installed, failures, arrivesWhole, inPlace } = startReceiving();
      arrivesWhole(seven, whole.with(at, whole[at]! ^ 0x40), 300);
      expect(failures.map(([index]) => index)).toEqual([7]);
      expect(failures[0]![1]).toBeInstanceOf(SnapshotDamaged);
      expect([installed.length, store.openSnapshots]).toEqual([0, 0]);
      expect(inPlace(seven)).toBeUndefined();
    }
  });

  it('refuses one whose end is missing, though it is said to be whole', () => {
    const { installed, failures, arrives, inPlace } = startReceiving();
    const cut = bytesOf(seven).subarray(0, -1);
    arrives(seven, cut, 0, cut.length);
    expect([installed.length, failures.length]).toEqual([0, 1]);
    expect(inPlace(seven)).toBeUndefined();
  });

  it('refuses one that goes on after its end', () => {
    const { installed, failures, arrives } = startReceiving();
    const longer = Uint8Array.of(...bytesOf(seven), 0);
    arrives(seven, longer, 0, longer.length);
    expect([installed.length, failures.length]).toEqual([0, 1]);
  });

  it('refuses one that covers another entry than it was announced for', () => {
    for (const other of [nine, { ...seven, term: 3 }]) {
      const { store, installed, failures, arrivesWhole, inPlace } = startReceiving();
      arrivesWhole(seven, bytesOf(other), 300);
      expect([installed.length, failures.length, store.openSnapshots]).toEqual([0, 1, 0]);
      expect(failures[0]![1]).toBeInstanceOf(SnapshotDamaged);
      expect(inPlace(seven)).toBeUndefined();
    }
  });

  it('begins anew with a piece at offset 0, and abandons what came before', () => {
    const { store, installed, failures, arrives, arrivesWhole, inPlace } = startReceiving();
    arrives(seven, bytesOf(seven, 1), 0, 400);
    arrivesWhole(nine, bytesOf(nine, 2), 400);
    expect(installed.map(({ base }) => base.index)).toEqual([9]);
    expect(inPlace(nine)).toEqual(bytesOf(nine, 2));
    expect([failures.length, store.openSnapshots]).toEqual([0, 0]);
    arrives(nine, bytesOf(nine), 0, 400);
    arrivesWhole(nine, bytesOf(nine, 3), 300);
    expect(inPlace(nine)).toEqual(bytesOf(nine, 3));
  });

  it('begins anew also while the store is still at the first piece of the one before', () => {
    const { clock, store, receiving, stored, installed, arrives } = startReceiving();
    const type = 'storeChunk';
    const bytes = bytesOf(seven).slice(0, 100);
    receiving.store({ type, base: seven, offset: 0, bytes, isLast: false });
    clock.turn();
    const whole = bytesOf(nine);
    arrives(nine, whole, 0, whole.length);
    expect([stored, installed.length, store.openSnapshots]).toEqual([[], 1, 0]);
  });

  const failing: readonly FailingCall[] = ['createSnapshot', 'write', 'commit'];
  it.each(failing)('that fails at %s says so once, leaves nothing, and may begin anew', (call) => {
    const { store, installed, failures, arrives, inPlace } = startReceiving();
    const whole = bytesOf(seven);
    store.failing.add(call);
    arrives(seven, whole, 0, whole.length);
    expect(failures).toEqual([[7, new Error(`${call} failed`)]]);
    expect([installed.length, store.openSnapshots]).toEqual([0, 0]);
    expect(inPlace(seven)).toBeUndefined();
    store.failing.clear();
    arrives(seven, whole, 0, whole.length);
    expect(installed).toHaveLength(1);
  });

  it('takes nothing more of one that has failed', () => {
    const { store, installed, failures, arrives } = startReceiving();
    const whole = bytesOf(seven);
    arrives(seven, whole.with(0, 0), 0, 400);
    arrives(seven, whole, 400, whole.length);
    expect([installed.length, failures.length, store.openSnapshots]).toEqual([0, 1, 0]);
  });

  it('may be stopped at any turn: nothing stays open, and nobody is told', () => {
    const whole = bytesOf(seven);
    for (let turns = 0; turns < 6; turns++) {
      const { clock, store, receiving, installed, failures } = startReceiving();
      const type = 'storeChunk';
      receiving.store({ type, base: seven, offset: 0, bytes: whole, isLast: true });
      for (let turn = 0; turn < turns; turn++) clock.turn();
      const before = installed.length;
      receiving.stop();
      clock.settle();
      expect([installed.length, failures.length, store.openSnapshots]).toEqual([before, 0, 0]);
    }
  });
});
