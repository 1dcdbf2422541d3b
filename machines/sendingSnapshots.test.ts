/**
 * InstallSnapshot from the side of the leader (§7, Figure 13): who gets a snapshot in place of
 * entries, piece by piece, and how that ends.
 */
import { expect } from 'vitest';
import { type Cases, runCases } from '../properties/support/cases.js';
import {
  appended,
  conflicted,
  entriesAfter,
  installed,
  logBase,
} from '../properties/support/script.js';
import {
  chunksTo,
  entriesTo2,
  leaderOfTen,
  nothingTrails,
  progressOf2,
  sendingTo2,
} from '../properties/support/snapshotScenes.js';

const beginning: Cases = {
  'a follower that needs what the log does not have any more gets the snapshot (§7)': (start) => {
    const s1 = sendingTo2(start);
    expect(progressOf2(s1)).toMatchObject({ state: 'snapshotting', nextIndex: 7 });
    expect(s1.effects).toEqual([
      {
        type: 'sendChunk',
        to: 'S2',
        message: {
          type: 'InstallSnapshotRequest',
          from: 'S1',
          atMs: 0,
          term: 2,
          base: logBase(6, 1),
          offset: 0,
          bytes: new Uint8Array(0),
          isLast: false,
          sentMs: 0,
        },
      },
    ]);
  },

  'one that has the last entry that it covers does not': (start) => {
    const s1 = leaderOfTen(start).takesSnapshot(6);
    s1.receives(conflicted({ term: 2, prevIndex: 9, conflictTerm: 0, conflictIndex: 7 }));
    expect(s1.chunks).toEqual([]);
    expect(entriesTo2(s1)).toEqual([[7, 8, 9, 10]]);
  },

  'one whose term the leader’s log does not reach back to does': (start) => {
    const s1 = leaderOfTen(start).takesSnapshot(6);
    s1.receives(conflicted({ term: 2, prevIndex: 9, conflictTerm: 1, conflictIndex: 2 }));
    expect(entriesTo2(s1)).toEqual([[10]]);
    const far = start({ log: [1, 1, 3, 3, 3], settings: nothingTrails, term: 3 }).asLeader();
    far.isReplicated(['S3']).takesSnapshot(4);
    far.receives(conflicted({ term: 4, prevIndex: 5, conflictTerm: 2, conflictIndex: 3 }));
    expect(chunksTo(far)).toEqual([[4, 0]]);
  },

  'who waits for entries that compaction takes away begins to get it at once': (start) => {
    const s1 = leaderOfTen(start, { ...nothingTrails, messagesInFlightMax: 1 });
    s1.receives(appended({ term: 2, match: 9 }));
    s1.isAsked(1).isAsked(1).saves();
    s1.receives(appended({ from: 'S3', term: 2, match: 11 }));
    s1.receives(appended({ from: 'S3', term: 2, match: 12 }));
    expect(progressOf2(s1)).toMatchObject({ state: 'replicating', nextIndex: 11 });
    expect(chunksTo(s1.takesSnapshot(11))).toEqual([[11, 0]]);
    expect(chunksTo(s1, 'S3')).toEqual([]);
    expect(progressOf2(s1)).toMatchObject({ state: 'snapshotting', inFlight: [] });
  },

  'it begins with the newest snapshot, also where the log reaches back further': (start) => {
    const settings = { trailingEntriesMax: 3 };
    const s1 = leaderOfTen(start, settings).takesSnapshot(9);
    expect(s1.context.log.base.index).toBe(6);
    s1.receives(conflicted({ term: 2, prevIndex: 9, conflictTerm: 0, conflictIndex: 3 }));
    expect(chunksTo(s1)).toEqual([[9, 0]]);
  },

  'a follower that gets one goes on getting that one, whatever is compacted meanwhile': (start) => {
    const s1 = sendingTo2(start).takesSnapshot(9);
    expect(s1.chunks).toEqual([]);
    s1.receives(installed({ term: 2, index: 6, offset: 50 }));
    expect(chunksTo(s1)).toEqual([[6, 50]]);
  },

  'a new leader, whose log begins behind a snapshot, probes from its end all the same': (start) => {
    const base = logBase(6, 1);
    const s1 = start({ base, entries: entriesAfter(6, [1, 1]) }).asLeader();
    expect(progressOf2(s1)).toMatchObject({ state: 'probing', nextIndex: 9, isProbed: true });
    s1.receives(conflicted({ term: 2, prevIndex: 8, conflictTerm: 0, conflictIndex: 7 }));
    expect(entriesTo2(s1)).toEqual([[7, 8, 9]]);
    s1.receives(conflicted({ term: 2, prevIndex: 6, conflictTerm: 0, conflictIndex: 3 }));
    expect(chunksTo(s1)).toEqual([[6, 0]]);
  },
};

const sending: Cases = {
  'each piece is sent when the one before was answered': (start) => {
    const s1 = sendingTo2(start);
    s1.nowMs = 30;
    s1.receives(installed({ term: 2, index: 6, offset: 100 }));
    expect(s1.chunks).toMatchObject([{ to: 'S2', message: { offset: 100, sentMs: 30, term: 2 } }]);
    s1.receives(installed({ term: 2, index: 6, offset: 180 }));
    expect(chunksTo(s1)).toEqual([[6, 180]]);
  },

  'an answer that comes twice brings no piece twice': (start) => {
    const s1 = sendingTo2(start);
    const answer = installed({ term: 2, index: 6, offset: 100 });
    expect(s1.receives(answer).chunks).toHaveLength(1);
    expect(s1.receives(answer).chunks).toEqual([]);
  },

  'a follower that has lost what it had gets it from the beginning': (start) => {
    const s1 = sendingTo2(start).receives(installed({ term: 2, index: 6, offset: 100 }));
    s1.receives(installed({ term: 2, index: 6, offset: 0 }));
    expect(chunksTo(s1)).toEqual([[6, 0]]);
  },

  'an answer about another snapshot brings none': (start) => {
    const s1 = sendingTo2(start);
    s1.receives(installed({ term: 2, index: 5, offset: 100 }));
    expect(s1.chunks).toEqual([]);
    expect(s1.role).toBe('leader');
    s1.receives(installed({ from: 'S3', term: 2, index: 6, offset: 100 }));
    expect(s1.chunks).toEqual([]);
  },

  'nor does one of a server that it does not know': (start) => {
    const s1 = sendingTo2(start);
    const { context } = s1;
    s1.receives(installed({ from: 'S9', term: 2, index: 6, offset: 100 }));
    s1.receives(installed({ from: 'S9', term: 2, index: 6 }));
    expect(s1.effects).toEqual([]);
    expect(s1.context).toEqual(context);
  },

  'nor an answer of an older term (raft.tla DropStaleResponse)': (start) => {
    const s1 = sendingTo2(start);
    const { context } = s1;
    s1.receives(installed({ term: 1, index: 6, offset: 100 }));
    s1.receives(installed({ term: 1, index: 6 }));
    expect(s1.effects).toEqual([]);
    expect(s1.context).toEqual(context);
  },

  'a piece that is not answered in the time of an election is sent again with a heartbeat': (
    start,
  ) => {
    const s1 = sendingTo2(start).receives(installed({ term: 2, index: 6, offset: 100 }));
    s1.nowMs = 399;
    s1.receives(appended({ from: 'S3', term: 2, match: 10 }));
    expect(s1.beats().chunks).toEqual([]);
    s1.nowMs = 400;
    expect(chunksTo(s1.beats())).toEqual([[6, 100]]);
    expect(s1.beats().chunks).toEqual([]);
    s1.receives(appended({ from: 'S3', term: 2, match: 10 }));
    s1.nowMs = 799;
    s1.receives(appended({ from: 'S3', term: 2, match: 10 }));
    expect(s1.beats().chunks).toEqual([]);
    s1.nowMs = 800;
    expect(chunksTo(s1.beats())).toEqual([[6, 100]]);
  },

  'heartbeats go to it as well, and claim nothing of its log': (start) => {
    const s1 = sendingTo2(start).beats();
    const [to2, to3] = s1.sent('AppendEntriesRequest');
    expect(to2).toMatchObject({
      to: 'S2',
      message: { prevLogIndex: 0, prevLogTerm: 0, entries: [], leaderCommit: 10 },
    });
    expect(to3).toMatchObject({ to: 'S3', message: { prevLogIndex: 10, prevLogTerm: 2 } });
    expect(s1.isRead(1).sent('AppendEntriesRequest')[0]!.message.prevLogIndex).toBe(0);
  },

  'and its answers to them, or to what was sent before, change nothing about that': (start) => {
    const s1 = sendingTo2(start);
    const { installing } = progressOf2(s1);
    s1.receives(appended({ term: 2, match: 0 }));
    s1.receives(conflicted({ term: 2, prevIndex: 9, conflictTerm: 0, conflictIndex: 2 }));
    s1.receives(conflicted({ term: 2, prevIndex: 0, conflictTerm: 0, conflictIndex: 1 }));
    expect(s1.effects).toEqual([]);
    expect(progressOf2(s1)).toMatchObject({ state: 'snapshotting', nextIndex: 7, installing });
    s1.receives(appended({ term: 2, match: 5 }));
    expect(progressOf2(s1)).toMatchObject({ state: 'snapshotting', matchIndex: 5, installing });
  },

  'no entries go to it meanwhile': (start) => {
    const s1 = sendingTo2(start).isAsked(1).isAsked(1);
    expect(entriesTo2(s1)).toEqual([]);
    expect(s1.sends.map(({ to }) => to)).toEqual(['S3']);
  },
};

const ending: Cases = {
  'who has installed it gets entries from there on': (start) => {
    const s1 = sendingTo2(start).receives(installed({ term: 2, index: 6 }));
    expect(entriesTo2(s1)).toEqual([[7, 8, 9, 10]]);
    expect(progressOf2(s1)).toMatchObject({
      state: 'replicating',
      matchIndex: 6,
      nextIndex: 11,
      installing: undefined,
    });
  },

  'who turns out to have what it covers does, too': (start) => {
    const s1 = sendingTo2(start).receives(appended({ term: 2, match: 7 }));
    expect(entriesTo2(s1)).toEqual([[8, 9, 10]]);
  },

  'what it covers counts for commitment': (start) => {
    const s1 = start({ voters: ['S1', 'S2'], settings: nothingTrails }).asServing();
    s1.takesSnapshot(2).isAsked(1).saves();
    s1.receives(conflicted({ term: 2, prevIndex: 3, conflictTerm: 0, conflictIndex: 1 }));
    s1.receives(appended({ term: 2, match: 2 }));
    expect(s1.context.commitIndex).toBe(2);
    s1.receives(appended({ term: 2, match: 3 }));
    expect(s1.context.commitIndex).toBe(3);
  },

  'who needs more than the log still has gets the next one (second generation)': (start) => {
    const s1 = sendingTo2(start).takesSnapshot(8).takesSnapshot(9);
    expect(s1.context.log.base.index).toBe(9);
    s1.receives(installed({ term: 2, index: 6 }));
    expect(chunksTo(s1)).toEqual([[9, 0]]);
    expect(progressOf2(s1)).toMatchObject({ state: 'snapshotting', matchIndex: 6, nextIndex: 10 });
    s1.receives(installed({ term: 2, index: 9 }));
    expect(entriesTo2(s1)).toEqual([[10]]);
  },

  'that the first one is installed, said once more, does not end the second': (start) => {
    const s1 = sendingTo2(start).takesSnapshot(8).takesSnapshot(9);
    s1.receives(installed({ term: 2, index: 6 })).receives(installed({ term: 2, index: 6 }));
    expect(s1.effects).toEqual([]);
    expect(progressOf2(s1)).toMatchObject({ state: 'snapshotting', matchIndex: 6 });
  },

  'a leader that is deposed sends no more of it': (start) => {
    const s1 = sendingTo2(start).receives(appended({ term: 9, match: 1 }));
    s1.receives(installed({ term: 2, index: 6, offset: 100 }));
    s1.receives(installed({ term: 9, index: 6, offset: 100 }));
    expect(s1.effects).toEqual([]);
    s1.asLeader();
    expect(progressOf2(s1)).toMatchObject({ state: 'probing', installing: undefined });
  },
};

export const sendingSnapshots: Cases = { ...beginning, ...sending, ...ending };

runCases(import.meta.filename, 'Sending snapshots (§7)', sendingSnapshots);
