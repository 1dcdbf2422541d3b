/**
 * Reads without a log entry: the leader asks a quorum whether it still leads (§8, thesis §6.4,
 * ReadIndex).
 */
import { expect } from 'vitest';
import { type Cases, runCases } from '../properties/support/cases.js';
import {
  appended,
  conflicted,
  fiveServers,
  logOfTerms,
  members,
} from '../properties/support/script.js';
import type { Stage } from '../properties/support/stage.js';

/** The rounds that a server's messages ask about. */
const roundsAsked = (s1: Stage) =>
  s1.sent('AppendEntriesRequest').map(({ message }) => message.round);

const confirmed = (s1: Stage) => s1.effects.filter((effect) => effect.type === 'confirmReads');

/** `from` answers a message of that round. */
const answers = (s1: Stage, from: string, round: number) =>
  s1.receives(appended({ from, term: s1.context.currentTerm, match: 1, round }));

export const reads: Cases = {
  'a read asks everybody at once, in a round with a number of its own': (start) => {
    const s1 = start().asServing();
    expect(roundsAsked(s1.isRead(1))).toEqual([1, 1]);
    expect(roundsAsked(s1.isRead(2))).toEqual([2, 2]);
    expect(s1.sends).toMatchObject([
      { to: 'S2', message: { entries: [], prevLogIndex: 2, prevLogTerm: 2 } },
      { to: 'S3', message: { entries: [], prevLogIndex: 2, prevLogTerm: 2 } },
    ]);
    expect(confirmed(s1)).toEqual([]);
  },

  'a quorum that answers the round confirms it, up to the commit index of when it was asked': (
    start,
  ) => {
    const s1 = start({ voters: fiveServers }).asServing().isRead(7);
    s1.isAsked(1).isReplicated(['S2', 'S3']);
    expect(s1.context.commitIndex).toBe(3);
    answers(s1, 'S2', 1);
    expect(confirmed(s1)).toEqual([]);
    answers(s1, 'S3', 1);
    expect(confirmed(s1)).toEqual([{ type: 'confirmReads', batch: 7, readIndex: 2 }]);
  },

  'one server that answers twice is one server': (start) => {
    const s1 = start({ voters: fiveServers }).asServing().isRead(7);
    answers(s1, 'S2', 1);
    expect(confirmed(answers(s1, 'S2', 1))).toEqual([]);
  },

  'reads are confirmed once': (start) => {
    const s1 = start().asServing().isRead(7);
    expect(confirmed(answers(s1, 'S2', 1))).toHaveLength(1);
    expect(confirmed(answers(s1, 'S2', 1))).toEqual([]);
    expect(confirmed(answers(s1, 'S3', 1))).toEqual([]);
  },

  'an answer to what was sent before the read confirms nothing': (start) => {
    const s1 = start().asServing().isRead(1);
    answers(s1, 'S2', 1);
    s1.isRead(2);
    expect(confirmed(answers(s1, 'S2', 1))).toEqual([]);
    expect(confirmed(answers(s1, 'S3', 0))).toEqual([]);
    expect(confirmed(answers(s1, 'S3', 2))).toMatchObject([{ batch: 2 }]);
  },

  'an older answer that comes late takes no round back': (start) => {
    const s1 = start({ voters: fiveServers }).asServing().isRead(1).isRead(2);
    answers(s1, 'S2', 2);
    answers(s1, 'S2', 1);
    expect(confirmed(answers(s1, 'S3', 2))).toMatchObject([{ batch: 1 }, { batch: 2 }]);
  },

  'a later round confirms earlier reads as well': (start) => {
    const s1 = start().asServing().isRead(1).isRead(2).isRead(3);
    expect(confirmed(answers(s1, 'S2', 2))).toMatchObject([{ batch: 1 }, { batch: 2 }]);
    expect(confirmed(answers(s1, 'S3', 3))).toMatchObject([{ batch: 3 }]);
  },

  'every message carries the latest round, so that any answer to it counts': (start) => {
    const s1 = start().asServing().isRead(1);
    expect(roundsAsked(s1.isAsked(1))).toEqual([1, 1]);
    expect(roundsAsked(s1.beats())).toEqual([1, 1]);
  },

  'whoever refuses entries has answered the leader of its term': (start) => {
    const s1 = start().asServing().isRead(1);
    s1.receives(conflicted({ term: 2, prevIndex: 2, conflictTerm: 0, conflictIndex: 2, round: 1 }));
    expect(confirmed(s1)).toMatchObject([{ batch: 1 }]);
  },

  'before its no-op is committed, a leader answers only from the no-op on (§8)': (start) => {
    const s1 = start({ log: [1, 1, 1] })
      .asLeader()
      .isRead(1);
    answers(s1, 'S2', 1);
    expect(confirmed(s1)).toEqual([{ type: 'confirmReads', batch: 1, readIndex: 4 }]);
    expect(s1.context.commitIndex).toBe(0);
  },

  'a server that is alone needs nobody’s answer': (start) => {
    const s1 = start({ voters: ['S1'] })
      .asLeader()
      .isReplicated()
      .isRead(1);
    expect(s1.effects).toEqual([{ type: 'confirmReads', batch: 1, readIndex: 2 }]);
    s1.isRead(2);
    expect(confirmed(s1)).toMatchObject([{ batch: 2 }]);
  },

  'learners are asked, and do not count': (start) => {
    const s1 = start({ voters: ['S1', 'S2'], learners: ['S3', 'S4'] })
      .asServing()
      .isRead(1);
    expect(roundsAsked(s1)).toEqual([1, 1, 1]);
    answers(s1, 'S3', 1);
    expect(confirmed(answers(s1, 'S4', 1))).toEqual([]);
    expect(confirmed(answers(s1, 'S2', 1))).toHaveLength(1);
  },

  'while the configuration is joint, a majority of each half has to answer (§6)': (start) => {
    const founders = members(['S1', 'S2', 'S3']);
    const joint = { to: members(['S1', 'S4', 'S5']), outgoing: founders };
    const s1 = start({ entries: logOfTerms([1, 1], founders, joint) })
      .asServing()
      .isRead(1);
    answers(s1, 'S2', 1);
    expect(confirmed(answers(s1, 'S3', 1))).toEqual([]);
    expect(confirmed(answers(s1, 'S4', 1))).toHaveLength(1);
  },

  'the reads of a leader that was deposed are never confirmed': (start) => {
    const s1 = start().asServing().isRead(1);
    s1.receives(appended({ term: 3, match: 2 }));
    expect(s1.role).toBe('follower');
    answers(s1, 'S2', 1);
    expect(s1.effects).toEqual([]);
    s1.asLeader();
    s1.receives(appended({ from: 'S2', term: 2, match: 2, round: 1 }));
    s1.receives(appended({ from: 'S3', term: 2, match: 2, round: 1 }));
    expect(confirmed(s1)).toEqual([]);
    expect(s1.context.leadership).toMatchObject({ round: 0, reads: [] });
  },
};

runCases(import.meta.filename, 'Reads (§8)', reads);
