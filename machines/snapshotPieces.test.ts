/**
 * The pieces of a snapshot, when they are lost, doubled and overtaken, when their disk fails, and
 * when another snapshot or another leader comes between (§7).
 */
import { expect } from 'vitest';
import { type Cases, runCases } from '../properties/support/cases.js';
import { appendEntries, logBase, snapshotAt } from '../properties/support/script.js';
import {
  completing,
  followerOfThree,
  piece,
  put,
  wants,
} from '../properties/support/snapshotScenes.js';

const untilElection = { type: 'setTimer', timer: 'election', minMs: 200, maxMs: 400 };

const losing: Cases = {
  'a piece that comes after one that was lost is answered by the one that is wanted': (start) => {
    const s1 = followerOfThree(start).receives(piece()).storesChunk();
    s1.receives(piece({ offset: 20, sentMs: 55 }));
    expect(put(s1)).toEqual([]);
    expect(wants(s1)).toEqual([[9, 10]]);
    expect(s1.answer).toMatchObject({ sentMs: 55 });
  },

  'if the first was lost, the beginning': (start) => {
    const s1 = followerOfThree(start).receives(piece({ offset: 20 }));
    expect(put(s1)).toEqual([]);
    expect(wants(s1)).toEqual([[9, 0]]);
    expect(s1.context.installation).toBeUndefined();
  },

  'a piece that comes twice is put aside once, and answered when it is': (start) => {
    const s1 = followerOfThree(start).receives(piece());
    s1.nowMs = 30;
    s1.receives(piece());
    expect(put(s1)).toEqual([]);
    expect(s1.sends).toEqual([]);
    expect(wants(s1.storesChunk())).toEqual([[9, 10]]);
  },

  'the leader is heard by the second copy as by the first': (start) => {
    for (const s1 of [
      followerOfThree(start).receives(piece()),
      completing(followerOfThree(start)),
    ]) {
      s1.nowMs = 30;
      s1.receives(piece());
      expect(s1.effects).toEqual([untilElection]);
      expect(s1.context.leaderContactMs).toBe(30);
    }
  },

  'one that comes once more, after it was put aside, is answered by the next': (start) => {
    const s1 = followerOfThree(start).receives(piece());
    s1.storesChunk().receives(piece());
    expect(put(s1)).toEqual([]);
    expect(wants(s1)).toEqual([[9, 10]]);
    expect(put(s1.receives(piece({ offset: 10 })))).toEqual([[9, 10, 10, false]]);
  },

  'pieces are put aside one at a time': (start) => {
    const s1 = followerOfThree(start)
      .receives(piece())
      .receives(piece({ offset: 10 }));
    expect(put(s1)).toEqual([]);
    s1.storesChunk().receives(piece({ offset: 10 }));
    expect(put(s1)).toEqual([[9, 10, 10, false]]);
  },

  'the last one once more, while all is put in place, changes nothing': (start) => {
    const s1 = completing(followerOfThree(start));
    const { installation } = s1.context;
    completing(s1);
    expect(put(s1)).toEqual([]);
    expect(s1.context.installation).toEqual(installation);
    expect(s1.sends).toEqual([]);
    s1.storesSnapshot(snapshotAt(9, 2));
    expect(s1.context.commitIndex).toBe(9);
    expect(s1.answer).toMatchObject({ isInstalled: true });
  },

  'and when it is in place, is answered so': (start) => {
    const s1 = completing(followerOfThree(start)).storesSnapshot(snapshotAt(9, 2));
    completing(s1);
    expect(put(s1)).toEqual([]);
    expect(s1.answer).toMatchObject({ baseIndex: 9, isInstalled: true });
  },

  'what the disk says of a piece that is not wanted any more means nothing': (start) => {
    const s1 = followerOfThree(start)
      .receives(piece({ index: 8 }))
      .receives(piece({ index: 9 }));
    for (const [base, offset] of [
      [logBase(8, 2), 10],
      [logBase(9, 2), 7],
    ] as const) {
      s1.step({ type: 'chunkStored', base, offset, atMs: 0 });
      expect(s1.effects).toEqual([]);
      expect(s1.context.installation!.state).toBe('storing');
    }
    expect(wants(s1.storesChunk())).toEqual([[9, 10]]);
    s1.step({ type: 'chunkStored', base: logBase(9, 2), offset: 10, atMs: 0 });
    expect(s1.effects).toEqual([]);
  },

  'a disk that cannot take it forgets it, and the leader begins anew': (start) => {
    const s1 = followerOfThree(start).receives(piece()).storesChunk();
    s1.receives(piece({ offset: 10 })).failsToStore(logBase(9, 2));
    expect(s1.sends).toEqual([]);
    expect(wants(s1.receives(piece({ offset: 10 })))).toEqual([[9, 0]]);
    expect(put(s1.receives(piece()))).toEqual([[9, 0, 10, false]]);
    completing(s1.failsToStore(logBase(9, 2))).failsToStore(logBase(9, 2));
    expect(put(s1.receives(piece()))).toEqual([[9, 0, 10, false]]);
  },

  'that an older one failed is no news': (start) => {
    const s1 = followerOfThree(start)
      .receives(piece({ index: 8 }))
      .receives(piece({ index: 9 }));
    s1.failsToStore(logBase(8, 2)).storesChunk();
    expect(wants(s1)).toEqual([[9, 10]]);
    const idle = followerOfThree(start).failsToStore(logBase(8, 2));
    expect(idle.effects).toEqual([]);
  },

  'nor that one of another term did, which ended at the same index': (start) => {
    const s1 = followerOfThree(start).receives(piece());
    s1.failsToStore(logBase(9, 1)).storesChunk();
    expect(wants(s1)).toEqual([[9, 10]]);
  },

  'nor that anything did, while nothing of it is at the disk': (start) => {
    const s1 = followerOfThree(start).receives(piece()).storesChunk();
    s1.failsToStore(logBase(9, 2));
    expect(put(s1.receives(piece({ offset: 10 })))).toEqual([[9, 10, 10, false]]);
  },

  'another snapshot that is put in place meanwhile does not end this one': (start) => {
    const s1 = followerOfThree(start).receives(piece({ index: 12 }));
    s1.storesSnapshot(snapshotAt(9, 2));
    expect(s1.context.commitIndex).toBe(9);
    expect(s1.sends).toEqual([]);
    expect(wants(s1.storesChunk())).toEqual([[12, 10]]);
  },
};

const others: Cases = {
  'a newer snapshot of the same leader begins anew (Figure 13, 5)': (start) => {
    for (const s1 of [
      followerOfThree(start).receives(piece()),
      followerOfThree(start).receives(piece()).storesChunk(),
      completing(followerOfThree(start)),
    ]) {
      s1.receives(piece({ index: 12, length: 5 }));
      expect(put(s1)).toEqual([[12, 0, 5, false]]);
      expect(wants(s1.storesChunk())).toEqual([[12, 5]]);
    }
  },

  'with its first piece, and with no other': (start) => {
    const s1 = followerOfThree(start).receives(piece()).storesChunk();
    s1.receives(piece({ index: 12, offset: 10 }));
    expect(put(s1)).toEqual([]);
    expect(wants(s1)).toEqual([[12, 0]]);
    expect(put(s1.receives(piece({ offset: 10 })))).toEqual([[9, 10, 10, false]]);
  },

  'an older one, though it comes late, never does': (start) => {
    const s1 = followerOfThree(start)
      .receives(piece({ index: 12 }))
      .storesChunk();
    s1.receives(piece({ index: 9 }));
    expect(put(s1)).toEqual([]);
    expect(wants(s1)).toEqual([[9, 0]]);
    expect(put(s1.receives(piece({ index: 12, offset: 10 })))).toEqual([[12, 10, 10, false]]);
  },

  'a newer leader begins anew, though its snapshot covers less': (start) => {
    for (const s1 of [
      followerOfThree(start).receives(piece()),
      followerOfThree(start).receives(piece()).storesChunk(),
      completing(followerOfThree(start)),
    ]) {
      s1.receives(piece({ from: 'S3', term: 3, index: 8, length: 5 }));
      expect(put(s1)).toEqual([[8, 0, 5, false]]);
      s1.storesChunk();
      expect(s1.sent('InstallSnapshotResponse')).toMatchObject([
        { to: 'S3', message: { term: 3, baseIndex: 8, offset: 5 } },
      ]);
    }
  },

  'its pieces do not continue those of another leader': (start) => {
    const s1 = followerOfThree(start).receives(piece()).storesChunk();
    s1.receives(piece({ from: 'S3', term: 3, offset: 10 }));
    expect(put(s1)).toEqual([]);
    expect(wants(s1)).toEqual([[9, 0]]);
  },

  'a snapshot whose place was taken, though it is in place, is not answered for': (start) => {
    const s1 = completing(followerOfThree(start)).receives(
      piece({ from: 'S3', term: 3, index: 12 }),
    );
    s1.storesSnapshot(snapshotAt(9, 2));
    expect(s1.context.commitIndex).toBe(9);
    expect(s1.sends).toEqual([]);
  },

  'what a snapshot covers that is committed here already needs no snapshot': (start) => {
    const s1 = followerOfThree(start);
    s1.receives(appendEntries({ term: 2, prevIndex: 3, prevTerm: 1, terms: [2], commit: 4 }));
    s1.receives(piece({ index: 4, sentMs: 55, offset: 30 }));
    expect(put(s1)).toEqual([]);
    expect(s1.answer).toMatchObject({ baseIndex: 4, isInstalled: true, sentMs: 55 });
    expect(s1.sends[0]!.awaits).toBe(s1.context.writeNumber);
    expect(s1.timers).toEqual([untilElection]);
    expect(put(s1.receives(piece({ index: 5 })))).toEqual([[5, 0, 10, false]]);
  },
};

export const snapshotPieces: Cases = { ...losing, ...others };

runCases(import.meta.filename, 'Pieces of a snapshot (§7)', snapshotPieces);
