/**
 * Back-tracking: how a leader finds where a follower's log meets its own, a term at a time (§5.3,
 * Figure 7).
 */
import * as fc from 'fast-check';
import { expect } from 'vitest';
import { type Cases, runCases } from '../properties/support/cases.js';
import { converse } from '../properties/support/conversation.js';
import { conflicted } from '../properties/support/script.js';
import type { Start } from '../properties/support/stage.js';
import type { Message } from './messages.js';

/** Figure 7: the log of the leader when it comes to power, in term 8. */
const leaderLog = [1, 1, 1, 4, 4, 5, 5, 6, 6, 6];

/** Figure 7: what a follower's log may be then, and how often it has to refuse. */
const followers: Readonly<Record<string, { log: number[]; refusals: number }>> = {
  'lacks an entry (a)': { log: [1, 1, 1, 4, 4, 5, 5, 6, 6], refusals: 1 },
  'lacks many entries (b)': { log: [1, 1, 1, 4], refusals: 1 },
  'has an entry that is not committed (c)': {
    log: [1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 6],
    refusals: 0,
  },
  'has entries of a later term (d)': {
    log: [1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 7, 7],
    refusals: 0,
  },
  'lacks entries, and has others (e)': { log: [1, 1, 1, 4, 4, 4, 4], refusals: 2 },
  'has entries of other terms (f)': { log: [1, 1, 1, 2, 2, 2, 3, 3, 3, 3, 3], refusals: 2 },
};

/** A leader meets a follower; answers what it took. */
function meet(start: Start, ofLeader: readonly number[], ofFollower: readonly number[], term = 7) {
  const leader = start({ log: ofLeader, term }).asLeader();
  const follower = start({ id: 'S2', log: ofFollower, term });
  const refusals = converse(leader, follower).filter(isRefusal).length;
  return { leader, follower, refusals };
}

const isRefusal = (message: Message) =>
  message.type === 'AppendEntriesResponse' && !message.success;

const figure7: Cases = Object.fromEntries(
  Object.entries(followers).map(([situation, { log, refusals }]) => [
    `a follower that ${situation} gets its leader’s log after ${refusals} refusals (Figure 7)`,
    (start: Start) => {
      const met = meet(start, leaderLog, log);
      expect(met.follower.logTerms).toEqual([...leaderLog, 8]);
      expect(met.leader.context.commitIndex).toBe(11);
      expect(met.refusals).toBe(refusals);
    },
  ]),
);

/**
 * Two logs that can come about: each term extends some earlier log, cut off somewhere, so that Log
 * Matching holds.
 */
const twoLogs = fc
  .array(fc.record({ of: fc.nat(), kept: fc.nat(), added: fc.integer({ min: 1, max: 4 }) }), {
    minLength: 1,
    maxLength: 8,
    size: 'max',
  })
  .map((leaderships) => {
    const logs = [[1]];
    leaderships.forEach(({ of, kept, added }, i) => {
      const before = logs[of % logs.length]!;
      const term = i + 2;
      logs.push([...before.slice(0, 1 + (kept % before.length)), ...Array(added).fill(term)]);
    });
    return logs;
  })
  .chain((logs) => fc.tuple(fc.constantFrom(...logs), fc.constantFrom(...logs)));

const meetingPoint: Cases = {
  'goes back to its own last entry of the conflicting term, if it has that term (§5.3)': (
    start,
  ) => {
    const s1 = start({ log: leaderLog, term: 7 }).asLeader();
    s1.receives(conflicted({ term: 8, prevIndex: 10, conflictTerm: 4, conflictIndex: 4 }));
    expect(s1.answer).toMatchObject({ prevLogIndex: 5, prevLogTerm: 4 });
  },

  'goes back to before the conflicting term, if it does not have it (§5.3)': (start) => {
    const s1 = start({ log: leaderLog, term: 7 }).asLeader();
    s1.receives(conflicted({ term: 8, prevIndex: 10, conflictTerm: 3, conflictIndex: 7 }));
    expect(s1.answer).toMatchObject({ prevLogIndex: 6, prevLogTerm: 5 });
  },

  'goes back to where a short log ends (§5.3)': (start) => {
    const s1 = start({ log: leaderLog, term: 7 }).asLeader();
    s1.receives(conflicted({ term: 8, prevIndex: 10, conflictTerm: 0, conflictIndex: 5 }));
    expect(s1.answer).toMatchObject({ prevLogIndex: 4, prevLogTerm: 4 });
  },
};

const ofAllLogs: Cases = {
  'back over several terms, it takes at most one refusal for each, and one for a short log': (
    start,
  ) => {
    fc.assert(
      fc.property(twoLogs, ([ofLeader, ofFollower]) => {
        const { leader, follower, refusals } = meet(start, ofLeader, ofFollower, 20);
        expect(follower.logTerms).toEqual(leader.logTerms);
        const differing = ofFollower.filter((term, i) => term !== ofLeader[i]);
        expect(refusals).toBeLessThanOrEqual(1 + new Set(differing).size);
      }),
      { seed: 1, numRuns: 60 },
    );
  },

  'a long log of one term is crossed in one step': (start) => {
    const { follower, refusals } = meet(
      start,
      [1, ...Array<number>(500).fill(3)],
      [1, ...Array<number>(700).fill(2)],
    );
    expect(follower.logTerms.length).toBe(502);
    expect(refusals).toBe(1);
  },
};

export const backTracking: Cases = { ...figure7, ...meetingPoint };

runCases(import.meta.filename, 'Back-tracking (§5.3)', { ...backTracking, ...ofAllLogs });
