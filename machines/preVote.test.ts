/**
 * The pre-vote from the side of those who ask: whoever could not win an election disturbs nobody
 * (thesis §9.6).
 */
import { expect } from 'vitest';
import { type Cases, runCases } from '../properties/support/cases.js';
import { appendEntries, fiveServers, preVote } from '../properties/support/script.js';
import type { Stage } from '../properties/support/stage.js';

const untilElection = { type: 'setTimer', timer: 'election', minMs: 200, maxMs: 400 };
const untilRetry = { type: 'setTimer', timer: 'election', minMs: 20, maxMs: 120 };

const receivers = (sends: readonly { to: string }[]) => sends.map(({ to }) => to);

const encourage = (s: Stage, from: string) => {
  const { currentTerm: term } = s.context;
  return s.receives(preVote({ from, term, forTerm: term + 1, granted: true }));
};

export const preVotes: Cases = {
  'a follower that hears nothing asks everybody whether it could win (thesis §9.6)': (start) => {
    const s1 = start({ log: [1, 1, 2], term: 4 }).timesOut();
    expect(s1.role).toBe('preCandidate');
    expect(receivers(s1.sends)).toEqual(['S2', 'S3']);
    for (const { message } of s1.sent('PreVoteRequest')) {
      expect(message).toMatchObject({ from: 'S1', term: 5, lastLogIndex: 3, lastLogTerm: 2 });
    }
  },

  'asking changes neither term nor vote, and writes nothing': (start) => {
    const s1 = start({ term: 4, votedFor: 'S3' }).timesOut();
    expect(s1.context).toMatchObject({ currentTerm: 4, votedFor: 'S3' });
    expect(s1.writes).toEqual([]);
  },

  'whoever asks knows of no leader any more': (start) => {
    const s1 = start()
      .receives(appendEntries({ term: 1 }))
      .timesOut();
    expect(s1.context.leaderId).toBeUndefined();
  },

  'who finds no majority asks again after a short time of chance': (start) => {
    const s1 = start().timesOut();
    expect(s1.timers).toEqual([untilRetry]);
    s1.timesOut();
    expect(s1.role).toBe('preCandidate');
    expect(receivers(s1.sent('PreVoteRequest'))).toEqual(['S2', 'S3']);
    expect(s1.timers).toEqual([untilRetry]);
  },

  'who asks again counts anew': (start) => {
    const s1 = start({ voters: fiveServers }).timesOut();
    encourage(s1, 'S2');
    s1.timesOut();
    encourage(s1, 'S3');
    expect(s1.role).toBe('preCandidate');
    encourage(s1, 'S2');
    expect(s1.role).toBe('candidate');
  },

  'a majority, itself among them, makes it stand': (start) => {
    const s1 = start({ voters: fiveServers }).timesOut();
    encourage(s1, 'S2');
    encourage(s1, 'S2');
    expect(s1.role).toBe('preCandidate');
    encourage(s1, 'S3');
    expect(s1.role).toBe('candidate');
  },

  'a refusal is nobody’s encouragement': (start) => {
    const s1 = start().timesOut();
    s1.receives(preVote({ term: 1, forTerm: 2, granted: false }));
    expect(s1.role).toBe('preCandidate');
  },

  'encouragement for another term is not for this one': (start) => {
    const s1 = start({ term: 4 }).timesOut();
    s1.receives(preVote({ term: 3, forTerm: 4, granted: true }));
    expect(s1.role).toBe('preCandidate');
  },

  'a pre-candidate that meets the leader of its term follows it': (start) => {
    const s1 = start().timesOut();
    s1.receives(appendEntries({ from: 'S3', term: 1, prevIndex: 1, prevTerm: 1, terms: [1] }));
    expect(s1.role).toBe('follower');
    expect(s1.context.leaderId).toBe('S3');
    expect(s1.logTerms).toEqual([1, 1]);
    expect(s1.answer).toMatchObject({ success: true, matchIndex: 2 });
    expect(s1.timers).toContainEqual(untilElection);
  },

  'a pre-candidate tells a leader of an older term the newer one': (start) => {
    const s1 = start({ term: 4 })
      .timesOut()
      .receives(appendEntries({ term: 3 }));
    expect(s1.role).toBe('preCandidate');
    expect(s1.answer).toMatchObject({ success: false, term: 4 });
  },
};

runCases(import.meta.filename, 'Pre-votes (thesis §9.6)', preVotes);
