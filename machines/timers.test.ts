/**
 * Timers: what a follower's patience is renewed by, and what it is not (§5.2; thesis §4.2.3, §9.6).
 * Were it renewed by anything else, servers that cannot win could keep one that can from standing.
 */
import { expect } from 'vitest';
import { type Cases, runCases } from '../properties/support/cases.js';
import {
  appendEntries,
  appended,
  preVote,
  requestPreVote,
  requestVote,
  vote,
} from '../properties/support/script.js';
import type { ServerEvent } from './context.js';

const untilElection = { type: 'setTimer', timer: 'election', minMs: 200, maxMs: 400 };
const untilHeartbeat = { type: 'setTimer', timer: 'heartbeat', minMs: 50, maxMs: 50 };

/**
 * All that may happen to a follower of term 4 whose log is 1, 4, and whether it waits anew after
 * it.
 */
const happenings: readonly { event: ServerEvent; renews: boolean }[] = [
  // its leader's messages
  { event: appendEntries({ term: 4, prevIndex: 2, prevTerm: 4 }), renews: true },
  { event: appendEntries({ term: 4, prevIndex: 2, prevTerm: 4, terms: [4] }), renews: true },
  { event: appendEntries({ term: 4, prevIndex: 7, prevTerm: 4 }), renews: true },
  { event: appendEntries({ term: 5, prevIndex: 2, prevTerm: 4 }), renews: true },
  { event: appendEntries({ term: 3, prevIndex: 2, prevTerm: 3 }), renews: false },
  // candidates
  { event: requestVote({ term: 4 }), renews: true },
  { event: requestVote({ term: 5 }), renews: true },
  { event: requestVote({ term: 4, lastTerm: 1, lastIndex: 9 }), renews: false },
  { event: requestVote({ term: 5, lastTerm: 1, lastIndex: 9 }), renews: false },
  { event: requestVote({ term: 3 }), renews: false },
  { event: requestPreVote({ term: 5 }), renews: false },
  { event: requestPreVote({ term: 5, lastTerm: 1, lastIndex: 9 }), renews: false },
  { event: requestPreVote({ term: 3 }), renews: false },
  // answers to what it was once
  { event: vote({ term: 4, granted: true }), renews: false },
  { event: vote({ term: 5, granted: false }), renews: false },
  { event: preVote({ term: 4, forTerm: 5, granted: true }), renews: false },
  { event: preVote({ term: 5, forTerm: 5, granted: false }), renews: false },
  { event: appended({ term: 4, match: 2 }), renews: false },
  { event: appended({ term: 5, match: 2 }), renews: false },
  // what is not for a follower
  { event: { type: 'timer.heartbeat', atMs: 0 }, renews: false },
  { event: { type: 'persisted', number: 1, lastIndex: 2, atMs: 0 }, renews: false },
  { event: { type: 'ClientRequest', proposals: [], wallMs: 0, atMs: 0 }, renews: false },
  { event: { type: 'ReadRequest', batch: 1, atMs: 0 }, renews: false },
];

export const timers: Cases = {
  'a follower waits anew after a granted vote and its leader’s messages, and after nothing else': (
    start,
  ) => {
    for (const { event, renews } of happenings) {
      const s1 = start({ log: [1, 4] }).step(event);
      expect(s1.role).toBe('follower');
      expect(s1.timers, JSON.stringify(event)).toEqual(renews ? [untilElection] : []);
    }
  },

  'a candidate that is ignored, or refused, does not keep a follower from standing': (start) => {
    const s1 = start({ log: [1, 4] }).receives(appendEntries({ term: 4 }));
    s1.receives(requestVote({ term: 5 }));
    expect(s1.timers).toEqual([]);
    s1.receives(requestPreVote({ term: 5 }));
    expect(s1.timers).toEqual([]);
    s1.receives(requestVote({ from: 'S3', term: 4, lastIndex: 1, lastTerm: 1 }));
    expect(s1.timers).toEqual([]);
  },

  'whoever becomes a follower waits for an election timeout': (start) => {
    const messages = [appended({ term: 9, match: 1 }), requestVote({ term: 9, lastTerm: 0 })];
    for (const message of messages) {
      for (const s1 of [start().asPreCandidate(), start().asCandidate(), start().asLeader()]) {
        s1.nowMs = 1_000;
        expect(s1.receives(message).timers).toContainEqual(untilElection);
      }
    }
  },

  'a new leader waits for no election, and keeps up its heartbeats': (start) => {
    const s1 = start().asLeader();
    expect(s1.timers).toEqual([{ type: 'clearTimer', timer: 'election' }, untilHeartbeat]);
    expect(s1.beats().timers).toEqual([untilHeartbeat]);
  },

  'every follower hears from its leader with each heartbeat (§5.2)': (start) => {
    const s1 = start({ voters: ['S1', 'S2'], learners: ['S3'] })
      .asServing()
      .beats();
    expect(s1.sends).toMatchObject([
      { to: 'S2', message: { term: 2, prevLogIndex: 2, prevLogTerm: 2, entries: [] } },
      { to: 'S3', message: { term: 2, prevLogIndex: 2, prevLogTerm: 2, entries: [] } },
    ]);
  },

  'a heartbeat does not wait for what is still being written': (start) => {
    const s1 = start().asServing().isAsked(1);
    const writing = s1.context.writeNumber;
    for (const { awaits } of s1.beats().sends) expect(awaits).toBeLessThan(writing);
  },
};

runCases(import.meta.filename, 'Timers (§5.2)', timers);
