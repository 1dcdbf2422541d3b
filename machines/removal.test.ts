/**
 * Tests the tests: takes each part of each role's table away in turn (a line, its guard, an action,
 * the change of state, what is done on entry and on exit) and asks that some case of the other
 * files then fails. A part that no case misses is either untested or not needed.
 */
import { describe, expect, it } from 'vitest';
import type { Cases } from '../properties/support/cases.js';
import {
  type Line,
  linesOf,
  type State,
  withoutOnePart,
  withoutOneWord,
} from '../properties/support/chartMutants.js';
import { type Given, Stage, type Start } from '../properties/support/stage.js';
import { backTracking } from './backTracking.test.js';
import { candidate } from './candidate.js';
import { checkQuorum } from './checkQuorum.test.js';
import { commitment } from './commitment.test.js';
import { initialContext } from './context.js';
import { diskConditions } from './diskConditions.test.js';
import { durability } from './durability.test.js';
import { election } from './election.test.js';
import { follower } from './follower.js';
import { following } from './following.test.js';
import { installSnapshots } from './installSnapshot.test.js';
import { leader } from './leader.js';
import { leases } from './leases.test.js';
import { membership } from './membership.test.js';
import { preCandidate } from './preCandidate.js';
import { preVotes } from './preVote.test.js';
import { raft, updateTerm } from './raft.js';
import { reads } from './reads.test.js';
import { replication } from './replication.test.js';
import { sendingSnapshots } from './sendingSnapshots.test.js';
import { type Role, server } from './server.js';
import { snapshotPieces } from './snapshotPieces.test.js';
import { snapshots } from './snapshots.test.js';
import { stickiness } from './stickiness.test.js';
import { takingOver } from './takingOver.test.js';
import { terms } from './terms.test.js';
import { timers } from './timers.test.js';
import { transfers } from './transfer.test.js';
import { votes } from './votes.test.js';

const ignored = 'an event without a line is ignored, too';
const followerKnows =
  'the last line leads to the follower, which adopts the term as it reads again';

/** The parts that may go without any case failing, and why. They are there to be read. */
const notNeeded: Readonly<Record<Role, Readonly<Record<string, string>>>> = {
  follower: {},
  preCandidate: {
    'PreVoteResponse line 3 (else ignore)': ignored,
    'AppendEntriesRequest line 1 (isNewerTerm to follower updateTerm readAgain)': followerKnows,
    'InstallSnapshotRequest line 1 (isNewerTerm to follower updateTerm readAgain)': followerKnows,
    'RequestVoteResponse line 2 (isStale ignore)': ignored,
    'RequestVoteResponse line 2, guard isStale': ignored,
    'AppendEntriesResponse line 2 (isStale ignore)': ignored,
    'AppendEntriesResponse line 2, guard isStale': ignored,
    'InstallSnapshotResponse line 2 (isStale ignore)': ignored,
    'InstallSnapshotResponse line 2, guard isStale': ignored,
    'TimeoutNowRequest line 2 (else ignore)': ignored,
  },
  candidate: {
    'AppendEntriesRequest line 1 (isNewerTerm to follower updateTerm readAgain)': followerKnows,
    'InstallSnapshotRequest line 1 (isNewerTerm to follower updateTerm readAgain)': followerKnows,
    'PreVoteResponse line 2 (else ignore)': ignored,
    'AppendEntriesResponse line 2 (isStale ignore)': ignored,
    'AppendEntriesResponse line 2, guard isStale': ignored,
    'InstallSnapshotResponse line 2 (isStale ignore)': ignored,
    'InstallSnapshotResponse line 2, guard isStale': ignored,
    'TimeoutNowRequest line 2 (else ignore)': ignored,
  },
  leader: {
    'RequestVoteResponse line 2 (else ignore)': ignored,
    'PreVoteResponse line 2 (else ignore)': ignored,
    'TimeoutNowRequest line 2 (else ignore)': ignored,
  },
};

const roles: Readonly<Record<Role, State>> = { follower, preCandidate, candidate, leader };

/** What a server does in every role. */
const everyRole = server.config as unknown as State;

/** The server with other tables for some of its roles. One that would step for ever fails. */
function serverWith(
  others: Partial<Record<Role, State>>,
  inEveryRole: State['on'] = everyRole.on,
): typeof server {
  return raft.createMachine({
    id: 'raft',
    initial: 'follower',
    context: initialContext,
    on: inEveryRole as never,
    states: { ...roles, ...others } as never,
    options: { maxIterations: 50 },
  }) as unknown as typeof server;
}

/** Every role, with another line wherever it has `updateTerm`. */
function withOtherUpdateTerm(other: Line): Record<Role, State> {
  const inLines = (lines: string | Line | readonly Line[]) =>
    linesOf(lines).map((line) => ((line as unknown) === updateTerm ? other : line));
  const inRole = ([name, role]: [string, State]) => {
    const on = Object.entries(role.on!).map(([event, lines]) => [event, inLines(lines)]);
    return [name, { ...role, on: Object.fromEntries(on) }];
  };
  return Object.fromEntries(Object.entries(roles).map(inRole)) as Record<Role, State>;
}

const topics: readonly Cases[] = [
  election,
  preVotes,
  votes,
  stickiness,
  terms,
  timers,
  following,
  replication,
  commitment,
  reads,
  durability,
  membership,
  backTracking,
  checkQuorum,
  transfers,
  takingOver,
  leases,
  snapshots,
  sendingSnapshots,
  installSnapshots,
  snapshotPieces,
  diskConditions,
];
const cases = topics.flatMap((topic) => Object.values(topic));

function isMissed(machine: typeof server): boolean {
  const start: Start = (given?: Given) => new Stage(given, machine);
  const missing = cases.findIndex((play) => {
    try {
      play(start);
      return false;
    } catch {
      return true;
    }
  });
  if (missing < 0) return false;
  // What misses one part of a table is likely to miss the next one as well.
  cases.unshift(...cases.splice(missing, 1));
  return true;
}

describe('Every part of the tables is needed by some case', { timeout: 60_000 }, () => {
  it('which none misses while all is there', () => {
    expect(isMissed(serverWith({}))).toBe(false);
  });

  for (const role of Object.keys(roles) as Role[]) {
    it(`in the table of the ${role}`, () => {
      const mutants = [...withoutOnePart(roles[role])];
      const survivors = mutants.filter(({ rest }) => !isMissed(serverWith({ [role]: rest })));
      expect(survivors.map(({ lacks }) => lacks)).toEqual(Object.keys(notNeeded[role]));
    });
  }

  it('in the table of every role', () => {
    const mutants = [...withoutOnePart({ on: everyRole.on! })];
    const survivors = mutants.filter(({ rest }) => !isMissed(serverWith({}, rest.on)));
    expect(mutants.length).toBeGreaterThan(9);
    expect(survivors.map(({ lacks }) => lacks)).toEqual([]);
  });

  it('in the line that all of them share', () => {
    const mutants = [...withoutOneWord(updateTerm)];
    const survivors = mutants.filter(
      ({ rest }) => !isMissed(serverWith(withOtherUpdateTerm(rest))),
    );
    expect(mutants).toHaveLength(4);
    expect(survivors).toEqual([]);
  });
});
