/**
 * Check-quorum: a leader that a majority does not answer for an election timeout leads no more,
 * whatever it believes; its clients had better ask elsewhere (thesis §6.2).
 */
import { expect } from 'vitest';
import { type Cases, runCases } from '../properties/support/cases.js';
import {
  appended,
  conflicted,
  fiveServers,
  installed,
  logOfTerms,
  members,
} from '../properties/support/script.js';
import type { Stage } from '../properties/support/stage.js';

const untilElection = { type: 'setTimer', timer: 'election', minMs: 200, maxMs: 400 };

/** A server answers the leader at that time. */
const answersAt = (s1: Stage, ms: number, ...ids: readonly string[]) => {
  s1.nowMs = ms;
  const { currentTerm: term } = s1.context;
  for (const from of ids) s1.receives(appended({ from, term, match: 1 }));
  return s1;
};

const beatsAt = (s1: Stage, ms: number) => {
  s1.nowMs = ms;
  return s1.beats();
};

const stepping: Cases = {
  'a leader that no majority answers for the longest election timeout steps down': (start) => {
    const s1 = answersAt(start().asServing(), 1_000, 'S2');
    expect(beatsAt(s1, 1_399).role).toBe('leader');
    expect(beatsAt(s1, 1_400).role).toBe('follower');
  },

  'it keeps its term and its vote, and writes nothing: nobody else was elected in it': (start) => {
    const s1 = answersAt(start().asServing(), 1_000, 'S2');
    const { log, commitIndex } = s1.context;
    beatsAt(s1, 1_400);
    expect(s1.context).toMatchObject({ currentTerm: 2, votedFor: 'S1', commitIndex });
    expect(s1.context.log).toBe(log);
    expect(s1.writes).toEqual([]);
    expect(s1.sends).toEqual([]);
  },

  'it knows of no leader then, and waits for one': (start) => {
    const s1 = beatsAt(answersAt(start().asServing(), 1_000, 'S2'), 1_400);
    expect(s1.context.leaderId).toBeUndefined();
    expect(s1.context.leadership).toBeUndefined();
    expect(s1.timers).toEqual([{ type: 'clearTimer', timer: 'heartbeat' }, untilElection]);
  },

  'it may be elected again': (start) => {
    const s1 = beatsAt(answersAt(start().asServing(), 1_000, 'S2'), 1_400).asServing();
    expect(s1.value).toEqual({ leader: 'serving' });
    expect(s1.context.currentTerm).toBe(3);
  },

  'until then it beats on': (start) => {
    const s1 = beatsAt(answersAt(start().asServing(), 1_000, 'S2'), 1_399);
    expect(s1.sends.map(({ to }) => to)).toEqual(['S2', 'S3']);
  },

  'a leader that is not established steps down as well': (start) => {
    const s1 = start().asLeader();
    expect(s1.value).toEqual({ leader: 'establishing' });
    expect(beatsAt(s1, 400).role).toBe('follower');
    expect(s1.context.leaderId).toBeUndefined();
  },

  'and one that is handing over': (start) => {
    const s1 = answersAt(start().asServing(), 1_000, 'S2');
    s1.nowMs = 1_300;
    s1.isToHandOver('S3');
    expect(s1.value).toEqual({ leader: 'transferring' });
    expect(beatsAt(s1, 1_400).role).toBe('follower');
    expect(s1.context.leaderId).toBeUndefined();
  },

  'that it has handed over for too long is asked only of one that has its quorum': (start) => {
    const s1 = answersAt(start().asServing(), 1_000, 'S2').isToHandOver('S3');
    expect(beatsAt(s1, 1_399).value).toEqual({ leader: 'transferring' });
    expect(beatsAt(s1, 1_400).role).toBe('follower');
    expect(s1.context.leadership).toBeUndefined();
    expect(s1.sends).toEqual([]);
  },

  'and so is whether its disk is fit to lead': (start) => {
    const s1 = answersAt(start({ voters: fiveServers }).asServing(), 1_000, 'S3', 'S4', 'S5');
    answersAt(s1, 1_399, 'S2').diskIs('full');
    expect(beatsAt(s1, 1_400).role).toBe('follower');
    expect(s1.context.leaderId).toBeUndefined();
    expect(s1.sends).toEqual([]);
  },
};

const counting: Cases = {
  'a new leader counts its followers as heard when it is elected': (start) => {
    const s1 = start();
    s1.nowMs = 5_000;
    s1.asLeader();
    expect(beatsAt(s1, 5_399).role).toBe('leader');
    expect(beatsAt(s1, 5_400).role).toBe('follower');
  },

  'it counts itself, and needs a majority with it': (start) => {
    const s1 = start({ voters: fiveServers }).asServing();
    answersAt(s1, 1_000, 'S2', 'S3');
    expect(beatsAt(s1, 1_399).role).toBe('leader');
    answersAt(s1, 1_399, 'S2');
    expect(beatsAt(s1, 1_400).role).toBe('follower');
  },

  'whoever refuses entries, or gets a snapshot, is heard as well': (start) => {
    const s1 = start().asServing();
    s1.nowMs = 1_000;
    s1.receives(conflicted({ term: 2, prevIndex: 2, conflictTerm: 0, conflictIndex: 2 }));
    expect(beatsAt(s1, 1_399).role).toBe('leader');
    s1.receives(installed({ term: 2, index: 1, offset: 10 }));
    expect(beatsAt(s1, 1_798).role).toBe('leader');
    expect(beatsAt(s1, 1_799).role).toBe('follower');
  },

  'learners do not count (thesis §4.2.1)': (start) => {
    const s1 = start({ learners: ['L1', 'L2'] }).asServing();
    answersAt(s1, 1_000, 'L1', 'L2');
    expect(beatsAt(s1, 1_000).role).toBe('follower');
  },

  'a server that is alone is always a majority': (start) => {
    const s1 = start({ voters: ['S1'] })
      .asLeader()
      .isReplicated();
    expect(beatsAt(s1, 100_000).role).toBe('leader');
  },

  'while the configuration is joint, a majority of each half has to answer (§6)': (start) => {
    const founders = members(['S1', 'S2', 'S3']);
    const joint = { to: members(['S1', 'S4', 'S5']), outgoing: founders };
    const leader = () => start({ entries: logOfTerms([1, 1], founders, joint) }).asServing();
    expect(beatsAt(answersAt(leader(), 1_000, 'S2', 'S3'), 1_001).role).toBe('follower');
    expect(beatsAt(answersAt(leader(), 1_000, 'S4', 'S5'), 1_001).role).toBe('follower');
    expect(beatsAt(answersAt(leader(), 1_000, 'S3', 'S4'), 1_001).role).toBe('leader');
  },
};

export const checkQuorum: Cases = { ...stepping, ...counting };

runCases(import.meta.filename, 'Check-quorum (thesis §6.2)', checkQuorum);
