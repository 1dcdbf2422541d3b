/**
 * Terms: a newer one is adopted by everybody from whatever carries it, an older one by nobody
 * (§5.1).
 */
import { expect } from 'vitest';
import { type Case, type Cases, runCases } from '../properties/support/cases.js';
import {
  appendEntries,
  appended,
  conflicted,
  installed,
  installSnapshot,
  preVote,
  requestVote,
  vote,
} from '../properties/support/script.js';
import type { Stage, Start } from '../properties/support/stage.js';
import type { Message } from './messages.js';

/** A server in each role and state of a role, in term 4, long after it has heard of anybody. */
const inEachState: Readonly<Record<string, (start: Start) => Stage>> = {
  follower: (start) => start({ term: 4, votedFor: 'S3' }),
  'follower of a leader': (start) => start({ term: 4 }).receives(appendEntries({ term: 4 })),
  'pre-candidate': (start) => start({ term: 4 }).asPreCandidate(),
  candidate: (start) => start({ term: 3 }).asCandidate(),
  'candidate that lost': (start) => {
    const s1 = start({ term: 3 }).asCandidate();
    for (const from of s1.others) s1.receives(vote({ from, term: 4, granted: false }));
    return s1;
  },
  'leader that is not established': (start) => start({ term: 3 }).asLeader(),
  leader: (start) => start({ term: 3 }).asServing(),
};

/** What a server may be told in a term; the candidate's log is too old to be voted for. */
const ofTerm: Readonly<Record<string, (term: number) => Message>> = {
  AppendEntriesRequest: (term) => appendEntries({ term }),
  RequestVoteRequest: (term) => requestVote({ term, lastIndex: 0, lastTerm: 0 }),
  RequestVoteResponse: (term) => vote({ term, granted: false }),
  PreVoteResponse: (term) => preVote({ term, forTerm: 5, granted: false }),
  'successful AppendEntriesResponse': (term) => appended({ term, match: 1 }),
  'refusing AppendEntriesResponse': (term) =>
    conflicted({ term, prevIndex: 1, conflictTerm: 0, conflictIndex: 1 }),
  InstallSnapshotRequest: (term) => installSnapshot({ term, index: 9 }),
  'InstallSnapshotResponse of a whole snapshot': (term) => installed({ term, index: 9 }),
  'InstallSnapshotResponse of a piece': (term) => installed({ term, index: 9, offset: 10 }),
};

type Play = (s1: Stage, message: (term: number) => Message) => void;

/** A case for each message: it is said to a server in each state. */
function forEachMessage(sentence: (message: string) => string, play: Play): Cases {
  const cases: Record<string, Case> = {};
  for (const [name, message] of Object.entries(ofTerm)) {
    cases[sentence(name)] = (start) => {
      for (const bring of Object.values(inEachState)) {
        const s1 = bring(start);
        s1.nowMs = 1_000_000;
        play(s1, message);
      }
    };
  }
  return cases;
}

const newer = forEachMessage(
  (message) => `whoever gets a newer ${message} is a follower of its term (§5.1)`,
  (s1, message) => {
    s1.receives(message(5));
    expect(s1.role).toBe('follower');
    expect(s1.context).toMatchObject({ currentTerm: 5, votedFor: undefined });
    expect(s1.context.leadership).toBeUndefined();
    expect(s1.writes).toMatchObject([
      { currentTerm: 5, votedFor: undefined, isVote: true, entries: [] },
    ]);
  },
);

const older = forEachMessage(
  (message) => `nobody learns anything from an older ${message}; a sender that asks is told (§5.1)`,
  (s1, message) => {
    const { value, context } = s1;
    s1.receives(message(3));
    expect(s1.value).toEqual(value);
    expect(s1.context).toEqual(context);
    expect(s1.writes).toEqual([]);
    expect(s1.timers).toEqual([]);
    if (message(3).type.endsWith('Request')) expect(s1.answer.term).toBe(4);
    else expect(s1.effects).toEqual([]);
  },
);

const ofOneTerm: Cases = {
  'a newer AppendEntriesRequest is taken up in its own term (raft.tla UpdateTerm)': (start) => {
    for (const bring of Object.values(inEachState)) {
      const s1 = bring(start);
      const { lastIndex: prevIndex, lastTerm: prevTerm } = s1.context.log;
      s1.receives(appendEntries({ from: 'S3', term: 5, prevIndex, prevTerm, terms: [5] }));
      expect(s1.context.leaderId).toBe('S3');
      expect(s1.context.log.lastTerm).toBe(5);
      expect(s1.answer).toMatchObject({ type: 'AppendEntriesResponse', term: 5, success: true });
    }
  },

  'a newer RequestVoteRequest is answered in its own term (raft.tla UpdateTerm)': (start) => {
    for (const bring of Object.values(inEachState)) {
      const s1 = bring(start);
      s1.nowMs = 1_000_000;
      s1.receives(requestVote({ from: 'S3', term: 5 }));
      expect(s1.answer).toMatchObject({ type: 'RequestVoteResponse', term: 5, voteGranted: true });
      expect(s1.context.votedFor).toBe('S3');
    }
  },

  'a leader that steps down stops its heartbeats, and waits for another leader': (start) => {
    const s1 = start()
      .asServing()
      .receives(appended({ term: 9, match: 1 }));
    expect(s1.timers).toEqual([
      { type: 'clearTimer', timer: 'heartbeat' },
      { type: 'setTimer', timer: 'election', minMs: 200, maxMs: 400 },
    ]);
  },

  'a leader takes no entries of another, least of all in its own term': (start) => {
    const s1 = start().asLeader();
    s1.receives(appendEntries({ term: 2, prevIndex: 1, prevTerm: 1, terms: [2, 2] }));
    expect(s1.role).toBe('leader');
    expect(s1.logTerms).toEqual([1, 2]);
    expect(s1.answer).toMatchObject({ term: 2, success: false });
  },

  'term, vote and log survive a restart, and the rest begins anew (raft.tla Restart)': (start) => {
    const s1 = start({ log: [1, 1, 2], term: 4, votedFor: 'S3' });
    expect(s1.role).toBe('follower');
    expect(s1.logTerms).toEqual([1, 1, 2]);
    expect(s1.context).toMatchObject({
      currentTerm: 4,
      votedFor: 'S3',
      commitIndex: 0,
      leaderId: undefined,
      leadership: undefined,
    });
  },
};

export const terms: Cases = { ...newer, ...older, ...ofOneTerm };

runCases(import.meta.filename, 'Terms (§5.1)', terms);
