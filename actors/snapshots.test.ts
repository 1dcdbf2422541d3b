/** Tests of when a server takes a snapshot, and of how it becomes what one says. */
import { describe, expect, it } from 'vitest';
import { encodeConfiguration, noConfiguration } from '../machines/configuration.js';
import { type Entry, proposal } from '../machines/entry.js';
import { Log, type LogBase, logStart } from '../machines/log.js';
import { members, threeServers } from '../properties/support/script.js';
import { startSnapshots } from '../properties/support/snapshotsStage.js';
import { SnapshotDecoder } from './snapshotDecoder.js';

const command = (length: number) => new Uint8Array(length).fill(7);
const commands = (count: number, length = 1) =>
  Array.from({ length: count }, () => command(length));
const at = (index: number): LogBase => ({ index, term: 1, stampMs: index });

describe('a snapshot is taken', () => {
  it('once so many entries were applied, and again after as many', () => {
    const { clock, apply, taken, posted } = startSnapshots({ snapshotAfterEntries: 10 });
    apply(...commands(9));
    clock.settle();
    expect(taken()).toEqual([]);
    apply(command(1));
    clock.settle();
    expect(taken()).toEqual([10]);
    expect(posted).toMatchObject([{ type: 'snapshotTaken', snapshot: { base: at(10) } }]);
    apply(...commands(9));
    clock.settle();
    expect(taken()).toEqual([10]);
    apply(command(1));
    clock.settle();
    expect(taken()).toEqual([10, 20]);
  });

  it('once so many bytes of entries were, each counted with 128 more', () => {
    const { clock, apply, taken } = startSnapshots({ snapshotAfterBytes: 10_000 });
    apply(...commands(9, 1_000 - 128));
    clock.settle();
    expect(taken()).toEqual([]);
    apply(command(1_000 - 128));
    clock.settle();
    expect(taken()).toEqual([10]);
  });

  it('no sooner than the log has grown by as much as the last one has', () => {
    const { clock, state, apply, taken } = startSnapshots({ snapshotAfterBytes: 1_000 });
    state.push(...Array<number>(5_000).fill(7)); // a state that is larger than what is logged
    apply(command(1_000));
    clock.settle();
    expect(taken()).toEqual([1]);
    apply(...commands(4, 1_000));
    clock.settle();
    expect(taken()).toEqual([1]);
    apply(command(1_000));
    clock.settle();
    expect(taken()).toEqual([1, 6]);
  });

  it('not while another one is under way; what is due then is taken after it', () => {
    const { clock, store, apply, taken, snapshots } = startSnapshots({ snapshotAfterEntries: 10 });
    apply(...commands(10));
    clock.turn();
    expect(snapshots.isBusy).toBe(true);
    apply(...commands(25));
    expect(store.openSnapshots).toBe(1);
    clock.settle();
    expect(taken()).toEqual([10]);
    apply(command(1));
    clock.settle();
    expect(taken()).toEqual([10, 36]);
  });

  it('of the state as it was when it began, while more is applied', () => {
    const { clock, store, state, apply, snapshots } = startSnapshots();
    apply(Uint8Array.of(1), Uint8Array.of(2));
    snapshots.take();
    apply(Uint8Array.of(3));
    clock.settle();
    const held: number[] = [];
    const reader = new SnapshotDecoder({ head: () => {}, state: (chunk) => held.push(...chunk) });
    reader.push(store.readSnapshot(at(2), () => clock.settle())!);
    expect([held, state]).toEqual([
      [1, 2],
      [1, 2, 3],
    ]);
  });

  it('of what is applied while one is being written, when that is as much again', () => {
    const { clock, apply, taken } = startSnapshots({ snapshotAfterEntries: 10 });
    apply(...commands(10));
    clock.turn();
    apply(...commands(9));
    clock.settle();
    expect(taken()).toEqual([10]);
    apply(command(1));
    clock.settle();
    expect(taken()).toEqual([10, 20]);
  });

  it('again after a second, when it could not be written; the server lives on', () => {
    const all = startSnapshots({ snapshotAfterEntries: 10 });
    const { clock, store, apply, taken, told, posted, snapshots, happened } = all;
    store.failing.add('write');
    apply(...commands(10));
    clock.settle();
    expect(told).toEqual([
      { type: 'snapshotFailed', during: 'taking', error: new Error('write failed') },
    ]);
    expect([posted, happened, snapshots.isBusy]).toEqual([[], [], false]);
    store.failing.clear();
    clock.advance(999);
    apply(command(1));
    clock.settle();
    expect(taken()).toEqual([]);
    clock.advance(1);
    apply(command(1));
    clock.settle();
    expect(taken()).toEqual([12]);
  });

  it('and fails once a second, not with every entry, while the disk has no room', () => {
    const { clock, store, apply, told } = startSnapshots({ snapshotAfterEntries: 10 });
    store.failing.add('createSnapshot');
    for (let second = 1; second <= 3; second++) {
      for (let entry = 0; entry < 20; entry++) {
        apply(command(1));
        clock.settle();
      }
      expect(told.filter(({ type }) => type === 'snapshotFailed')).toHaveLength(second);
      clock.advance(1_000);
    }
  });

  it('at once when somebody asks for it, though one has just failed', () => {
    const { clock, store, apply, snapshots, taken } = startSnapshots({ snapshotAfterEntries: 10 });
    store.failing.add('commit');
    apply(...commands(10));
    clock.settle();
    store.failing.clear();
    snapshots.take();
    clock.settle();
    expect(taken()).toEqual([10]);
  });
});

describe('a server that starts', () => {
  it('becomes what its snapshot says, and says who belongs to the cluster', () => {
    const { clock, state, applier, snapshots, put } = startSnapshots();
    put(at(7), [4, 5]);
    const answers: unknown[][] = [];
    snapshots.restoreFirst(at(7), (...answer) => answers.push(answer));
    clock.settle();
    const configuration = { ...noConfiguration, index: 1 };
    expect(answers).toEqual([[undefined, { base: at(7), configuration }]]);
    expect([state, applier.lastApplied, applier.logTimeMs]).toEqual([[4, 5], 7, 7]);
  });

  it('is refused by a damaged one, in a line that says which, where, and what to do', () => {
    const { clock, store, state, snapshots } = startSnapshots();
    store.putSnapshot(at(7), [Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8)], () => clock.settle());
    const errors: unknown[] = [];
    snapshots.restoreFirst(at(7), (error) => errors.push(error));
    clock.settle();
    expect(errors).toMatchObject([{ code: 'RAFT_STORE_DAMAGED' }]);
    const [{ message }] = errors as [Error];
    for (const said of ['entry 7', 'byte 0', 'backup']) expect(message).toContain(said);
    expect(message).not.toContain('\n');
    expect(state).toEqual([]);
  });

  it('and is stopped meanwhile gets an answer all the same', () => {
    const { clock, store, state, snapshots, put } = startSnapshots();
    put(at(7), [4, 5]);
    const answers: (Error | undefined)[] = [];
    snapshots.restoreFirst(at(7), (error) => answers.push(error));
    snapshots.stop();
    clock.settle();
    expect(answers).toEqual([expect.any(Error)]);
    expect([state, store.openSnapshots]).toEqual([[], 0]);
  });
});

describe('a follower that was sent a snapshot', () => {
  it('becomes what it says, after its proposals up to there were told', () => {
    const { clock, state, snapshots, put, happened, told, apply } = startSnapshots();
    apply(Uint8Array.of(1));
    put(at(7), [4, 5]);
    snapshots.restore(at(7));
    expect([snapshots.isRestoring, snapshots.isBusy, state]).toEqual([true, true, [1]]);
    expect([happened, told]).toEqual([['covered 7'], []]);
    clock.settle();
    expect([snapshots.isRestoring, state]).toEqual([false, [4, 5]]);
    expect(happened).toEqual(['covered 7', 'restored 7']);
    expect(told).toEqual([
      { type: 'snapshotInstalled', index: 7, bytes: expect.any(Number) as number },
    ]);
    expect((told[0] as { bytes: number }).bytes).toBeGreaterThan(2);
  });

  it('becomes what a newer one says, that comes while the first is being read', () => {
    for (let turns = 0; turns < 3; turns++) {
      const { clock, state, snapshots, put, happened, told } = startSnapshots();
      put(at(7), [4, 5]);
      put(at(9), [4, 5, 6]);
      snapshots.restore(at(7));
      for (let turn = 0; turn < turns; turn++) clock.turn();
      snapshots.restore(at(9));
      clock.settle();
      expect(state).toEqual([4, 5, 6]);
      expect(happened).toContain('covered 9');
      expect(happened.at(-1)).toBe('restored 9');
      expect(told.at(-1)).toMatchObject({ type: 'snapshotInstalled', index: 9 });
    }
  });

  it('becomes the newer one also when the store has dropped the first unopened', () => {
    const { clock, state, snapshots, store, put, happened, told } = startSnapshots();
    put(at(7), [4, 5]);
    put(at(9), [4, 5, 6]);
    store.failing.add('openSnapshot');
    snapshots.restore(at(7));
    clock.defer(() => store.failing.clear());
    snapshots.restore(at(9));
    clock.settle();
    expect([state, snapshots.isRestoring]).toEqual([[4, 5, 6], false]);
    expect(happened).toEqual(['covered 7', 'covered 9', 'restored 9']);
    expect(told).toMatchObject([{ type: 'snapshotInstalled', index: 9 }]);
  });

  it('takes no snapshot of a state that is not whole', () => {
    const { clock, snapshots, put, apply, store, taken } = startSnapshots({
      snapshotAfterEntries: 2,
    });
    apply(command(1));
    put(at(7), [4, 5]);
    snapshots.restore(at(7));
    snapshots.takeWhenDue();
    apply(command(1));
    clock.settle();
    expect([taken(), store.openSnapshots]).toEqual([[], 0]);
  });

  it('cannot go on when it is damaged in place', () => {
    const { clock, store, snapshots, happened } = startSnapshots();
    store.putSnapshot(at(7), [Uint8Array.of(1, 2, 3)], () => clock.settle());
    snapshots.restore(at(7));
    clock.settle();
    expect(happened).toEqual(['covered 7', expect.stringMatching(/^failed: .*entry 7/u)]);
  });

  it('may be stopped at any turn: nothing stays open, and nothing is restored', () => {
    for (let turns = 0; turns < 4; turns++) {
      const { clock, store, snapshots, put, happened } = startSnapshots();
      put(at(7), [4, 5]);
      snapshots.restore(at(7));
      for (let turn = 0; turn < turns; turn++) clock.turn();
      const before = happened.length;
      snapshots.stop();
      clock.settle();
      const cancelled = 'failed: restoring was cancelled'; // to a server that listens no more
      const after = happened.slice(before).filter((what) => what !== cancelled);
      expect([after, store.openSnapshots]).toEqual([[], 0]);
    }
  });
});

describe('the configuration in a snapshot', () => {
  it('is the one that was in force at its last entry', () => {
    const { clock, applier, snapshots, posted } = startSnapshots();
    const bytes = encodeConfiguration({ members: members(threeServers), outgoing: [] });
    const entry: Entry = { ...proposal('configuration', bytes), index: 1, term: 1, stampMs: 1 };
    applier.apply(Log.empty(logStart).append([entry]), 1);
    snapshots.take();
    clock.settle();
    expect(posted).toMatchObject([{ snapshot: { configuration: { index: 1 } } }]);
  });
});
