/**
 * Commitment: what a leader may call committed, and when its followers hear of it (§5.3, §5.4.2,
 * Figure 8).
 */
import { expect } from 'vitest';
import { type Cases, runCases } from '../properties/support/cases.js';
import { converse } from '../properties/support/conversation.js';
import { appendEntries, appended, conflicted, fiveServers } from '../properties/support/script.js';
import type { Stage } from '../properties/support/stage.js';

const holds = (s1: Stage, from: string, match: number) =>
  s1.receives(appended({ from, term: s1.context.currentTerm, match }));

const applies = (s1: Stage) => s1.effects.filter((effect) => effect.type === 'apply');

const byMajority: Cases = {
  'what a majority holds is committed, and applied (§5.3)': (start) => {
    const s1 = start({ voters: fiveServers }).asLeader().saves();
    holds(s1, 'S2', 2);
    expect(applies(s1)).toEqual([]);
    holds(s1, 'S3', 2);
    expect(applies(s1)).toEqual([{ type: 'apply', commitIndex: 2 }]);
    expect(s1.context.commitIndex).toBe(2);
  },

  'the leader counts itself once its own disk holds the entry, and not before': (start) => {
    const s1 = start().asServing().isAsked(1);
    expect(s1.context.commitIndex).toBe(2);
    holds(s1, 'S2', 3);
    expect(s1.context.commitIndex).toBe(2);
    s1.saves();
    expect(applies(s1)).toEqual([{ type: 'apply', commitIndex: 3 }]);
  },

  'the others are a majority without it': (start) => {
    const s1 = start().asServing().isAsked(1);
    holds(s1, 'S2', 3);
    holds(s1, 'S3', 3);
    expect(s1.context.commitIndex).toBe(3);
  },

  'a server that is alone commits what its own disk holds': (start) => {
    const s1 = start({ voters: ['S1'] })
      .timesOut()
      .saves();
    expect(s1.context.commitIndex).toBe(0);
    s1.saves();
    expect(s1.context.commitIndex).toBe(2);
    s1.isAsked(1, 1);
    expect(s1.context.commitIndex).toBe(2);
    expect(applies(s1.saves())).toEqual([{ type: 'apply', commitIndex: 4 }]);
  },

  'one server that holds it twice is one server': (start) => {
    const s1 = start({ voters: fiveServers }).asLeader().saves();
    holds(s1, 'S2', 2);
    holds(s1, 'S2', 2);
    expect(s1.context.commitIndex).toBe(0);
  },

  'what is committed stays committed, whatever comes late': (start) => {
    const s1 = start().asServing().isAsked(1).isReplicated();
    expect(s1.context.commitIndex).toBe(3);
    holds(s1, 'S2', 1);
    s1.saves(1);
    expect(s1.context.commitIndex).toBe(3);
    expect(applies(s1)).toEqual([]);
  },

  'a refusal commits nothing': (start) => {
    const s1 = start().asLeader().saves();
    s1.receives(conflicted({ term: 2, prevIndex: 2, conflictTerm: 0, conflictIndex: 2 }));
    expect(s1.context.commitIndex).toBe(0);
  },
};

const ofItsTerm: Cases = {
  'an entry of an older term is not committed by counting who holds it (§5.4.2)': (start) => {
    const s1 = start({ voters: fiveServers, log: [1, 2], term: 3 }).asLeader();
    s1.saves();
    for (const from of s1.others) holds(s1, from, 2);
    expect(s1.context.commitIndex).toBe(0);
  },

  'it is committed with the first entry of the leader’s own term (§5.4.2)': (start) => {
    const s1 = start({ voters: fiveServers, log: [1, 2], term: 3 })
      .asLeader()
      .saves();
    holds(s1, 'S2', 3);
    holds(s1, 'S3', 3);
    expect(applies(s1)).toEqual([{ type: 'apply', commitIndex: 3 }]);
  },

  'what a majority holds may still be overwritten, unless it is committed (Figure 8, c and d)': (
    start,
  ) => {
    const voters = fiveServers;
    const s1 = start({ id: 'S1', voters, log: [1, 2], term: 3 })
      .asLeader()
      .saves();
    const s2 = start({ id: 'S2', voters, log: [1, 2] });
    const s3 = start({ id: 'S3', voters, log: [1] });
    s3.receives(appendEntries({ from: 'S1', term: 4, prevIndex: 1, prevTerm: 1, terms: [2] }));
    holds(s1, 'S2', 2);
    holds(s1, 'S3', 2);
    expect(s1.context.commitIndex).toBe(0);

    const s5 = start({ id: 'S5', voters, log: [1, 3], term: 4 }).asLeader();
    converse(s5, s2, s3);
    for (const server of [s2, s3, s5]) expect(server.logTerms).toEqual([1, 3, 5]);
  },

  'once an entry of its term is on a majority, nobody without it can win (Figure 8, e)': (
    start,
  ) => {
    const voters = fiveServers;
    const s1 = start({ id: 'S1', voters, log: [1, 2], term: 3 }).asLeader();
    const s2 = start({ id: 'S2', voters, log: [1, 2] });
    const s3 = start({ id: 'S3', voters, log: [1] });
    converse(s1, s2, s3);
    expect(s1.context.commitIndex).toBe(3);

    const s5 = start({ id: 'S5', voters, log: [1, 3], term: 4 }).asCandidate();
    for (const server of [s1, s2, s3]) server.nowMs = 1_000;
    converse(s5, s1, s2, s3);
    expect(s5.value).toEqual({ candidate: 'lost' });
    for (const server of [s1, s2, s3]) expect(server.logTerms).toEqual([1, 2, 4]);
  },

  'a write of before its term, though it ends late, is not credited': (start) => {
    const s1 = start();
    s1.receives(appendEntries({ term: 1, prevIndex: 1, prevTerm: 1, terms: [1, 1, 1, 1] }));
    const long = s1.context.writeNumber;
    s1.receives(appendEntries({ from: 'S3', term: 2, prevIndex: 1, prevTerm: 1, terms: [2] }));
    s1.nowMs = 1_000;
    s1.asCandidate();
    for (const from of s1.others) {
      s1.receives({ type: 'RequestVoteResponse', from, term: 3, voteGranted: true, atMs: 0 });
    }
    expect(s1.logTerms).toEqual([1, 2, 3]);
    s1.saves(long);
    expect(s1.context.leadership!.durableIndex).toBe(0);
    holds(s1, 'S2', 3);
    expect(s1.context.commitIndex).toBe(0);
    s1.saves();
    expect(s1.context.commitIndex).toBe(3);
  },

  'a leader serves once its no-op is committed (§8)': (start) => {
    const s1 = start().asLeader();
    expect(s1.value).toEqual({ leader: 'establishing' });
    s1.saves();
    expect(s1.value).toEqual({ leader: 'establishing' });
    holds(s1, 'S2', 1);
    expect(s1.value).toEqual({ leader: 'establishing' });
    holds(s1, 'S2', 2);
    expect(s1.value).toEqual({ leader: 'serving' });
  },
};

const telling: Cases = {
  'followers hear of a commit with the next heartbeat, which is pulled forward once': (start) => {
    const soon = { type: 'setTimer', timer: 'heartbeat', minMs: 10, maxMs: 10 };
    const s1 = start().asLeader().saves();
    expect(holds(s1, 'S2', 2).timers).toEqual([soon]);
    s1.beats().isAsked(1).isAsked(1).saves();
    holds(s1, 'S2', 3);
    expect(s1.timers).toEqual([soon]);
    holds(s1, 'S2', 4);
    expect(s1.context.commitIndex).toBe(4);
    expect(s1.timers).toEqual([]);

    s1.beats();
    for (const { message } of s1.sent('AppendEntriesRequest')) {
      expect(message).toMatchObject({ leaderCommit: 4, entries: [] });
    }
    expect(s1.timers).toEqual([{ ...soon, minMs: 50, maxMs: 50 }]);
    s1.beats().isAsked(1).saves();
    holds(s1, 'S3', 5);
    expect(s1.timers).toEqual([soon]);
  },

  'entries that go out tell of the commits before them': (start) => {
    const s1 = start().asServing().isAsked(1);
    expect(s1.sends).toMatchObject([
      { message: { leaderCommit: 2, entries: [{ index: 3 }] } },
      { message: { leaderCommit: 2, entries: [{ index: 3 }] } },
    ]);
  },

  'in the end everybody has committed the same (§5.3)': (start) => {
    const s1 = start().asLeader();
    const s2 = start({ id: 'S2' });
    const s3 = start({ id: 'S3' });
    converse(s1, s2, s3);
    converse(s1.isAsked(1, 2, 3), s2, s3);
    converse(s1.beats(), s2, s3);
    for (const server of [s1, s2, s3]) {
      expect(server.logTerms).toEqual([1, 2, 2, 2, 2]);
      expect(server.context.commitIndex).toBe(5);
    }
  },
};

export const commitment: Cases = { ...byMajority, ...ofItsTerm, ...telling };

runCases(import.meta.filename, 'Commitment (§5.3, §5.4)', commitment);
