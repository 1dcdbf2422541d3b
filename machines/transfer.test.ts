/**
 * Leadership transfer, on the leader's side: it lets another server catch up, and tells it to stand
 * for election at once (thesis §3.10).
 */
import { expect } from 'vitest';
import { type Cases, runCases } from '../properties/support/cases.js';
import { appended, logOfTerms, members, requestVote } from '../properties/support/script.js';
import type { Stage } from '../properties/support/stage.js';

/** Who is told to stand for election. */
const told = (s1: Stage) => s1.sent('TimeoutNowRequest').map(({ to }) => to);

const holds = (s1: Stage, from: string, match: number) =>
  s1.receives(appended({ from, term: s1.context.currentTerm, match }));

const beatsAt = (s1: Stage, ms: number) => {
  s1.nowMs = ms;
  return s1.beats();
};

const choosing: Cases = {
  'the server that is named is told at once, if it has everything': (start) => {
    const s1 = start().asServing().isToHandOver('S3');
    expect(s1.value).toEqual({ leader: 'transferring' });
    expect(s1.sends).toEqual([
      {
        type: 'send',
        to: 'S3',
        message: { type: 'TimeoutNowRequest', from: 'S1', atMs: 0, term: 2 },
        awaits: s1.context.voteNumber,
      },
    ]);
    expect(s1.context.leadership!.transfer).toEqual({ to: 'S3', sinceMs: 0, isTold: true });
  },

  'one that lacks entries is told once it has them, durably, and not before': (start) => {
    const s1 = start().asServing().isAsked(1).isAsked(1);
    expect(told(s1.isToHandOver('S3'))).toEqual([]);
    expect(told(holds(s1, 'S2', 4))).toEqual([]);
    expect(told(holds(s1, 'S3', 3))).toEqual([]);
    expect(told(holds(s1, 'S3', 4))).toEqual(['S3']);
    expect(told(holds(s1, 'S3', 4))).toEqual([]);
  },

  'what clients ask for meanwhile is not appended, or the successor would never have it': (
    start,
  ) => {
    const s1 = start().asServing().isAsked(1).isToHandOver('S3').saves();
    const { log } = s1.context;
    expect(s1.isAsked(1, 2).effects).toEqual([]);
    expect(s1.context.log).toBe(log);
    expect(told(holds(s1, 'S3', 3))).toEqual(['S3']);
    expect(s1.isAsked(1).context.log).toBe(log);
    s1.nowMs = 399;
    holds(s1, 'S2', 3);
    expect(beatsAt(s1, 400).value).toEqual({ leader: 'serving' });
    expect(s1.isAsked(1).context.log.lastIndex).toBe(4);
  },

  'if none is named, the one whose log is furthest takes over': (start) => {
    const s1 = start({ voters: ['S1', 'S2', 'S3', 'S4'] }).asServing();
    s1.isAsked(1).isAsked(1).saves();
    holds(s1, 'S2', 3);
    holds(s1, 'S3', 4);
    expect(told(s1.isToHandOver())).toEqual(['S3']);
  },

  'of those that have answered in the shortest election timeout: one that is down never stands': (
    start,
  ) => {
    const s1 = start().asServing().isAsked(1).saves();
    s1.nowMs = 100;
    holds(s1, 'S3', 3);
    s1.nowMs = 200;
    holds(s1, 'S2', 2);
    s1.nowMs = 299;
    expect(told(s1.isToHandOver())).toEqual(['S3']);

    const later = start().asServing().isAsked(1).saves();
    later.nowMs = 100;
    holds(later, 'S3', 3);
    later.nowMs = 200;
    holds(later, 'S2', 2);
    later.nowMs = 300;
    expect(told(later.isToHandOver())).toEqual([]);
    expect(later.context.leadership!.transfer).toMatchObject({ to: 'S2', isTold: false });
  },

  'if none is named and none answers, nothing is handed over': (start) => {
    const s1 = start().asServing();
    s1.nowMs = 200;
    s1.isToHandOver();
    expect(s1.value).toEqual({ leader: 'serving' });
    expect(s1.effects).toEqual([]);
    expect(s1.context.leadership!.transfer).toBeUndefined();
  },

  'the one that is named is taken at its name, silent as it may be': (start) => {
    const s1 = start().asServing();
    s1.nowMs = 300;
    expect(told(s1.isToHandOver('S3'))).toEqual(['S3']);
  },

  'a learner that answers does not stand in for a voter that is silent (thesis §4.2.1)': (
    start,
  ) => {
    const s1 = start({ learners: ['L1'] }).asServing();
    s1.nowMs = 300;
    holds(s1, 'L1', 2);
    expect(s1.isToHandOver().value).toEqual({ leader: 'serving' });
  },

  'only a voter may take over, and only another one (thesis §4.2.1)': (start) => {
    const s1 = start({ learners: ['L1'] }).asServing();
    for (const to of ['L1', 'S1', 'S9']) {
      const { context } = s1.isToHandOver(to);
      expect(s1.value).toEqual({ leader: 'serving' });
      expect(s1.effects).toEqual([]);
      expect(context.leadership!.transfer).toBeUndefined();
    }
    const alone = start({ voters: ['S1'], learners: ['L1'] }).asServing();
    holds(alone, 'L1', 2);
    expect(alone.isToHandOver().value).toEqual({ leader: 'serving' });
  },

  'a voter of either half of a joint configuration may (§6)': (start) => {
    const founders = members(['S1', 'S2']);
    const joint = { to: members(['S1', 'S4']), outgoing: founders };
    for (const to of ['S2', 'S4']) {
      const s1 = start({ entries: logOfTerms([1, 1], founders, joint) }).asServing();
      expect(told(s1.isToHandOver(to))).toEqual([to]);
    }
  },

  'a leader hands over to one at a time, and only when it serves': (start) => {
    const s1 = start().asServing().isToHandOver('S3').isToHandOver('S2');
    expect(s1.effects).toEqual([]);
    expect(s1.context.leadership!.transfer).toMatchObject({ to: 'S3' });
    const fresh = start().asLeader().isToHandOver('S2');
    expect(fresh.value).toEqual({ leader: 'establishing' });
    expect(fresh.effects).toEqual([]);
  },

  'who does not lead hands nothing over': (start) => {
    for (const s1 of [start(), start().asPreCandidate(), start().asCandidate()]) {
      const { value, context } = s1;
      s1.isToHandOver('S2');
      expect(s1.effects).toEqual([]);
      expect(s1.value).toEqual(value);
      expect(s1.context).toEqual(context);
    }
  },
};

const lasting: Cases = {
  'who was told is told again with each heartbeat, since a message may be lost': (start) => {
    const s1 = start().asServing().isToHandOver('S3');
    expect(told(s1.beats())).toEqual(['S3']);
    expect(told(s1.beats())).toEqual(['S3']);
    const waiting = start().asServing().isAsked(1).isToHandOver('S3');
    expect(told(waiting.beats())).toEqual([]);
  },

  'the leader leads on meanwhile: it beats, commits, and has reads confirmed': (start) => {
    const s1 = start().asServing().isAsked(1).isToHandOver('S3').saves();
    holds(s1, 'S2', 3);
    expect(s1.context.commitIndex).toBe(3);
    expect(s1.beats().sent('AppendEntriesRequest')).toHaveLength(2);
    expect(s1.isRead(1).sent('AppendEntriesRequest')).toHaveLength(2);
  },

  'it gives up after an election timeout, and serves on': (start) => {
    const s1 = start().asServing();
    s1.nowMs = 100;
    s1.isToHandOver('S3');
    s1.nowMs = 499;
    holds(s1, 'S2', 2);
    expect(beatsAt(s1, 499).value).toEqual({ leader: 'transferring' });
    beatsAt(s1, 500);
    expect(s1.value).toEqual({ leader: 'serving' });
    expect(s1.context.leadership!.transfer).toBeUndefined();
    expect(told(s1)).toEqual([]);
    expect(s1.sent('AppendEntriesRequest').map(({ to }) => to)).toEqual(['S2', 'S3']);
    expect(s1.timers).toEqual([{ type: 'setTimer', timer: 'heartbeat', minMs: 50, maxMs: 50 }]);
  },

  'then it may be asked again': (start) => {
    const s1 = start().asServing().isToHandOver('S3');
    s1.nowMs = 399;
    holds(s1, 'S2', 2);
    beatsAt(s1, 400);
    expect(told(s1.isToHandOver('S2'))).toEqual(['S2']);
    expect(s1.context.leadership!.transfer).toEqual({ to: 'S2', sinceMs: 400, isTold: true });
  },

  'whoever changes its role has handed over, or not, and is done with it': (start) => {
    const s1 = start().asServing().isToHandOver('S3');
    s1.receives(requestVote({ from: 'S3', term: 3, isTransfer: true }));
    expect(s1.role).toBe('follower');
    expect(s1.context.votedFor).toBe('S3');
    expect(s1.context.leadership).toBeUndefined();
    s1.asServing();
    expect(s1.value).toEqual({ leader: 'serving' });
    expect(s1.context.leadership!.transfer).toBeUndefined();
    expect(told(s1.beats())).toEqual([]);
  },
};

export const transfers: Cases = { ...choosing, ...lasting };

runCases(import.meta.filename, 'Leadership transfer (thesis §3.10)', transfers);
