/** Tests of a server actor whose snapshot is outdone: by its own election, or by a newer one. */
import { describe, expect, it } from 'vitest';
import { decodeConfiguration } from '../machines/configuration.js';
import type { LogBase } from '../machines/log.js';
import type { InstallSnapshotRequest } from '../machines/messages.js';
import { type ActorStage, listStage } from '../properties/support/actorStage.js';
import { appendEntries } from '../properties/support/script.js';
import { firstEntry } from './founding.js';
import { encodeSnapshot } from './snapshotFormat.js';

const configuration = decodeConfiguration(1, firstEntry({ S1: 'S1', S2: 'S2', S3: 'S3' }).bytes);
const at = (index: number): LogBase => ({ index, term: 2, stampMs: index });

/**
 * A snapshot of entry `index`, as the leader of `term` sends it: in one piece, or its beginning.
 */
function snapshot(
  index: number,
  state: readonly number[],
  { term = 3, size = 10_000 } = {},
): InstallSnapshotRequest {
  const base = at(index);
  const content = { group: 0, base, configuration, sessions: [], state: [Uint8Array.from(state)] };
  const whole = Uint8Array.from([...encodeSnapshot(content)].flatMap((piece) => [...piece]));
  const type = 'InstallSnapshotRequest';
  const isLast = size >= whole.length;
  const bytes = whole.slice(0, size);
  return { type, from: 'S2', atMs: 0, term, base, offset: 0, bytes, isLast, sentMs: 7 };
}

const installed = (s1: ActorStage) =>
  s1.eventsOf('snapshotInstalled').map(({ index }) => [index, s1.status.lastApplied]);

describe('a server that is elected while it receives a snapshot', () => {
  it('abandons it: it has all that is committed', () => {
    const { s1, state } = listStage();
    s1.asFollower().hears(snapshot(50, [7], { size: 40 }));
    expect(s1.store.openSnapshots).toBe(1);
    s1.asLeader();
    expect(s1.status.role).toBe('leader');
    expect([s1.store.openSnapshots, s1.failures, state]).toEqual([0, [], []]);
    expect(s1.eventsOf('snapshotFailed')).toEqual([]);
  });

  it('takes another one from the beginning when it follows again', () => {
    const { s1, state } = listStage();
    s1.asFollower().hears(snapshot(50, [7], { size: 40 }));
    s1.asLeader().hears(appendEntries({ term: 9 }));
    s1.hears(snapshot(50, [8, 9], { term: 9 }));
    expect([state, s1.store.openSnapshots]).toEqual([[8, 9], 0]);
    expect(s1.status).toMatchObject({ role: 'follower', lastApplied: 50, snapshotIndex: 50 });
  });
});

describe('a server that was sent a snapshot', () => {
  it('tells that it is installed once its state has become it, and not before', () => {
    const { s1, state } = listStage();
    s1.asFollower();
    const long = Array<number>(600_000).fill(7); // of several pieces, read a turn each
    s1.tell(snapshot(50, long, { size: 1_000_000 }));
    let isPlaced = false;
    for (let turns = 0; turns < 50 && installed(s1).length === 0; turns++) {
      s1.clock.turn();
      isPlaced ||= s1.status.snapshotIndex === 50 && state.length === 0;
    }
    expect(isPlaced).toBe(true);
    expect(installed(s1)).toEqual([[50, 50]]);
    expect(state).toHaveLength(long.length);
  });

  it('becomes the newer of two, though the first is gone before it was opened', () => {
    const { s1, state } = listStage();
    s1.asFollower();
    const open = s1.store.openSnapshot;
    const asked: number[] = [];
    s1.store.openSnapshot = (base, done) => {
      asked.push(base.index);
      if (base.index === 60) return open(base, done);
      s1.clock.schedule(10, () => done(new Error('there is no snapshot 50'), undefined as never));
    };
    s1.hears(snapshot(50, [7]));
    s1.hears(snapshot(60, [7, 8]));
    expect([asked, state]).toEqual([[50], []]);
    s1.clock.advance(10);
    expect([asked, state, s1.failures]).toEqual([[50, 60], [7, 8], []]);
    expect(installed(s1)).toEqual([[60, 60]]);
    s1.hears(appendEntries({ term: 3, prevIndex: 60, prevTerm: 2, terms: [3], commit: 61 }));
    expect(state).toEqual([7, 8, 61]);
  });

  it('stops when it cannot open the only one that there is', () => {
    const { s1 } = listStage();
    s1.asFollower();
    s1.store.failing.add('openSnapshot');
    s1.hears(snapshot(50, [7]));
    expect(s1.failures).toMatchObject([{ message: 'openSnapshot failed' }]);
    expect([s1.status.role, installed(s1)]).toEqual(['stopped', []]);
  });
});
