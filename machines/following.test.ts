/** AppendEntries as its receiver takes it (Figure 2, AppendEntries 1 to 5; §5.3). */
import { expect } from 'vitest';
import { type Cases, runCases } from '../properties/support/cases.js';
import { appendEntries, entriesAfter, entry, logBase } from '../properties/support/script.js';
import type { AppendEntriesResponse } from './messages.js';

const meeting: Cases = {
  'refuses what follows an entry that it does not have (AppendEntries 2)': (start) => {
    const s1 = start({ log: [1, 1, 2] });
    s1.receives(appendEntries({ term: 4, prevIndex: 7, prevTerm: 3, terms: [4], round: 6 }));
    expect(s1.answer).toMatchObject({
      success: false,
      term: 4,
      matchIndex: 7,
      conflictTerm: 0,
      conflictIndex: 4,
      round: 6,
    });
    expect(s1.logTerms).toEqual([1, 1, 2]);
  },

  'refuses what follows an entry of another term, and names that term’s first index (§5.3)': (
    start,
  ) => {
    const s1 = start({ log: [1, 2, 2, 2, 3] });
    s1.receives(appendEntries({ term: 5, prevIndex: 4, prevTerm: 4, terms: [5] }));
    expect(s1.answer).toMatchObject({
      success: false,
      matchIndex: 4,
      conflictTerm: 2,
      conflictIndex: 2,
    });
    expect(s1.logTerms).toEqual([1, 2, 2, 2, 3]);
  },

  'names the first index that it has, where the conflicting term reaches so far back': (start) => {
    const base = logBase(10, 2);
    const s1 = start({ base, entries: entriesAfter(10, [2, 2]) });
    s1.receives(appendEntries({ term: 5, prevIndex: 12, prevTerm: 4 }));
    expect(s1.answer).toMatchObject({ success: false, conflictTerm: 2, conflictIndex: 11 });
  },

  'whoever is refused for its entries is the leader all the same': (start) => {
    const s1 = start();
    s1.nowMs = 70;
    s1.receives(appendEntries({ from: 'S3', term: 1, prevIndex: 7, prevTerm: 1 }));
    expect(s1.context).toMatchObject({ leaderId: 'S3', leaderContactMs: 70 });
  },

  'a message from the log’s very beginning always meets it': (start) => {
    const s1 = start({ entries: [] }).receives(appendEntries({ term: 1, terms: [1, 1] }));
    expect(s1.answer).toMatchObject({ success: true, matchIndex: 2 });
    expect(s1.logTerms).toEqual([1, 1]);
  },

  'a log that begins behind a snapshot meets a message there': (start) => {
    const base = logBase(10, 2);
    const s1 = start({ base, entries: [] });
    s1.receives(appendEntries({ term: 2, prevIndex: 10, prevTerm: 2, terms: [2] }));
    expect(s1.answer).toMatchObject({ success: true, matchIndex: 11 });
    expect(s1.logTerms).toEqual([2]);
  },

  'and refuses one that has another term there (AppendEntries 2)': (start) => {
    const s1 = start({ base: logBase(10, 2), entries: [] });
    s1.receives(appendEntries({ term: 3, prevIndex: 10, prevTerm: 3, terms: [3] }));
    expect(s1.answer).toMatchObject({ success: false, matchIndex: 10 });
  },

  'entries that a snapshot covers are known to be the leader’s, and skipped': (start) => {
    const base = logBase(10, 2);
    const s1 = start({ base, entries: entriesAfter(10, [2]) });
    s1.receives(appendEntries({ term: 2, prevIndex: 7, prevTerm: 1, terms: [1, 2, 2, 2, 2] }));
    expect(s1.answer).toMatchObject({ success: true, matchIndex: 12 });
    expect(s1.logTerms).toEqual([2, 2]);
    expect(s1.writes).toMatchObject([{ entries: [{ index: 12 }] }]);
  },
};

const appending: Cases = {
  'appends what is new (AppendEntries 4)': (start) => {
    const s1 = start({ log: [1, 1] });
    const entries = [entry(3, 2), entry(4, 2)];
    s1.receives(appendEntries({ term: 2, prevIndex: 2, prevTerm: 1, entries }));
    expect(s1.logTerms).toEqual([1, 1, 2, 2]);
    expect(s1.context.log.entryAt(3)).toEqual(entries[0]);
    expect(s1.writes.at(-1)).toMatchObject({
      currentTerm: 2,
      entries,
      lastIndex: 4,
      isVote: false,
    });
    expect(s1.answer).toMatchObject({ success: true, matchIndex: 4 });
  },

  'a conflicting entry is deleted with all that follow it (AppendEntries 3)': (start) => {
    const s1 = start({ log: [1, 1, 2, 2, 2] });
    s1.receives(appendEntries({ term: 3, prevIndex: 2, prevTerm: 1, terms: [3] }));
    expect(s1.logTerms).toEqual([1, 1, 3]);
    expect(s1.writes.at(-1)).toMatchObject({ entries: [{ index: 3, term: 3 }], lastIndex: 3 });
    expect(s1.answer).toMatchObject({ success: true, matchIndex: 3 });
  },

  'what agrees before the conflict is kept, and not written again': (start) => {
    const s1 = start({ log: [1, 1, 2, 2] });
    s1.receives(appendEntries({ term: 3, prevIndex: 1, prevTerm: 1, terms: [1, 2, 3, 3] }));
    expect(s1.logTerms).toEqual([1, 1, 2, 3, 3]);
    expect(s1.writes.at(-1)!.entries.map(({ index }) => index)).toEqual([4, 5]);
  },

  'keeps what follows when a late duplicate carries a prefix (AppendEntries 3)': (start) => {
    const s1 = start({ log: [1, 1, 2, 2, 2] });
    s1.receives(appendEntries({ term: 2, prevIndex: 1, prevTerm: 1, terms: [1, 2] }));
    expect(s1.logTerms).toEqual([1, 1, 2, 2, 2]);
    expect(s1.writes).toEqual([]);
    expect(s1.answer).toMatchObject({ success: true, matchIndex: 3 });
  },

  'claims no more than the message reached, whatever else it has': (start) => {
    const s1 = start({ log: [1, 1, 2, 2, 2] });
    s1.receives(appendEntries({ term: 3, prevIndex: 2, prevTerm: 1, round: 9 }));
    expect(s1.logTerms).toEqual([1, 1, 2, 2, 2]);
    expect(s1.answer).toMatchObject({ success: true, matchIndex: 2, round: 9 });
  },

  'the same message twice is the same as once': (start) => {
    const message = appendEntries({ term: 1, prevIndex: 1, prevTerm: 1, terms: [1, 1], commit: 2 });
    const s1 = start().receives(message);
    const { context } = s1;
    const first = s1.answer as AppendEntriesResponse;
    s1.receives(message);
    expect(s1.context).toEqual(context);
    expect(s1.answer).toEqual(first);
    expect(s1.writes).toEqual([]);
  },

  'an entry that is committed is never overwritten; who is told to stops (Leader Completeness)': (
    start,
  ) => {
    const s1 = start({ log: [1, 1, 1] });
    s1.receives(appendEntries({ term: 1, prevIndex: 3, prevTerm: 1, commit: 2 }));
    const { snapshot } = s1;
    expect(() =>
      s1.receives(appendEntries({ term: 2, prevIndex: 1, prevTerm: 1, terms: [2] })),
    ).toThrow('Leader Completeness');
    expect(s1.snapshot).toBe(snapshot);
  },
};

const committing: Cases = {
  'applies what the leader has committed (AppendEntries 5)': (start) => {
    const s1 = start({ log: [1, 1, 1] });
    s1.receives(appendEntries({ term: 1, prevIndex: 3, prevTerm: 1, commit: 2 }));
    expect(s1.context.commitIndex).toBe(2);
    expect(s1.effects).toContainEqual({ type: 'apply', commitIndex: 2 });
    s1.receives(appendEntries({ term: 1, prevIndex: 3, prevTerm: 1, commit: 2 }));
    expect(s1.effects.some((effect) => effect.type === 'apply')).toBe(false);
  },

  'commits nothing beyond the last entry that the message reached (AppendEntries 5)': (start) => {
    const s1 = start({ log: [1, 1, 2, 2, 2] });
    s1.receives(appendEntries({ term: 3, prevIndex: 2, prevTerm: 1, commit: 5 }));
    expect(s1.context.commitIndex).toBe(2);
    s1.receives(appendEntries({ term: 3, prevIndex: 2, prevTerm: 1, terms: [3], commit: 5 }));
    expect(s1.context.commitIndex).toBe(3);
    expect(s1.logTerms).toEqual([1, 1, 3]);
  },

  'never takes a commit back': (start) => {
    const s1 = start({ log: [1, 1, 1] });
    s1.receives(appendEntries({ term: 1, prevIndex: 3, prevTerm: 1, commit: 3 }));
    s1.receives(appendEntries({ term: 1, prevIndex: 3, prevTerm: 1, commit: 1 }));
    expect(s1.context.commitIndex).toBe(3);
    expect(s1.effects.some((effect) => effect.type === 'apply')).toBe(false);
    s1.receives(appendEntries({ term: 1, prevIndex: 1, prevTerm: 1, commit: 3 }));
    expect(s1.context.commitIndex).toBe(3);
  },

  'a refused message commits nothing': (start) => {
    const s1 = start({ log: [1, 1, 2] });
    s1.receives(appendEntries({ term: 3, prevIndex: 3, prevTerm: 3, commit: 3 }));
    expect(s1.context.commitIndex).toBe(0);
    s1.receives(appendEntries({ term: 2, prevIndex: 3, prevTerm: 2, commit: 3 }));
    expect(s1.context.commitIndex).toBe(0);
  },
};

export const following: Cases = { ...meeting, ...appending, ...committing };

runCases(import.meta.filename, 'AppendEntries (§5.3)', following);
