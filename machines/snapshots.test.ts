/**
 * Snapshots as they shorten a log (§7): what compaction takes from it, and what it leaves for
 * followers that are slow.
 */
import { expect } from 'vitest';
import { type Cases, runCases } from '../properties/support/cases.js';
import {
  conflicted,
  entry,
  fiveServers,
  installed,
  logBase,
  logOfTerms,
} from '../properties/support/script.js';
import {
  chunksTo,
  entriesTo2,
  leaderOfTen,
  nothingTrails,
  sendingTo2,
} from '../properties/support/snapshotScenes.js';

const compacting: Cases = {
  'a snapshot takes from the log what it covers (§7)': (start) => {
    const s1 = leaderOfTen(start).takesSnapshot(6);
    expect(s1.context.log.base).toEqual(logBase(6, 1));
    expect(s1.logTerms).toEqual([1, 1, 1, 2]);
    expect(s1.context.snapshot.base).toEqual(logBase(6, 1));
    expect(s1.effects).toEqual([{ type: 'compact', index: 6 }]);
    expect(s1.context.commitIndex).toBe(10);
  },

  'and may take all of it': (start) => {
    const s1 = leaderOfTen(start).takesSnapshot(10);
    expect(s1.context.log).toMatchObject({ lastIndex: 10, lastTerm: 2, length: 0 });
    s1.isAsked(1);
    expect(s1.logTerms).toEqual([2]);
    expect(s1.context.log.lastIndex).toBe(11);
  },

  'so many entries stay behind it, for followers that are slow': (start) => {
    const s1 = leaderOfTen(start, { trailingEntriesMax: 4 }).takesSnapshot(7);
    expect(s1.context.log.firstIndex).toBe(4);
    expect(s1.context.snapshot.base.index).toBe(7);
    expect(s1.effects).toEqual([{ type: 'compact', index: 3 }]);
    const all = leaderOfTen(start, { trailingEntriesMax: 100 }).takesSnapshot(7);
    expect(all.context.log.firstIndex).toBe(1);
  },

  'and at most so many bytes of them': (start) => {
    const entries = [
      ...logOfTerms([1]),
      ...[100, 40, 40, 20, 7].map((length, i) => entry(i + 2, 1, new Uint8Array(length))),
    ];
    const trailing = (trailingBytesMax: number) => {
      const s1 = start({ entries, settings: { trailingBytesMax } });
      s1.asLeader().isReplicated();
      return s1.takesSnapshot(5).context.log.firstIndex;
    };
    expect(trailing(200)).toBe(2);
    expect(trailing(199)).toBe(3);
    expect(trailing(100)).toBe(3);
    expect(trailing(99)).toBe(4);
    expect(trailing(19)).toBe(6);
    expect(trailing(0)).toBe(6);
  },

  'a follower compacts its log as well, by the same rule': (start) => {
    const s1 = start({ log: [1, 1, 1, 1], settings: { trailingEntriesMax: 1 } });
    s1.takesSnapshot(3);
    expect(s1.role).toBe('follower');
    expect(s1.context.log.base.index).toBe(2);
    expect(s1.effects).toEqual([{ type: 'compact', index: 2 }]);
    expect(s1.context.leadership).toBeUndefined();
  },

  'whatever its role': (start) => {
    const log = [1, 1, 1, 1];
    const settings = nothingTrails;
    for (const s1 of [
      start({ log, settings }).asPreCandidate(),
      start({ log, settings }).asCandidate(),
      start({ log, settings }).asLeader(),
    ]) {
      const { value } = s1;
      expect(s1.takesSnapshot(3).value).toEqual(value);
      expect(s1.context.log.base.index).toBe(3);
    }
  },

  'a snapshot that is older than the one in place changes nothing': (start) => {
    const s1 = leaderOfTen(start, { trailingEntriesMax: 9 }).takesSnapshot(8);
    const { context } = s1;
    for (const index of [7, 8]) {
      s1.takesSnapshot(index);
      expect(s1.effects).toEqual([]);
      expect(s1.context).toEqual(context);
    }
  },

  'old and new members are known from the snapshot when the log has no configuration (§7)': (
    start,
  ) => {
    const s1 = leaderOfTen(start).takesSnapshot(6);
    const { snapshot, log } = s1.context;
    const again = start({
      base: log.base,
      entries: log.slice(log.firstIndex, log.length),
      snapshot,
    });
    expect(again.context.configuration).toEqual(s1.context.configuration);
    expect(again.others).toEqual(['S2', 'S3']);
    expect(again.context.commitIndex).toBe(6);
  },
};

const retaining: Cases = {
  'while a follower gets a snapshot, what follows that one stays in the log': (start) => {
    const s1 = sendingTo2(start).takesSnapshot(9);
    expect(s1.context.log.base.index).toBe(6);
    expect(s1.context.snapshot.base.index).toBe(9);
    s1.receives(installed({ term: 2, index: 6 }));
    expect(entriesTo2(s1)).toEqual([[7, 8, 9, 10]]);
  },

  'but not when another two were taken since: then it gets the newest': (start) => {
    const s1 = sendingTo2(start).takesSnapshot(8);
    expect(s1.context.log.base.index).toBe(6);
    expect(s1.takesSnapshot(9).context.log.base.index).toBe(9);
    s1.receives(installed({ term: 2, index: 6 }));
    expect(entriesTo2(s1)).toEqual([]);
    expect(chunksTo(s1)).toEqual([[9, 0]]);
  },

  'for the follower whose snapshot is the older of the two': (start) => {
    const s1 = leaderOfTen(start, nothingTrails, fiveServers).takesSnapshot(6);
    const refuse = (from: string) =>
      s1.receives(conflicted({ from, term: 2, prevIndex: 9, conflictTerm: 0, conflictIndex: 2 }));
    refuse('S2').takesSnapshot(8);
    expect(chunksTo(refuse('S4'), 'S4')).toEqual([[8, 0]]);
    expect(s1.context.log.base.index).toBe(6);
    expect(s1.takesSnapshot(9).context.log.base.index).toBe(8);
    s1.receives(installed({ from: 'S2', term: 2, index: 6 }));
    expect(chunksTo(s1)).toEqual([[9, 0]]);
    s1.receives(installed({ from: 'S4', term: 2, index: 8 }));
    expect(chunksTo(s1, 'S4')).toEqual([]);
  },
};

export const snapshots: Cases = { ...compacting, ...retaining };

runCases(import.meta.filename, 'Snapshots (§7)', snapshots);
