/**
 * Leases: a leader that a majority answered a moment ago reads without asking anybody, since until
 * the lease ends none of them votes for another (thesis §6.4.1).
 */
import { expect } from 'vitest';
import { type Cases, runCases } from '../properties/support/cases.js';
import {
  appendEntries,
  appended,
  conflicted,
  fiveServers,
  installed,
  logOfTerms,
  members,
  requestPreVote,
  requestVote,
} from '../properties/support/script.js';
import type { Stage, Start } from '../properties/support/stage.js';

const leaseReads = { leaseReads: true };

/** Whether a read at that time is answered by the lease, without a word to the others. */
function isLeased(s1: Stage, ms: number): boolean {
  s1.nowMs = ms;
  s1.isRead(7);
  const confirmed = s1.effects.filter((effect) => effect.type === 'confirmReads');
  expect(s1.sends.length > 0).toBe(confirmed.length === 0);
  return confirmed.length === 1;
}

/** A server answers at `atMs` what the leader sent at `sentMs`. */
function answers(s1: Stage, from: string, sentMs: number, atMs: number): Stage {
  s1.nowMs = atMs;
  const { currentTerm: term, log } = s1.context;
  return s1.receives(appended({ from, term, match: log.lastIndex, sentMs }));
}

/** A leader that serves, and that S2 answered at once, at 1000 ms. */
function leased(start: Start, settings = {}): Stage {
  const s1 = start({ settings: { ...leaseReads, ...settings } }).asServing();
  return answers(s1, 'S2', 1_000, 1_000);
}

const holding: Cases = {
  'a read under a lease is answered at once, from the commit index, and asks nobody': (start) => {
    const s1 = leased(start).isRead(7);
    expect(s1.effects).toEqual([{ type: 'confirmReads', batch: 7, readIndex: 2 }]);
    answers(s1.isAsked(1).saves(), 'S2', 1_001, 1_002).isRead(8);
    expect(s1.effects).toEqual([{ type: 'confirmReads', batch: 8, readIndex: 3 }]);
  },

  'a lease lasts for the shortest election timeout, less by as much as clocks may drift': (
    start,
  ) => {
    expect(isLeased(leased(start), 1_179)).toBe(true);
    expect(isLeased(leased(start), 1_180)).toBe(false);
    expect(isLeased(leased(start, { clockDriftPercentMax: 50 }), 1_099)).toBe(true);
    expect(isLeased(leased(start, { clockDriftPercentMax: 50 }), 1_100)).toBe(false);
    expect(isLeased(leased(start, { electionTimeoutMinMs: 400 }), 1_359)).toBe(true);
  },

  'it is measured from when the message was sent, however late the answer comes': (start) => {
    const s1 = start({ settings: leaseReads }).asServing();
    answers(s1, 'S2', 1_000, 1_150);
    expect(isLeased(s1, 1_179)).toBe(true);
    expect(isLeased(s1, 1_180)).toBe(false);
  },

  'messages say when they were sent, and answers repeat it': (start) => {
    const s1 = start({ settings: leaseReads }).asServing();
    s1.nowMs = 1_234.9;
    for (const { message } of s1.beats().sent('AppendEntriesRequest')) {
      expect(message.sentMs).toBe(1_234);
    }
    for (const { message } of s1.isAsked(1).sent('AppendEntriesRequest')) {
      expect(message.sentMs).toBe(1_234);
    }
    const s2 = start({ id: 'S2' });
    s2.receives(appendEntries({ from: 'S1', term: 1, prevIndex: 1, prevTerm: 1, sentMs: 77 }));
    expect(s2.answer).toMatchObject({ success: true, sentMs: 77 });
    const { message } = start({ id: 'S2' })
      .receives({ ...appendEntries({ from: 'S1', term: 1, prevIndex: 9 }), sentMs: 78 })
      .sent('AppendEntriesResponse')[0]!;
    expect(message).toMatchObject({ success: false, sentMs: 78 });
  },

  'any answer to the leader of its term counts: also a refusal, and one about a snapshot': (
    start,
  ) => {
    const s1 = start({ settings: leaseReads }).asServing();
    s1.nowMs = 1_000;
    const refusal = { term: 2, prevIndex: 2, conflictTerm: 0, conflictIndex: 2 };
    s1.receives({ ...conflicted(refusal), sentMs: 1_000 });
    expect(isLeased(s1, 1_001)).toBe(true);
    s1.nowMs = 2_000;
    s1.receives(installed({ term: 2, index: 1, offset: 5, sentMs: 2_000 }));
    expect(isLeased(s1, 2_001)).toBe(true);
  },

  'an older answer that comes late ends no lease': (start) => {
    const s1 = answers(leased(start), 'S2', 500, 1_001);
    expect(isLeased(s1, 1_179)).toBe(true);
  },

  'a majority has to have answered, each in time': (start) => {
    const s1 = start({ voters: fiveServers, settings: leaseReads }).asServing();
    answers(s1, 'S2', 1_000, 1_000);
    expect(isLeased(s1, 1_001)).toBe(false);
    answers(s1, 'S2', 1_000, 1_001);
    answers(s1, 'S3', 900, 1_002);
    expect(isLeased(s1, 1_079)).toBe(true);
    expect(isLeased(s1, 1_080)).toBe(false);
  },

  'of each half, while the configuration is joint (§6)': (start) => {
    const founders = members(['S1', 'S2', 'S3']);
    const joint = { to: members(['S1', 'S4', 'S5']), outgoing: founders };
    const entries = logOfTerms([1, 1], founders, joint);
    const s1 = start({ entries, settings: leaseReads }).asServing();
    answers(s1, 'S2', 1_000, 1_000);
    expect(isLeased(answers(s1, 'S3', 1_000, 1_000), 1_001)).toBe(false);
    expect(isLeased(answers(s1, 'S4', 1_001, 1_001), 1_002)).toBe(true);
  },

  'learners give no lease': (start) => {
    const s1 = start({ learners: ['L1', 'L2'], settings: leaseReads }).asServing();
    answers(s1, 'L1', 1_000, 1_000);
    expect(isLeased(answers(s1, 'L2', 1_000, 1_000), 1_001)).toBe(false);
  },
};

const lacking: Cases = {
  'unless leases are asked for, every read asks': (start) => {
    expect(isLeased(leased(start, { leaseReads: false }), 1_001)).toBe(false);
  },

  'a leader that was just elected has no lease: nobody has answered it': (start) => {
    const s1 = start({ settings: leaseReads });
    s1.nowMs = 1_000;
    expect(isLeased(s1.asLeader(), 1_000)).toBe(false);
  },

  'there is none before the no-op is committed: what is, the leader does not know (§8)': (
    start,
  ) => {
    const s1 = start({ log: [1, 1], settings: leaseReads }).asLeader();
    const { currentTerm: term } = s1.context;
    s1.nowMs = 1_000;
    s1.receives(appended({ term, match: 2, sentMs: 1_000 }));
    expect(s1.context.commitIndex).toBe(0);
    expect(isLeased(s1, 1_001)).toBe(false);
    answers(s1.saves(), 'S2', 1_002, 1_002);
    expect(isLeased(s1, 1_003)).toBe(true);
  },

  'there is none after anybody was told to stand: its votes disregard the leader': (start) => {
    const s1 = leased(start).isToHandOver('S2');
    expect(s1.sent('TimeoutNowRequest')).toHaveLength(1);
    expect(isLeased(s1, 1_001)).toBe(false);
  },

  'also not after that was given up: the message may still be under way': (start) => {
    const s1 = leased(start).isToHandOver('S2');
    s1.nowMs = 1_400;
    answers(s1, 'S3', 1_399, 1_399);
    s1.nowMs = 1_400;
    expect(s1.beats().value).toEqual({ leader: 'serving' });
    answers(s1, 'S2', 1_400, 1_400);
    expect(isLeased(s1, 1_401)).toBe(false);
  },

  'a successor that was not told yet ends none': (start) => {
    const s1 = leased(start).isAsked(1).isToHandOver('S3');
    expect(s1.sent('TimeoutNowRequest')).toEqual([]);
    expect(isLeased(s1, 1_001)).toBe(true);
  },

  'in its next term a leader may have one again': (start) => {
    const s1 = leased(start).isToHandOver('S2');
    s1.receives(appended({ term: 9, match: 1 })).asServing();
    answers(s1, 'S2', 3_000, 3_000);
    expect(isLeased(s1, 3_001)).toBe(true);
  },
};

const keeping: Cases = {
  'a follower keeps to a lease from when it hears, which is after the leader sent': (start) => {
    const s2 = start({ id: 'S2', settings: leaseReads });
    s2.nowMs = 1_000;
    s2.receives(appendEntries({ from: 'S1', term: 1 }));
    s2.nowMs = 1_199;
    expect(s2.receives(requestVote({ from: 'S3', term: 2 })).effects).toEqual([]);
  },

  'a server that starts may have promised silence before: it votes for nobody for as long': (
    start,
  ) => {
    const s1 = start({ settings: leaseReads });
    s1.nowMs = 199;
    expect(s1.receives(requestVote({ term: 2 })).effects).toEqual([]);
    expect(s1.receives(requestPreVote({ term: 2 })).answer).toMatchObject({ voteGranted: false });
    s1.nowMs = 200;
    s1.receives(requestVote({ term: 2 }));
    expect(s1.context).toMatchObject({ currentTerm: 2, votedFor: 'S2' });
  },

  'without leases it votes at once': (start) => {
    const s1 = start().receives(requestVote({ term: 2 }));
    expect(s1.context).toMatchObject({ currentTerm: 2, votedFor: 'S2' });
  },
};

export const leases: Cases = { ...holding, ...lacking, ...keeping };

runCases(import.meta.filename, 'Leases (thesis §6.4.1)', leases);
