/**
 * Elections from the side of those who are asked (§5.2, §5.4.1; pre-vote, thesis §9.6).
 */
import { expect } from 'vitest';
import { type Cases, runCases } from '../properties/support/cases.js';
import { requestPreVote, requestVote } from '../properties/support/script.js';
import type { Stage, Start } from '../properties/support/stage.js';

const untilElection = { type: 'setTimer', timer: 'election', minMs: 200, maxMs: 400 };

/** §5.4.1, for a voter whose log ends at index 3 with an entry of term 2. */
const upToDate: readonly { lastTerm: number; lastIndex: number; grants: boolean }[] = [
  { lastTerm: 1, lastIndex: 2, grants: false },
  { lastTerm: 1, lastIndex: 3, grants: false },
  { lastTerm: 1, lastIndex: 9, grants: false },
  { lastTerm: 2, lastIndex: 2, grants: false },
  { lastTerm: 2, lastIndex: 3, grants: true },
  { lastTerm: 2, lastIndex: 4, grants: true },
  { lastTerm: 3, lastIndex: 1, grants: true },
  { lastTerm: 3, lastIndex: 3, grants: true },
  { lastTerm: 3, lastIndex: 9, grants: true },
];

function eachLog(check: (log: (typeof upToDate)[number]) => void) {
  for (const log of upToDate) check(log);
}

/** Who may be asked, each in term 3, with a log that ends at index 3 with an entry of term 2. */
const voter = (start: Start) => start({ log: [1, 1, 2], term: 3 });
const candidate = (start: Start) => start({ log: [1, 1, 2], term: 2 }).asCandidate();
const leader = (start: Start) => start({ log: [1, 1, 2], term: 2 }).asLeader();

const granted = { type: 'RequestVoteResponse', voteGranted: true };
const refused = { type: 'RequestVoteResponse', voteGranted: false };

/** A question of a pre-vote leaves no trace. */
function expectNoTrace(server: Stage, ask: () => void) {
  const { value, context } = server;
  ask();
  expect(server.value).toEqual(value);
  expect(server.context).toEqual(context);
  expect(server.writes).toEqual([]);
  expect(server.timers).toEqual([]);
}

const voting: Cases = {
  'a vote goes to whoever’s log is at least as up-to-date: term first, then length (§5.4.1)': (
    start,
  ) => {
    eachLog(({ lastTerm, lastIndex, grants }) => {
      const s1 = voter(start).receives(requestVote({ term: 3, lastTerm, lastIndex }));
      expect(s1.sent('RequestVoteResponse')).toMatchObject([
        { to: 'S2', message: { term: 3, voteGranted: grants } },
      ]);
      expect(s1.context.votedFor).toBe(grants ? 'S2' : undefined);
      expect(s1.timers).toEqual(grants ? [untilElection] : []);
    });
  },

  'a server without entries votes for anybody': (start) => {
    const s1 = start({ entries: [] });
    s1.receives(requestVote({ term: 1, lastIndex: 0, lastTerm: 0 }));
    expect(s1.context.votedFor).toBe('S2');
  },

  'one vote a term, to whoever comes first (Figure 2, RequestVote 2)': (start) => {
    const s1 = voter(start).receives(requestVote({ from: 'S2', term: 3 }));
    s1.receives(requestVote({ from: 'S3', term: 3 }));
    expect(s1.answer).toMatchObject({ ...refused, term: 3 });
    expect(s1.context.votedFor).toBe('S2');
    expect(s1.writes).toEqual([]);
    expect(s1.timers).toEqual([]);
  },

  'the same candidate is granted its vote again, and nothing is written': (start) => {
    const s1 = voter(start).receives(requestVote({ term: 3 }));
    s1.receives(requestVote({ term: 3 }));
    expect(s1.sends[0]!.message).toMatchObject({ ...granted, term: 3 });
    expect(s1.writes).toEqual([]);
    expect(s1.timers).toEqual([untilElection]);
  },

  'a vote that was given before a restart still binds': (start) => {
    const s1 = start({ term: 3, votedFor: 'S3' });
    expect(s1.receives(requestVote({ from: 'S2', term: 3 })).answer).toMatchObject(refused);
    expect(s1.receives(requestVote({ from: 'S3', term: 3 })).answer).toMatchObject(granted);
  },

  'a candidate of an older term learns the newer one (Figure 2, RequestVote 1)': (start) => {
    for (const server of [voter(start), voter(start).asPreCandidate(), candidate(start)]) {
      const { value, context } = server;
      server.receives(requestVote({ term: 2 }));
      expect(server.answer).toMatchObject({ ...refused, term: 3 });
      expect(server.value).toEqual(value);
      expect(server.context).toEqual(context);
    }
  },

  'a newer term frees the vote (raft.tla UpdateTerm)': (start) => {
    const s1 = start({ term: 3, votedFor: 'S3' }).receives(requestVote({ term: 4 }));
    expect(s1.answer).toMatchObject({ ...granted, term: 4 });
    expect(s1.context).toMatchObject({ currentTerm: 4, votedFor: 'S2' });
  },

  'a newer term is adopted also from a candidate who gets no vote': (start) => {
    const s1 = start({ log: [1, 1, 2], term: 3 });
    s1.receives(requestVote({ term: 4, lastIndex: 1, lastTerm: 1 }));
    expect(s1.answer).toMatchObject({ ...refused, term: 4 });
    expect(s1.context).toMatchObject({ currentTerm: 4, votedFor: undefined });
  },

  'a pre-candidate that grants a vote is a follower again': (start) => {
    const s1 = voter(start)
      .asPreCandidate()
      .receives(requestVote({ term: 3 }));
    expect(s1.role).toBe('follower');
    expect(s1.context.votedFor).toBe('S2');
    expect(s1.answer).toMatchObject({ ...granted, term: 3 });
  },

  'a pre-candidate that refuses a vote goes on asking (§5.4.1)': (start) => {
    eachLog(({ lastTerm, lastIndex, grants }) => {
      const s1 = voter(start).asPreCandidate();
      s1.receives(requestVote({ term: 3, lastTerm, lastIndex }));
      expect(s1.role).toBe(grants ? 'follower' : 'preCandidate');
      expect(s1.answer).toMatchObject({ voteGranted: grants });
    });
  },

  'a candidate has voted for itself': (start) => {
    const s1 = candidate(start).receives(requestVote({ term: 3 }));
    expect(s1.answer).toMatchObject({ ...refused, term: 3 });
    expect(s1.role).toBe('candidate');
    expect(s1.context.votedFor).toBe('S1');
  },

  'a leader refuses a rival of its own term': (start) => {
    const s1 = leader(start);
    s1.nowMs = 200;
    s1.receives(requestVote({ from: 'S3', term: 3 }));
    expect(s1.answer).toMatchObject({ ...refused, term: 3 });
    expect(s1.role).toBe('leader');
  },

  'a candidate may be of a configuration that this server has not heard of (thesis §4.1)': (
    start,
  ) => {
    const s1 = voter(start).receives(requestVote({ from: 'S9', term: 3 }));
    expect(s1.context.votedFor).toBe('S9');
  },
};

const preVoting: Cases = {
  'a pre-vote is given by the same rule, and leaves no trace (thesis §9.6)': (start) => {
    eachLog(({ lastTerm, lastIndex, grants }) => {
      for (const server of [voter(start), voter(start).asPreCandidate(), candidate(start)]) {
        expectNoTrace(server, () =>
          server.receives(requestPreVote({ term: 4, lastTerm, lastIndex })),
        );
        expect(server.answer).toMatchObject({
          type: 'PreVoteResponse',
          term: 3,
          forTerm: 4,
          voteGranted: grants,
        });
      }
    });
  },

  'however new the term of a pre-vote is, nobody adopts it': (start) => {
    const everybody = [
      voter(start),
      voter(start).asPreCandidate(),
      candidate(start),
      leader(start),
      leader(start).isReplicated(),
    ];
    for (const server of everybody) {
      expectNoTrace(server, () => server.receives(requestPreVote({ term: 99 })));
    }
  },

  'any number may be encouraged': (start) => {
    const s1 = voter(start).receives(requestPreVote({ from: 'S2', term: 4 }));
    expect(s1.answer).toMatchObject({ voteGranted: true });
    s1.receives(requestPreVote({ from: 'S3', term: 4 }));
    expect(s1.answer).toMatchObject({ voteGranted: true });
  },

  'who would stand in a term that is not newer is not encouraged, and learns the term': (start) => {
    for (const server of [voter(start), voter(start).asPreCandidate(), candidate(start)]) {
      for (const term of [2, 3]) {
        server.receives(requestPreVote({ term }));
        expect(server.answer).toMatchObject({ term: 3, forTerm: term, voteGranted: false });
      }
    }
  },

  'a leader whom no quorum answers would let another stand': (start) => {
    const s1 = leader(start);
    s1.nowMs = 200;
    s1.receives(requestPreVote({ term: 4 }));
    expect(s1.answer).toMatchObject({ voteGranted: true });
    s1.receives(requestPreVote({ term: 4, lastIndex: 1, lastTerm: 1 }));
    expect(s1.answer).toMatchObject({ voteGranted: false });
    expect(s1.role).toBe('leader');
  },
};

export const votes: Cases = { ...voting, ...preVoting };

runCases(import.meta.filename, 'Votes (§5.2, §5.4.1)', votes);
