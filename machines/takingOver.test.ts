/**
 * Leadership transfer, on the other side: who is told to stand does so at once, and the others vote
 * for it (thesis §3.10).
 */
import { expect } from 'vitest';
import { type Cases, runCases } from '../properties/support/cases.js';
import { converse } from '../properties/support/conversation.js';
import { appendEntries, timeoutNow, vote } from '../properties/support/script.js';
import type { Stage } from '../properties/support/stage.js';

const standing: Cases = {
  'who is told stands at once, without asking first whether it could win': (start) => {
    const s3 = start({ id: 'S3' }).receives(appendEntries({ term: 1 }));
    s3.receives(timeoutNow({ term: 1 }));
    expect(s3.value).toEqual({ candidate: 'campaigning' });
    expect(s3.context).toMatchObject({ currentTerm: 2, votedFor: 'S3', leaderId: undefined });
    expect(s3.sent('RequestVoteRequest')).toMatchObject([
      { to: 'S1', message: { term: 2, isTransfer: true } },
      { to: 'S2', message: { term: 2, isTransfer: true } },
    ]);
    expect(s3.sent('PreVoteRequest')).toEqual([]);
  },

  'its next election, should it lose this one, is like any other': (start) => {
    const s3 = start({ id: 'S3' })
      .receives(timeoutNow({ term: 1 }))
      .timesOut()
      .asCandidate();
    expect(s3.sent('RequestVoteRequest').map(({ message }) => message.isTransfer)).toEqual([
      false,
      false,
    ]);
  },

  'who is told by a leader of a newer term stands in the term after that': (start) => {
    for (const s3 of [
      start({ id: 'S3' }),
      start({ id: 'S3' }).asPreCandidate(),
      start({ id: 'S3' }).asCandidate(),
      start({ id: 'S3' }).asLeader(),
      start({ id: 'S3' }).asServing(),
    ]) {
      s3.receives(timeoutNow({ term: 4 }));
      expect(s3.role).toBe('candidate');
      expect(s3.context).toMatchObject({ currentTerm: 5, votedFor: 'S3' });
      expect(s3.sent('RequestVoteRequest')).toHaveLength(2);
    }
  },

  'a leader of an older term tells nobody anything (§5.1)': (start) => {
    const s3 = start({ id: 'S3', term: 4 });
    const { context } = s3;
    s3.receives(timeoutNow({ term: 3 }));
    expect(s3.role).toBe('follower');
    expect(s3.effects).toEqual([]);
    expect(s3.context).toEqual(context);
  },

  'a learner does not stand, whoever tells it to (thesis §4.2.1)': (start) => {
    const s3 = start({ id: 'L1', learners: ['L1'] }).receives(timeoutNow({ term: 1 }));
    expect(s3.role).toBe('follower');
    expect(s3.effects).toEqual([]);
  },

  'who stands already, asks already, or leads, does not do so anew': (start) => {
    const roles = [start().asPreCandidate(), start().asCandidate(), start().asServing()];
    for (const s1 of roles) {
      const { value, context } = s1;
      s1.receives(timeoutNow({ term: context.currentTerm }));
      expect(s1.effects).toEqual([]);
      expect(s1.value).toEqual(value);
      expect(s1.context).toEqual(context);
    }
  },
};

const together: Cases = {
  'the others vote for it, though they hear their leader (thesis §4.2.3)': (start) => {
    const [s1, s2, s3] = ['S1', 'S2', 'S3'].map((id) => start({ id })) as [Stage, Stage, Stage];
    converse(s1.asLeader(), s2, s3);
    converse(s1.isAsked(1), s2, s3);
    converse(s1.isToHandOver('S3'), s2, s3);
    expect([s1, s2, s3].map(({ role }) => role)).toEqual(['follower', 'follower', 'leader']);
    expect(s3.value).toEqual({ leader: 'serving' });
    for (const server of [s1, s2, s3]) expect(server.logTerms).toEqual([1, 2, 2, 3]);
  },

  'who was told and cannot win costs a term, and the old leader may stand again': (start) => {
    const s1 = start().asServing().isToHandOver('S3');
    s1.receives(vote({ from: 'S3', term: 3, granted: false }));
    expect(s1.role).toBe('follower');
    expect(s1.asServing().context.currentTerm).toBe(4);
  },
};

export const takingOver: Cases = { ...standing, ...together };

runCases(import.meta.filename, 'Taking over (thesis §3.10)', takingOver);
