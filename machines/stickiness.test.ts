/**
 * Stickiness: while its leader is alive, a server lets no candidate disturb it, be its term as new
 * as it may (thesis §4.2.3, §6.2).
 */
import { expect } from 'vitest';
import { type Cases, runCases } from '../properties/support/cases.js';
import {
  appendEntries,
  fiveServers,
  requestPreVote,
  requestVote,
} from '../properties/support/script.js';

const granted = { type: 'RequestVoteResponse', voteGranted: true };

export const stickiness: Cases = {
  'a follower that heard its leader just now ignores who would depose it (thesis §4.2.3)': (
    start,
  ) => {
    const s1 = start();
    s1.nowMs = 1_000;
    s1.receives(appendEntries({ from: 'S3', term: 1 }));
    const { context } = s1;
    s1.nowMs = 1_199;
    s1.receives(requestVote({ from: 'S2', term: 2 }));
    expect(s1.effects).toEqual([]);
    expect(s1.context).toEqual(context);
    s1.nowMs = 1_200;
    s1.receives(requestVote({ from: 'S2', term: 2 }));
    expect(s1.answer).toMatchObject({ ...granted, term: 2 });
  },

  'nor would it encourage anybody, until the shortest election timeout is over': (start) => {
    const s1 = start();
    s1.nowMs = 1_000;
    s1.receives(appendEntries({ from: 'S3', term: 1 }));
    s1.nowMs = 1_199;
    s1.receives(requestPreVote({ term: 2 }));
    expect(s1.timers).toEqual([]);
    expect(s1.answer).toMatchObject({ term: 1, forTerm: 2, voteGranted: false });
    s1.nowMs = 1_200;
    expect(s1.receives(requestPreVote({ term: 2 })).answer).toMatchObject({ voteGranted: true });
  },

  'a pre-candidate has heard no leader for that long, and sticks to nobody': (start) => {
    const s1 = start().receives(appendEntries({ from: 'S3', term: 1 }));
    s1.nowMs = 200;
    s1.timesOut().receives(requestPreVote({ term: 2 }));
    expect(s1.answer).toMatchObject({ voteGranted: true });
    s1.receives(requestVote({ from: 'S3', term: 2 }));
    expect(s1.context.votedFor).toBe('S3');
  },

  'a newer term does not end a leader’s time: only that it is not heard does': (start) => {
    const s1 = start().receives(appendEntries({ from: 'S3', term: 1 }));
    s1.receives(requestVote({ from: 'S2', term: 2, isTransfer: true, lastIndex: 0, lastTerm: 0 }));
    expect(s1.context).toMatchObject({ currentTerm: 2, leaderId: undefined });
    s1.nowMs = 199;
    expect(s1.receives(requestPreVote({ term: 3 })).answer).toMatchObject({ voteGranted: false });
    expect(s1.receives(requestVote({ from: 'S3', term: 3 })).effects).toEqual([]);
    s1.nowMs = 200;
    expect(s1.receives(requestPreVote({ term: 3 })).answer).toMatchObject({ voteGranted: true });
    s1.receives(requestVote({ from: 'S3', term: 3 }));
    expect(s1.context).toMatchObject({ currentTerm: 3, votedFor: 'S3' });
  },

  'whom the leader itself asked to stand is not ignored (thesis §4.2.3)': (start) => {
    const follower = start().receives(appendEntries({ from: 'S3', term: 1 }));
    follower.receives(requestVote({ term: 2, isTransfer: true }));
    expect(follower.answer).toMatchObject({ ...granted, term: 2 });
    const s1 = start()
      .asServing()
      .receives(requestVote({ term: 3, isTransfer: true }));
    expect(s1.role).toBe('follower');
    expect(s1.context.votedFor).toBe('S2');
  },

  'a leader whom a quorum answers ignores who would depose it': (start) => {
    const s1 = start({ voters: fiveServers }).asLeader();
    s1.nowMs = 1_000;
    s1.isReplicated(['S2', 'S3']);
    const { context } = s1;
    s1.nowMs = 1_199;
    s1.receives(requestVote({ from: 'S5', term: 3 }));
    expect(s1.effects).toEqual([]);
    expect(s1.context).toEqual(context);
    s1.receives(requestPreVote({ from: 'S5', term: 3 }));
    expect(s1.answer).toMatchObject({ term: 2, forTerm: 3, voteGranted: false });
  },

  'a new leader counts as heard by those who just elected it': (start) => {
    const s1 = start().asLeader();
    s1.nowMs = 199;
    expect(s1.receives(requestVote({ from: 'S3', term: 3 })).effects).toEqual([]);
    expect(s1.receives(requestPreVote({ term: 3 })).answer).toMatchObject({ voteGranted: false });
    s1.nowMs = 200;
    s1.receives(requestVote({ from: 'S3', term: 3 }));
    expect(s1.context).toMatchObject({ currentTerm: 3, votedFor: 'S3' });
  },

  'a leader whom no quorum answers within that time gives way': (start) => {
    const s1 = start({ voters: fiveServers }).asLeader();
    s1.nowMs = 800;
    s1.isReplicated(['S3']);
    s1.nowMs = 1_000;
    s1.isReplicated(['S2']);
    expect(s1.receives(requestPreVote({ from: 'S5', term: 3 })).answer).toMatchObject({
      voteGranted: true,
    });
    s1.receives(requestVote({ from: 'S5', term: 3 }));
    expect(s1.role).toBe('follower');
    expect(s1.context).toMatchObject({ currentTerm: 3, votedFor: 'S5' });
  },
};

runCases(import.meta.filename, 'Stickiness (thesis §4.2.3)', stickiness);
