/** Tests of a server actor that sends its snapshots to others, or receives theirs (Figure 13). */
import { describe, expect, it } from 'vitest';
import { decodeConfiguration } from '../machines/configuration.js';
import type { LogBase } from '../machines/log.js';
import type { InstallSnapshotRequest, InstallSnapshotResponse } from '../machines/messages.js';
import { type ActorStage, listStage } from '../properties/support/actorStage.js';
import { appendEntries, appended, conflicted, requestVote } from '../properties/support/script.js';
import { firstEntry } from './founding.js';
import { encodeSnapshot } from './snapshotFormat.js';

const servers = { S1: 'S1', S2: 'S2', S3: 'S3' };
const configuration = decodeConfiguration(1, firstEntry(servers).bytes);

/** A snapshot of `base`, as a leader has it. */
function snapshotOf(base: LogBase, state: readonly number[]): Uint8Array {
  const content = { group: 0, base, configuration, sessions: [], state: [Uint8Array.from(state)] };
  return Uint8Array.from([...encodeSnapshot(content)].flatMap((piece) => [...piece]));
}

const base: LogBase = { index: 50, term: 2, stampMs: 50 };

/** The piece of the snapshot that begins at `offset`, from S2, the leader of term 3. */
function piece(
  whole: Uint8Array,
  offset: number,
  size: number,
  said: Partial<InstallSnapshotRequest> = {},
): InstallSnapshotRequest {
  const isLast = offset + size >= whole.length;
  const bytes = whole.slice(offset, offset + size);
  const type = 'InstallSnapshotRequest';
  return { type, from: 'S2', atMs: 0, term: 3, base, offset, bytes, isLast, sentMs: 7, ...said };
}

/** S2 sends the whole snapshot, going on where S1 asks it to. */
function sendsAll(s1: ActorStage, whole: Uint8Array, size: number): readonly number[] {
  const offsets: number[] = [];
  for (let offset = 0, sent = 0; sent < 100; sent++) {
    offsets.push(offset);
    s1.hears(piece(whole, offset, size));
    const answer = s1.sentOf('InstallSnapshotResponse').at(-1)!;
    if (answer.isInstalled) break;
    offset = answer.offset;
  }
  return offsets;
}

/** S2's answer to a piece: the bytes from `offset` on, or that it has it all. */
function wants(baseIndex: number, offset: number, isInstalled = false): InstallSnapshotResponse {
  const type = 'InstallSnapshotResponse';
  return { type, from: 'S2', atMs: 0, term: 2, baseIndex, offset, isInstalled, sentMs: 0 };
}

describe('a follower that is sent a snapshot', () => {
  it('puts its pieces aside, becomes what it says, and goes on applying', () => {
    const { s1, state } = listStage();
    s1.asFollower();
    const whole = snapshotOf(base, [7, 8, 9]);
    const offsets = Array.from({ length: Math.ceil(whole.length / 50) }, (_, i) => i * 50);
    expect(sendsAll(s1, whole, 50)).toEqual(offsets);
    expect(state).toEqual([7, 8, 9]);
    expect(s1.status).toMatchObject({ lastApplied: 50, commitIndex: 50, snapshotIndex: 50 });
    expect(s1.eventsOf('snapshotInstalled')).toEqual([
      { type: 'snapshotInstalled', index: 50, bytes: whole.length },
    ]);
    const next = { prevIndex: 50, prevTerm: 2, terms: [3, 3], commit: 52 };
    s1.hears(appendEntries({ term: 3, ...next }));
    expect(state).toEqual([7, 8, 9, 51, 52]);
    expect(s1.store.openSnapshots).toBe(0);
  });

  it('hears its leader while it reads it, and applies what follows only after it', () => {
    const { s1, state } = listStage();
    s1.asFollower();
    const long = Array<number>(600_000).fill(7);
    const whole = snapshotOf(base, long);
    s1.tell(piece(whole, 0, whole.length));
    const next = { prevIndex: 50, prevTerm: 2, terms: [3, 3], commit: 52 };
    let asked = 0;
    for (let turns = 0; turns < 100 && s1.status.lastApplied < 52; turns++) {
      s1.clock.turn();
      if (s1.status.snapshotIndex === 50 && asked++ === 0) {
        s1.tell(appendEntries({ term: 3, ...next }));
      }
      if (s1.status.lastApplied < 50) expect(state).toEqual([]);
    }
    s1.clock.settle();
    expect(s1.status).toMatchObject({ commitIndex: 52, lastApplied: 52 });
    expect(state.length).toBe(long.length + 2);
    expect(state.slice(-3)).toEqual([7, 51, 52]);
    expect(s1.applied.map(({ index }) => index)).toEqual([51, 52]);
    expect(s1.sentOf('AppendEntriesResponse')).toMatchObject([{ success: true, matchIndex: 52 }]);
  });

  it('may be elected while it reads it, and counts and applies what follows', () => {
    const settings = { uncommittedBytesMax: 40 };
    const { s1, state } = listStage({ settings });
    s1.asFollower();
    const whole = snapshotOf(base, [7]);
    const terms = Array<number>(30).fill(3); // of two bytes each
    s1.store.openSnapshot = () => {}; // its disk takes its time
    s1.hears(piece(whole, 0, whole.length));
    s1.hears(appendEntries({ term: 3, prevIndex: 50, prevTerm: 2, terms }));
    s1.asLeader();
    expect(s1.status).toMatchObject({ role: 'leader', lastApplied: 0, lastIndex: 81 });
    expect(s1.refusal(1)).toMatchObject({ refusal: 'RAFT_OVERLOADED' });
    expect(state).toEqual([]);
  });

  it('answers that it has it only once the log begins anew behind it, durably', () => {
    const { s1 } = listStage();
    s1.asFollower();
    s1.hears(appendEntries({ term: 3, prevIndex: 1, prevTerm: 1, terms: [1, 1] }));
    s1.store.hang();
    const whole = snapshotOf(base, [7]);
    s1.hears(piece(whole, 0, whole.length));
    expect(s1.store.writes.at(-1)).toMatchObject({ base, entries: [] });
    expect(s1.sentOf('InstallSnapshotResponse')).toEqual([]);
    s1.store.answer();
    s1.clock.settle();
    expect(s1.sentOf('InstallSnapshotResponse')).toMatchObject([{ isInstalled: true }]);
  });

  it('keeps what follows it in a log that holds its last entry (Figure 13, 6)', () => {
    const { s1, state } = listStage();
    s1.asFollower();
    const terms = [...Array<number>(49).fill(2), 3];
    s1.hears(appendEntries({ term: 3, prevIndex: 1, prevTerm: 1, terms }));
    const whole = snapshotOf(base, [7]);
    s1.hears(piece(whole, 0, whole.length));
    expect(s1.status).toMatchObject({ lastIndex: 51, baseIndex: 50, lastApplied: 50 });
    s1.hears(appendEntries({ term: 3, prevIndex: 51, prevTerm: 3, commit: 51 }));
    expect(state).toEqual([7, 51]);
  });

  it('knows from it who belongs to the cluster', () => {
    const { s1 } = listStage();
    sendsAll(s1.asFollower(), snapshotOf(base, []), 1_000);
    expect(s1.actor.snapshot!.context.configuration).toEqual(configuration);
  });

  it('has it also after it is started again', () => {
    const { s1: before } = listStage();
    sendsAll(before.asFollower(), snapshotOf(base, [7, 8]), 100);
    before.actor.stop(() => {});
    before.clock.settle();
    const { s1, state } = listStage({ store: before.store, clock: before.clock });
    s1.starts();
    expect([s1.started, state]).toEqual([[undefined], [7, 8]]);
    expect(s1.status).toMatchObject({ term: 3, lastApplied: 50, baseIndex: 50, lastIndex: 50 });
  });

  it('believes none of a damaged one, keeps its state, and takes the next', () => {
    const { s1, state } = listStage();
    s1.asFollower();
    const whole = snapshotOf(base, [7, 8]);
    const damaged = whole.with(whole.length - 30, whole.at(-30)! ^ 1);
    s1.hears(piece(damaged, 0, damaged.length));
    expect(s1.eventsOf('snapshotFailed')).toHaveLength(1);
    expect([state, s1.failures, s1.status.snapshotIndex]).toEqual([[], [], 0]);
    sendsAll(s1, whole, 40);
    expect(state).toEqual([7, 8]);
  });

  it('does not know what became of its proposals that the snapshot covers', () => {
    const { s1 } = listStage({ proposalTimeoutMs: 60_000 });
    s1.asServing();
    const [covered, beyond] = [s1.proposes(1)!, s1.proposes(2)!];
    s1.clock.settle();
    const whole = snapshotOf({ index: 3, term: 2, stampMs: 3 }, [1]);
    const said = { base: { index: 3, term: 2, stampMs: 3 } };
    s1.hears(piece(whole, 0, whole.length, said));
    expect(covered.endings).toMatchObject([{ type: 'unknown' }]);
    expect(beyond.endings).toEqual([]);
    s1.hears(appendEntries({ term: 3, prevIndex: 4, prevTerm: 2, terms: [3], commit: 5 }));
    expect(beyond.endings).toMatchObject([{ type: 'done', index: 4 }]);
  });
});

describe('a leader whose follower is behind its log', () => {
  /** A leader with a snapshot of everything; S2 has an empty log, and says so. */
  function sending(chunkBytesMax = 60) {
    const settings = { snapshotAfterEntries: 1_000, trailingEntriesMax: 0, chunkBytesMax };
    const { s1, state } = listStage({ settings });
    s1.asLeader();
    for (const byte of [1, 2, 3]) s1.proposes(byte);
    s1.clock.settle();
    s1.hears(appended({ from: 'S3', term: 2, match: 5 }));
    s1.actor.takeSnapshot();
    s1.clock.settle();
    expect(s1.status.baseIndex).toBe(5);
    const short = { prevIndex: 1, conflictTerm: 0, conflictIndex: 1 };
    s1.hears(conflicted({ term: 2, ...short }));
    return { s1, state };
  }

  it('sends it in pieces, each when the one before was answered, then what follows', () => {
    const { s1 } = sending();
    s1.proposes(4);
    s1.clock.settle();
    const pieces = () => s1.sentOf('InstallSnapshotRequest');
    for (let sent = 1; !pieces().at(-1)!.isLast; sent++) {
      expect(pieces()).toHaveLength(sent);
      expect(s1.status.followers['S2']).toMatchObject({ state: 'snapshotting' });
      const { offset, bytes } = pieces().at(-1)!;
      s1.hears(wants(5, offset + bytes.length));
    }
    expect(pieces().length).toBeGreaterThan(2);
    expect(s1.eventsOf('snapshotSent')).toEqual([]);
    s1.hears(wants(5, 0, true));
    expect(s1.eventsOf('snapshotSent')).toEqual([{ type: 'snapshotSent', to: 'S2', index: 5 }]);
    expect(
      s1
        .sentOf('AppendEntriesRequest')
        .at(-1)!
        .entries.map(({ index }) => index),
    ).toEqual([6]);
    expect(s1.store.openSnapshots).toBe(0);
    // What was sent is a snapshot that another server can become.
    const whole = Uint8Array.from(pieces().flatMap(({ bytes }) => [...bytes]));
    const { s1: other, state } = listStage();
    const { base: sentBase } = pieces()[0]!;
    other.asFollower().hears(piece(whole, 0, whole.length, { base: sentBase }));
    expect(state).toEqual([1, 2, 3]);
  });

  it('sends a piece again that was not answered in the time of an election', () => {
    const { s1 } = sending();
    const offsets = () => s1.sentOf('InstallSnapshotRequest').map(({ offset }) => offset);
    expect(offsets()).toEqual([0]);
    for (let passed = 0; passed < 900; passed += 50) {
      s1.clock.advance(50);
      s1.hears(appended({ from: 'S3', term: 2, match: 5 }));
    }
    expect(offsets()).toEqual([0, 0, 0]);
  });

  it('tries again when it cannot read its own', () => {
    const { s1 } = sending();
    s1.store.failing.add('read');
    s1.hears(wants(5, 60));
    expect(s1.eventsOf('snapshotFailed')).toHaveLength(1);
    expect([s1.failures, s1.store.openSnapshots]).toEqual([[], 0]);
    s1.store.failing.clear();
    for (let passed = 0; passed < 450; passed += 50) {
      s1.clock.advance(50);
      s1.hears(appended({ from: 'S3', term: 2, match: 5 }));
    }
    expect(s1.sentOf('InstallSnapshotRequest').at(-1)!.offset).toBe(60);
  });

  it('ends all that when it leads no more, and does not say that it was sent', () => {
    for (const deposes of [
      appendEntries({ term: 9 }),
      { ...wants(5, 60), term: 9 },
      requestVote({ term: 9, isTransfer: true }),
    ]) {
      const { s1 } = sending();
      expect(s1.store.openSnapshots).toBe(1);
      s1.hears(deposes);
      expect(s1.status.role).toBe('follower');
      expect([s1.store.openSnapshots, s1.eventsOf('snapshotSent')]).toEqual([0, []]);
    }
  });

  it('leaves nothing open when it is stopped', () => {
    for (let turns = 0; turns < 4; turns++) {
      const { s1 } = sending();
      s1.tell(wants(5, 60));
      for (let turn = 0; turn < turns; turn++) s1.clock.turn();
      s1.actor.stop(() => {});
      s1.clock.settle();
      const { timers, deferred } = s1.clock;
      expect([timers, deferred, s1.store.openSnapshots, s1.failures]).toEqual([0, 0, 0, []]);
    }
  });
});

describe('a server that is stopped', () => {
  const stopping: readonly [string, (s1: ActorStage) => void][] = [
    ['received', (s1) => s1.tell(piece(snapshotOf(base, [7]), 0, 40))],
    ['received and restored', (s1) => s1.tell(piece(snapshotOf(base, [7]), 0, 10_000))],
  ];
  it.each(stopping)('while a snapshot is %s leaves nothing behind, at any turn', (_, begin) => {
    for (let turns = 0; turns < 12; turns++) {
      const { s1 } = listStage();
      s1.asFollower();
      begin(s1);
      for (let turn = 0; turn < turns; turn++) s1.clock.turn();
      const before = s1.events.length;
      const told: string[] = [];
      s1.actor.stop(() => told.push('stopped'));
      s1.clock.settle();
      expect([s1.clock.timers, s1.clock.deferred, s1.store.openSnapshots]).toEqual([0, 0, 0]);
      expect([told, s1.events.length, s1.failures]).toEqual([['stopped'], before, []]);
    }
  });
});
