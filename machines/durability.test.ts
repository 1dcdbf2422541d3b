/**
 * Durability: nothing is promised before it is saved (Figure 2, persistent state). Every write has
 * a number, and every message the number of the write that it waits for; what the machine gets
 * wrong here no disk can put right.
 */
import { expect } from 'vitest';
import { type Cases, runCases } from '../properties/support/cases.js';
import {
  appendEntries,
  appended,
  requestPreVote,
  requestVote,
  vote,
} from '../properties/support/script.js';
import type { Stage } from '../properties/support/stage.js';

const awaited = (s1: Stage) => [...new Set(s1.sends.map(({ awaits }) => awaits))];
const written = (s1: Stage) => s1.writes.map(({ number }) => number);

export const durability: Cases = {
  'writes have consecutive numbers, from 1': (start) => {
    const s1 = start();
    const numbers = [
      ...written(s1.receives(requestVote({ term: 2 }))),
      ...written(s1.receives(appendEntries({ term: 3, prevIndex: 1, prevTerm: 1, terms: [3, 3] }))),
      ...written(s1.asCandidate()),
      ...written(s1.receives(vote({ from: 'S3', term: 4, granted: true }))),
      ...written(s1.receives(vote({ from: 'S2', term: 4, granted: true }))),
      ...written(s1.isAsked(1)),
      ...written(s1.receives(appended({ term: 9, match: 1 }))),
    ];
    expect(numbers).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  },

  'every write holds the term and vote of its moment, and says where the log ends': (start) => {
    const s1 = start({ log: [1, 1, 1] });
    s1.receives(requestVote({ from: 'S3', term: 2 }));
    expect(s1.writes).toMatchObject([
      { currentTerm: 2, votedFor: undefined, isVote: true, entries: [], lastIndex: 3 },
      { currentTerm: 2, votedFor: 'S3', isVote: true, entries: [], lastIndex: 3 },
    ]);
    s1.receives(appendEntries({ term: 2, prevIndex: 1, prevTerm: 1, terms: [2] }));
    expect(s1.writes).toMatchObject([
      { currentTerm: 2, votedFor: 'S3', isVote: false, entries: [{ index: 2 }], lastIndex: 2 },
    ]);
  },

  'a server that has written nothing since it started waits for nothing': (start) => {
    expect(awaited(start().timesOut())).toEqual([0]);
    expect(awaited(start().receives(requestPreVote({ term: 2 })))).toEqual([0]);
    expect(awaited(start().receives(appendEntries({ term: 1 })))).toEqual([0]);
  },

  'a granted vote waits for its write': (start) => {
    const s1 = start().receives(requestVote({ term: 2 }));
    expect(written(s1)).toEqual([1, 2]);
    expect(awaited(s1)).toEqual([2]);
  },

  'a vote that is granted again waits for the write of the first time': (start) => {
    const s1 = start().receives(requestVote({ term: 2 }));
    expect(awaited(s1.receives(requestVote({ term: 2 })))).toEqual([2]);
  },

  'a refused vote waits for the term that it tells of': (start) => {
    const s1 = start().receives(requestVote({ term: 2, lastIndex: 0, lastTerm: 0 }));
    expect(written(s1)).toEqual([1]);
    expect(awaited(s1)).toEqual([1]);
  },

  'a candidate asks for no vote before its own is durable': (start) => {
    const s1 = start().asCandidate();
    expect(written(s1)).toEqual([1]);
    expect(awaited(s1)).toEqual([1]);
  },

  'a pre-vote, and the answer to one, wait for the term that they tell of, and for no entries': (
    start,
  ) => {
    const s1 = start();
    s1.receives(appendEntries({ term: 2, prevIndex: 1, prevTerm: 1, terms: [2] }));
    expect(written(s1)).toEqual([1, 2]);
    expect(awaited(s1.receives(requestPreVote({ term: 3 })))).toEqual([1]);
    expect(awaited(s1.timesOut())).toEqual([1]);
    expect(awaited(s1.receives(requestPreVote({ term: 3 })))).toEqual([1]);
  },

  'entries are acknowledged when they are durable (AppendEntries 4)': (start) => {
    const s1 = start();
    s1.receives(appendEntries({ term: 1, prevIndex: 1, prevTerm: 1, terms: [1] }));
    expect(written(s1)).toEqual([1]);
    expect(awaited(s1)).toEqual([1]);
  },

  'a duplicate is acknowledged no sooner than the first, which may still be being written': (
    start,
  ) => {
    const message = appendEntries({ term: 1, prevIndex: 1, prevTerm: 1, terms: [1] });
    const s1 = start().receives(message);
    expect(awaited(s1.receives(message))).toEqual([1]);
    const heartbeat = appendEntries({ term: 1, prevIndex: 2, prevTerm: 1 });
    expect(awaited(s1.receives(heartbeat))).toEqual([1]);
  },

  'a refusal of entries waits for the term that it tells of': (start) => {
    const s1 = start().receives(appendEntries({ term: 2, prevIndex: 7, prevTerm: 2 }));
    expect(written(s1)).toEqual([1]);
    expect(awaited(s1)).toEqual([1]);
  },

  'entries go to the others while the own disk still writes them (thesis §10.2.1)': (start) => {
    const s1 = start().asServing();
    const voteWrite = s1.context.voteNumber;
    s1.isAsked(1);
    expect(written(s1)).toEqual([voteWrite + 2]);
    expect(awaited(s1)).toEqual([voteWrite]);
    const kinds = s1.effects.map((effect) => effect.type);
    expect(kinds.indexOf('send')).toBeLessThan(kinds.indexOf('persist'));
  },

  'a leader whom the others elected says nothing before its own term is durable': (start) => {
    const s1 = start().asCandidate();
    for (const from of s1.others) s1.receives(vote({ from, term: 2, granted: true }));
    expect(s1.role).toBe('leader');
    expect(s1.context.voteNumber).toBe(1);
    expect(awaited(s1)).toEqual([1]);
    expect(awaited(s1.beats())).toEqual([1]);
    expect(awaited(s1.isRead(1))).toEqual([1]);
  },
};

runCases(import.meta.filename, 'Durability (Figure 2)', durability);
