/** InstallSnapshot as its receiver takes it, piece by piece, and as a whole (§7; Figure 13). */
import { expect } from 'vitest';
import { type Cases, runCases } from '../properties/support/cases.js';
import {
  appendEntries,
  configurationEntry,
  logBase,
  logOfTerms,
  members,
  snapshotAt,
} from '../properties/support/script.js';
import {
  completing,
  followerOfThree,
  piece,
  put,
  wants,
} from '../properties/support/snapshotScenes.js';

const untilElection = { type: 'setTimer', timer: 'election', minMs: 200, maxMs: 400 };

const pieces: Cases = {
  'a leader of an older term is told the newer one (Figure 13, 1)': (start) => {
    for (const s1 of [
      start({ term: 4 }),
      start({ term: 4 }).asPreCandidate(),
      start({ term: 3 }).asCandidate(),
      start({ term: 3 }).asLeader(),
    ]) {
      const { value, context } = s1;
      s1.receives(piece({ term: 3 }));
      expect(s1.answer).toMatchObject({ term: 4, baseIndex: 9, offset: 0, isInstalled: false });
      expect(put(s1)).toEqual([]);
      expect(s1.value).toEqual(value);
      expect(s1.context).toEqual(context);
    }
  },

  'the first piece begins a new file (Figure 13, 2)': (start) => {
    const s1 = followerOfThree(start).receives(piece({ length: 12 }));
    expect(s1.effects).toEqual([
      {
        type: 'storeChunk',
        base: logBase(9, 2),
        offset: 0,
        bytes: new Uint8Array(12),
        isLast: false,
      },
      untilElection,
    ]);
  },

  'it is answered when it is put aside, by what is wanted next (Figure 13, 3 and 4)': (start) => {
    const s1 = followerOfThree(start).receives(piece({ length: 12 }));
    expect(s1.sends).toEqual([]);
    s1.storesChunk();
    expect(s1.sent('InstallSnapshotResponse')).toMatchObject([
      { to: 'S2', message: { term: 2, baseIndex: 9, offset: 12, isInstalled: false } },
    ]);
    s1.receives(piece({ offset: 12, length: 30 }));
    expect(put(s1)).toEqual([[9, 12, 30, false]]);
    expect(wants(s1.storesChunk())).toEqual([[9, 42]]);
  },

  'an answer waits for the term that it tells of, and for no entries': (start) => {
    const s1 = start({ log: [1, 1, 1] });
    s1.receives(appendEntries({ term: 2, prevIndex: 3, prevTerm: 1, terms: [2] }));
    const { voteNumber, writeNumber } = s1.context;
    expect(writeNumber).toBe(voteNumber + 1);
    s1.receives(piece()).storesChunk();
    expect(s1.sends).toMatchObject([{ awaits: voteNumber }]);
  },

  'log and commit index stay as they are until the whole is in place (Figure 13, 4)': (start) => {
    const s1 = followerOfThree(start);
    const { log, commitIndex, snapshot, configuration } = s1.context;
    s1.receives(piece()).storesChunk();
    s1.receives(piece({ offset: 10, isLast: true }));
    expect(s1.context).toMatchObject({ commitIndex, snapshot, configuration });
    expect(s1.context.log).toBe(log);
    expect(s1.sends).toEqual([]);
  },

  'whoever sends one is the leader, and is waited for': (start) => {
    for (const offset of [0, 99]) {
      const s1 = followerOfThree(start);
      s1.nowMs = 70;
      s1.receives(piece({ from: 'S3', offset }));
      expect(s1.timers).toEqual([untilElection]);
      expect(s1.context).toMatchObject({ leaderId: 'S3', leaderContactMs: 70 });
    }
  },

  'a newer term is adopted first (§5.1), and a leader of this one followed (§5.2)': (start) => {
    for (const s1 of [
      start({ term: 4 }),
      start({ term: 4 }).asPreCandidate(),
      start({ term: 3 }).asCandidate(),
      start({ term: 3 }).asLeader(),
    ]) {
      s1.receives(piece({ term: 5 }));
      expect(s1.role).toBe('follower');
      expect(s1.context).toMatchObject({ currentTerm: 5, votedFor: undefined, leaderId: 'S2' });
      expect(put(s1)).toEqual([[9, 0, 10, false]]);
      expect(s1.context.leadership).toBeUndefined();
    }
    for (const s1 of [start({ term: 4 }).asPreCandidate(), start({ term: 3 }).asCandidate()]) {
      s1.receives(piece({ term: 4 }));
      expect(s1.role).toBe('follower');
      expect(s1.context.leaderId).toBe('S2');
      expect(put(s1)).toEqual([[9, 0, 10, false]]);
    }
  },

  'a leader takes no snapshot of another, least of all in its own term': (start) => {
    const s1 = start()
      .asServing()
      .receives(piece({ term: 2 }));
    expect(s1.role).toBe('leader');
    expect(put(s1)).toEqual([]);
    expect(s1.answer).toMatchObject({ term: 2, isInstalled: false });
  },
};

const installing: Cases = {
  'a log without its last entry is discarded whole (Figure 13, 7)': (start) => {
    for (const log of [[1], [1, 1, 1], [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]]) {
      const s1 = completing(start({ log, term: 2 })).storesSnapshot(snapshotAt(9, 2));
      expect(s1.context.log).toMatchObject({ base: logBase(9, 2), lastIndex: 9, length: 0 });
      expect(s1.writes).toEqual([
        {
          type: 'persist',
          number: s1.context.writeNumber,
          currentTerm: 2,
          votedFor: undefined,
          isVote: false,
          base: logBase(9, 2),
          entries: [],
          lastIndex: 9,
        },
      ]);
    }
  },

  'a log that has it keeps what follows (Figure 13, 6)': (start) => {
    const s1 = start({ log: [1, 1, 2, 2, 2], term: 2 });
    completing(s1, 3).storesSnapshot(snapshotAt(3, 2));
    expect(s1.context.log.base).toEqual(logBase(3, 2));
    expect(s1.logTerms).toEqual([2, 2]);
    expect(s1.writes).toEqual([]);
    const { log } = s1.receives(
      appendEntries({ term: 2, prevIndex: 5, prevTerm: 2, terms: [2] }),
    ).context;
    expect(log.lastIndex).toBe(6);
  },

  'the state machine begins from it (Figure 13, 8)': (start) => {
    const longer = start({ log: [1, 1, 2, 2, 2], term: 2 });
    for (const [s1, index] of [
      [followerOfThree(start), 9],
      [longer, 4],
    ] as const) {
      completing(s1, index).storesSnapshot(snapshotAt(index, 2));
      expect(s1.context.commitIndex).toBe(index);
      expect(s1.context.snapshot).toEqual(snapshotAt(index, 2));
      expect(s1.context.installation).toBeUndefined();
      const base = logBase(index, 2);
      expect(s1.effects).toContainEqual({ type: 'restore', base });
      expect(s1.effects).toContainEqual({ type: 'compact', index });
    }
  },

  'the answer waits until the log is durable as it is then': (start) => {
    const s1 = completing(followerOfThree(start)).storesSnapshot(snapshotAt(9, 2));
    expect(s1.sent('InstallSnapshotResponse')).toMatchObject([
      { to: 'S2', message: { baseIndex: 9, isInstalled: true }, awaits: s1.writes[0]!.number },
    ]);
    const longer = start({ log: [1], term: 2 });
    longer.receives(appendEntries({ term: 2, prevIndex: 1, prevTerm: 1, terms: [2, 2, 2] }));
    completing(longer, 3).storesSnapshot(snapshotAt(3, 2));
    expect(longer.sends).toMatchObject([{ message: { isInstalled: true }, awaits: 1 }]);
  },

  'its configuration counts, unless a later one is in the log that is kept (§7)': (start) => {
    const voters = ['S1', 'S2', 'S9'];
    const s1 = completing(followerOfThree(start)).storesSnapshot(snapshotAt(9, 2, voters));
    expect(s1.context.configuration.voters).toEqual([voters]);
    const entries = [
      ...logOfTerms([1, 1, 2]),
      configurationEntry(4, 2, members(['S1', 'S2', 'S7'])),
    ];
    const longer = completing(start({ entries, term: 2 }), 3);
    longer.storesSnapshot(snapshotAt(3, 2, voters));
    expect(longer.context.configuration).toMatchObject({ index: 4, voters: [['S1', 'S2', 'S7']] });
  },

  'one whose entries were committed while it came is not installed, and is answered for': (
    start,
  ) => {
    const s1 = completing(followerOfThree(start), 4);
    s1.receives(appendEntries({ term: 2, prevIndex: 3, prevTerm: 1, terms: [2, 2], commit: 5 }));
    const { log, commitIndex, snapshot } = s1.context;
    s1.storesSnapshot(snapshotAt(4, 2));
    expect(s1.context).toMatchObject({ commitIndex, snapshot, installation: undefined });
    expect(s1.context.log).toBe(log);
    expect(s1.effects).toMatchObject([
      { type: 'send', to: 'S2', message: { isInstalled: true }, awaits: s1.context.writeNumber },
    ]);
  },

  'it is installed also by one that stands for election meanwhile': (start) => {
    for (const s1 of [completing(followerOfThree(start)), completing(followerOfThree(start))]) {
      s1.timesOut();
      s1.storesSnapshot(snapshotAt(9, 2));
      expect(s1.role).toBe('preCandidate');
      expect(s1.context.commitIndex).toBe(9);
    }
  },

  'and by no leader: it has all that is committed (Leader Completeness)': (start) => {
    const s1 = completing(followerOfThree(start)).asLeader();
    const { log, snapshot, commitIndex } = s1.context;
    s1.storesSnapshot(snapshotAt(9, 2));
    expect(s1.effects).toEqual([]);
    expect(s1.context).toMatchObject({ snapshot, commitIndex, installation: undefined });
    expect(s1.context.log).toBe(log);
  },

  'entries follow behind it (AppendEntries 2)': (start) => {
    const s1 = completing(followerOfThree(start)).storesSnapshot(snapshotAt(9, 2));
    s1.receives(appendEntries({ term: 2, prevIndex: 9, prevTerm: 2, terms: [2], commit: 10 }));
    expect(s1.answer).toMatchObject({ success: true, matchIndex: 10 });
    expect(s1.context.commitIndex).toBe(10);
  },

  'a second one, later, takes the place of the first': (start) => {
    const s1 = completing(followerOfThree(start)).storesSnapshot(snapshotAt(9, 2));
    completing(s1, 20).storesSnapshot(snapshotAt(20, 2));
    expect(s1.context).toMatchObject({ commitIndex: 20, snapshot: snapshotAt(20, 2) });
    expect(s1.context.log.base).toEqual(logBase(20, 2));
  },
};

export const installSnapshots: Cases = { ...pieces, ...installing };

runCases(import.meta.filename, 'InstallSnapshot (§7, Figure 13)', installSnapshots);
