/** Elections from the side of those who stand (§5.2). */
import { expect } from 'vitest';
import { type Cases, runCases } from '../properties/support/cases.js';
import {
  appendEntries,
  appended,
  conflicted,
  fiveServers,
  installed,
  preVote,
  requestVote,
  vote,
} from '../properties/support/script.js';
import type { Stage } from '../properties/support/stage.js';

const untilElection = { type: 'setTimer', timer: 'election', minMs: 200, maxMs: 400 };
const untilRetry = { type: 'setTimer', timer: 'election', minMs: 20, maxMs: 120 };

const receivers = (sends: readonly { to: string }[]) => sends.map(({ to }) => to);

const grant = (s: Stage, from: string) =>
  s.receives(vote({ from, term: s.context.currentTerm, granted: true }));
const refuse = (s: Stage, from: string) =>
  s.receives(vote({ from, term: s.context.currentTerm, granted: false }));
const encourage = (s: Stage, from: string) => {
  const { currentTerm: term } = s.context;
  return s.receives(preVote({ from, term, forTerm: term + 1, granted: true }));
};

const waiting: Cases = {
  'a server starts as a follower, and waits for an election timeout (§5.2)': (start) => {
    const s1 = start();
    expect(s1.role).toBe('follower');
    expect(s1.effects).toEqual([untilElection]);
  },

  'the bounds of the election timeout may be set': (start) => {
    const settings = { electionTimeoutMinMs: 1_000, electionTimeoutMaxMs: 3_000 };
    expect(start({ settings }).timers).toEqual([{ ...untilElection, minMs: 1_000, maxMs: 3_000 }]);
  },

  'a learner that hears nothing waits on (thesis §4.2.1)': (start) => {
    const s1 = start({ voters: ['S2', 'S3'], learners: ['S1'] }).timesOut();
    expect(s1.role).toBe('follower');
    expect(s1.effects).toEqual([untilElection]);
  },

  'a server without a configuration waits on': (start) => {
    const s1 = start({ entries: [] }).timesOut();
    expect(s1.role).toBe('follower');
    expect(s1.effects).toEqual([untilElection]);
  },
};

const standing: Cases = {
  'a candidate begins a new term, votes for itself, and asks everybody (§5.2)': (start) => {
    const s1 = start({ log: [1, 2, 2], term: 4, votedFor: 'S3' }).asCandidate();
    expect(s1.value).toEqual({ candidate: 'campaigning' });
    expect(s1.context).toMatchObject({ currentTerm: 5, votedFor: 'S1', leaderId: undefined });
    expect(s1.writes).toMatchObject([{ currentTerm: 5, votedFor: 'S1', isVote: true }]);
    expect(s1.timers).toEqual([untilElection]);
    expect(receivers(s1.sends)).toEqual(['S2', 'S3']);
    for (const { message } of s1.sent('RequestVoteRequest')) {
      expect(message).toMatchObject({ from: 'S1', term: 5, lastLogIndex: 3, lastLogTerm: 2 });
      expect(message.isTransfer).toBe(false);
    }
  },

  'a majority of the votes makes it leader (§5.2)': (start) => {
    const s1 = start({ voters: fiveServers }).asCandidate();
    grant(s1, 'S2');
    grant(s1, 'S3');
    expect(s1.role).toBe('candidate');
    grant(s1, 'S4');
    expect(s1.role).toBe('leader');
    expect(s1.context.leaderId).toBe('S1');
  },

  'a vote that arrives twice is one vote (raft.tla HandleRequestVoteResponse)': (start) => {
    const s1 = start({ voters: fiveServers }).asCandidate();
    for (let time = 0; time < 3; time++) grant(s1, 'S2');
    expect(s1.role).toBe('candidate');
  },

  'its own vote counts once it is durable, and not before': (start) => {
    const s1 = start().asCandidate();
    expect(s1.role).toBe('candidate');
    grant(s1, 'S2');
    expect(s1.role).toBe('candidate');
    s1.saves();
    expect(s1.role).toBe('leader');
  },

  'an older write that becomes durable is not its vote': (start) => {
    const s1 = start().receives(appendEntries({ term: 1, prevIndex: 1, prevTerm: 1, terms: [1] }));
    const { writeNumber } = s1.context;
    s1.asCandidate();
    grant(s1, 'S2');
    s1.saves(writeNumber);
    expect(s1.role).toBe('candidate');
  },

  'a server that is alone has nobody to wait for': (start) => {
    const alone = start({ id: 'S1', voters: ['S1'], learners: ['S2'] });
    expect(alone.timers).toMatchObject([{ timer: 'election', minMs: 0, maxMs: 0 }]);
    alone.timesOut();
    expect(alone.timers).toMatchObject([{}, { timer: 'election', minMs: 200, maxMs: 400 }]);
    const unfit = start({ voters: ['S1'] })
      .diskIs('full')
      .timesOut();
    expect(unfit.timers).toMatchObject([{ timer: 'election', minMs: 200, maxMs: 400 }]);
    const learner = start({ id: 'S2', voters: ['S1'], learners: ['S2'] });
    expect(learner.timers).toMatchObject([{ timer: 'election', minMs: 200, maxMs: 400 }]);
  },

  'a server that is alone elects itself, once its vote is durable': (start) => {
    const s1 = start({ voters: ['S1'] }).timesOut();
    expect(s1.role).toBe('candidate');
    s1.saves();
    expect(s1.role).toBe('leader');
  },

  'votes of an earlier election are not counted in this one': (start) => {
    const s1 = start({ voters: fiveServers }).asCandidate();
    grant(s1, 'S2');
    grant(s1, 'S3');
    s1.timesOut().asCandidate();
    s1.saves();
    grant(s1, 'S4');
    expect(s1.role).toBe('candidate');
  },

  'a vote of an older term, though it comes late, is dropped (raft.tla DropStaleResponse)': (
    start,
  ) => {
    const s1 = start({ term: 4 }).asCandidate().saves();
    s1.receives(vote({ term: 4, granted: true }));
    expect(s1.role).toBe('candidate');
    expect(s1.context.votesGranted).toEqual(['S1']);
  },

  'one refusal of two does not lose an election': (start) => {
    const s1 = start().asCandidate();
    refuse(s1, 'S2');
    expect(s1.value).toEqual({ candidate: 'campaigning' });
    s1.saves();
    grant(s1, 'S3');
    expect(s1.role).toBe('leader');
  },

  'a refusal that arrives twice is one refusal': (start) => {
    const s1 = start().asCandidate();
    refuse(s1, 'S2');
    refuse(s1, 'S2');
    expect(s1.value).toEqual({ candidate: 'campaigning' });
  },

  'when so many refuse that no majority is left, it tries again soon (§5.2)': (start) => {
    const s1 = start().asCandidate();
    refuse(s1, 'S2');
    expect(s1.timers).toEqual([]);
    refuse(s1, 'S3');
    expect(s1.value).toEqual({ candidate: 'lost' });
    expect(s1.timers).toEqual([untilRetry]);
  },

  'refusals of an earlier election are forgotten': (start) => {
    const s1 = start().asCandidate();
    refuse(s1, 'S2');
    s1.timesOut().asCandidate();
    refuse(s1, 'S3');
    expect(s1.value).toEqual({ candidate: 'campaigning' });
  },

  'an election without an outcome is followed by another, after a pre-vote (§5.2)': (start) => {
    const s1 = start().asCandidate().timesOut();
    expect(s1.role).toBe('preCandidate');
    expect(s1.context.currentTerm).toBe(2);
    expect(s1.sent('PreVoteRequest').map(({ message }) => message.term)).toEqual([3, 3]);
  },

  'a lost election is followed by another as well': (start) => {
    const s1 = start().asCandidate();
    refuse(s1, 'S2');
    refuse(s1, 'S3').timesOut();
    expect(s1.role).toBe('preCandidate');
  },

  'a candidate that meets the leader of its term follows it (§5.2)': (start) => {
    const s1 = start().asCandidate();
    s1.receives(appendEntries({ from: 'S3', term: 2, prevIndex: 1, prevTerm: 1, terms: [2] }));
    expect(s1.role).toBe('follower');
    expect(s1.context).toMatchObject({ currentTerm: 2, votedFor: 'S1', leaderId: 'S3' });
    expect(s1.logTerms).toEqual([1, 2]);
    expect(s1.answer).toMatchObject({ success: true, matchIndex: 2 });
  },

  'a candidate goes on though a leader of an older term is about (§5.2)': (start) => {
    const s1 = start()
      .asCandidate()
      .receives(appendEntries({ from: 'S3', term: 1 }));
    expect(s1.role).toBe('candidate');
    expect(s1.answer).toMatchObject({ success: false, term: 2 });
  },
};

const late: Cases = {
  'answers to what is over change nothing': (start) => {
    const roles = [
      start({ term: 4 }),
      start({ term: 4 }).asPreCandidate(),
      start({ term: 3 }).asCandidate(),
      start({ term: 3 }).asLeader(),
    ];
    const answers = [
      vote({ from: 'S3', term: 3, granted: true }),
      preVote({ from: 'S3', term: 3, forTerm: 4, granted: true }),
      appended({ from: 'S3', term: 3, match: 1 }),
      conflicted({ from: 'S3', term: 3, prevIndex: 1, conflictTerm: 0, conflictIndex: 1 }),
      installed({ from: 'S3', term: 3, index: 1 }),
    ];
    for (const server of roles) {
      const { value, context } = server;
      for (const answer of answers) {
        server.receives(answer);
        expect(server.effects).toEqual([]);
        expect(server.value).toEqual(value);
        expect(server.context).toEqual(context);
      }
    }
  },

  'a leader needs no further votes': (start) => {
    const s1 = start().asLeader();
    const { context } = s1;
    grant(s1, 'S3');
    encourage(s1, 'S3');
    expect(s1.effects).toEqual([]);
    expect(s1.context).toEqual(context);
  },

  'only a leader takes requests of clients, beats, and has reads confirmed': (start) => {
    for (const server of [start(), start().asPreCandidate(), start().asCandidate()]) {
      const { value, context } = server;
      for (const happening of ['beats', 'isAsked', 'isRead'] as const) {
        server[happening](1);
        expect(server.effects).toEqual([]);
        expect(server.value).toEqual(value);
        expect(server.context).toEqual(context);
      }
    }
  },

  'a follower’s durable writes and a leader’s election timer mean nothing to the protocol': (
    start,
  ) => {
    const follower = start()
      .receives(requestVote({ term: 2 }))
      .saves();
    expect(follower.effects).toEqual([]);
    const leader = start().asLeader().timesOut();
    expect(leader.role).toBe('leader');
    expect(leader.effects).toEqual([]);
  },
};

export const election: Cases = { ...waiting, ...standing, ...late };

runCases(import.meta.filename, 'Elections (§5.2)', election);
