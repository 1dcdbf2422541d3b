/** Tests of a server actor and its snapshots (§7): taken, and started from. */
import { describe, expect, it } from 'vitest';
import type { LogBase } from '../machines/log.js';
import { ActorStage, listStage, listStateMachine } from '../properties/support/actorStage.js';

/** A leader that takes a snapshot every `entries` entries, and keeps none of what they cover. */
function taking(entries: number) {
  const settings = { snapshotAfterEntries: entries, trailingEntriesMax: 0 };
  const { s1, state } = listStage({ settings });
  s1.asServing();
  /** Commands of these bytes are applied everywhere. */
  const serves = (...bytes: readonly number[]) => {
    for (const byte of bytes) s1.proposes(byte);
    s1.clock.settle();
    s1.isReplicated();
  };
  return { s1, state, serves };
}

const base: LogBase = { index: 50, term: 2, stampMs: 50 };

describe('a server that takes snapshots', () => {
  it('does so by itself when it is due, and forgets the entries that it covers', () => {
    const { s1, serves } = taking(10);
    serves(1, 2, 3, 4, 5, 6, 7);
    expect(s1.eventsOf('snapshotTaken')).toEqual([]);
    serves(8);
    expect(s1.eventsOf('snapshotTaken')).toMatchObject([{ index: 10 }]);
    expect(s1.status).toMatchObject({ snapshotIndex: 10, baseIndex: 10, lastIndex: 10 });
    expect(s1.store.compacted).toEqual([10]);
    serves(9);
    expect(s1.status).toMatchObject({ snapshotIndex: 10, lastIndex: 11, lastApplied: 11 });
  });

  it('keeps entries for slow followers behind it', () => {
    const settings = { snapshotAfterEntries: 10, trailingEntriesMax: 4 };
    const { s1 } = listStage({ settings });
    s1.asServing();
    for (let byte = 0; byte < 8; byte++) s1.proposes(byte);
    s1.clock.settle();
    s1.isReplicated();
    expect(s1.status).toMatchObject({ snapshotIndex: 10, baseIndex: 6 });
    expect(s1.log.firstIndex).toBe(7);
  });

  it('does so when it is asked to, one at a time', () => {
    const { s1, serves } = taking(1_000);
    serves(1, 2);
    expect(s1.actor.takeSnapshot()).toBeUndefined();
    expect(s1.actor.takeSnapshot()).toContain('already');
    s1.clock.settle();
    expect(s1.eventsOf('snapshotTaken')).toMatchObject([{ index: 4 }]);
    expect(s1.actor.takeSnapshot()).toBeUndefined();
    s1.actor.stop(() => {});
    expect(s1.actor.takeSnapshot()).toContain('does not run');
    expect(listStage().s1.actor.takeSnapshot()).toContain('does not run');
  });

  it('lives on when one cannot be written', () => {
    const { s1, serves } = taking(10);
    s1.store.failing.add('commit');
    serves(1, 2, 3, 4, 5, 6, 7, 8, 9);
    expect(s1.eventsOf('snapshotFailed')).toHaveLength(1);
    expect(s1.status).toMatchObject({ role: 'leader', lastApplied: 11, snapshotIndex: 0 });
    expect([s1.failures, s1.store.compacted]).toEqual([[], []]);
  });

  it('stops with the error of a state machine that cannot be frozen', () => {
    const { stateMachine } = listStateMachine();
    const snapshot = () => {
      throw new Error('out of order');
    };
    const s1 = new ActorStage({ stateMachine: { ...stateMachine, snapshot } }).asServing();
    s1.actor.takeSnapshot();
    s1.clock.settle();
    expect(s1.failures).toEqual([new Error('out of order')]);
  });
});

describe('a server that starts', () => {
  it('begins with its snapshot, and goes on with the log that follows it', () => {
    const { s1: before, serves } = taking(10);
    serves(1, 2, 3, 4, 5, 6, 7, 8);
    serves(9, 10);
    before.actor.stop(() => {});
    before.clock.settle();
    const { s1, state } = listStage({ store: before.store, clock: before.clock });
    s1.starts();
    expect(s1.started).toEqual([undefined]);
    expect(s1.status).toMatchObject({ lastApplied: 10, commitIndex: 10, lastIndex: 12 });
    expect(state).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(s1.actor.snapshot!.context.configuration.members).toHaveLength(3);
    s1.asServing();
    expect(state).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(s1.applied.map(({ index }) => index)).toEqual([11, 12, 13]);
  });

  it('is refused by a snapshot that cannot be read, and leaves nothing behind', () => {
    const { s1: before } = listStage();
    before.founded();
    before.store.putSnapshot(base, [Uint8Array.of(1, 2, 3)], () => before.clock.settle());
    const { s1 } = listStage({ store: before.store, clock: before.clock });
    s1.starts();
    expect(s1.started).toMatchObject([{ code: 'RAFT_STORE_DAMAGED' }]);
    expect([s1.store.closed, s1.store.openSnapshots, s1.clock.timers]).toEqual([1, 0, 0]);
    expect(s1.status.role).toBe('stopped');
  });

  it('may be stopped while it reads its snapshot, and is answered all the same', () => {
    const { s1: before, serves } = taking(4);
    serves(1, 2, 3);
    before.actor.stop(() => {});
    before.clock.settle();
    for (let turns = 0; turns < 4; turns++) {
      const { s1 } = listStage({ store: before.store, clock: before.clock });
      const answers: string[] = [];
      s1.actor.start((error) => answers.push(error === undefined ? 'started' : error.message));
      for (let turn = 0; turn < turns; turn++) s1.clock.turn();
      s1.actor.stop(() => answers.push('stopped'));
      s1.clock.settle();
      expect(answers.toSorted().at(-1)).toBe('stopped');
      expect(answers).toHaveLength(2);
      expect([s1.clock.timers, s1.clock.deferred, s1.store.openSnapshots]).toEqual([0, 0, 0]);
    }
  });
});

describe('a server that is stopped', () => {
  it('while a snapshot is taken leaves nothing behind, at any turn', () => {
    for (let turns = 0; turns < 12; turns++) {
      const { s1, serves } = taking(1_000);
      serves(1, 2);
      s1.actor.takeSnapshot();
      for (let turn = 0; turn < turns; turn++) s1.clock.turn();
      const before = s1.events.length;
      s1.actor.stop(() => {});
      s1.clock.settle();
      expect([s1.clock.timers, s1.clock.deferred, s1.store.openSnapshots]).toEqual([0, 0, 0]);
      expect([s1.events.length, s1.failures]).toEqual([before, []]);
    }
  });
});
