/**
 * Tests the tests: takes each part of each role's table away in turn (a line, its guard, an action,
 * the change of state, what is done on entry and on exit) and asks that some case of the other
 * files then fails. A part that no case misses is either untested or not needed.
 */
import { describe, expect, it } from 'vitest';
import type { Cases } from '../properties/support/cases.js';
import { type Given, Stage, type Start } from '../properties/support/stage.js';
import { backTracking } from './backTracking.test.js';
import { candidate } from './candidate.js';
import { commitment } from './commitment.test.js';
import { initialContext } from './context.js';
import { durability } from './durability.test.js';
import { election } from './election.test.js';
import { follower } from './follower.js';
import { following } from './following.test.js';
import { leader } from './leader.js';
import { membership } from './membership.test.js';
import { preCandidate } from './preCandidate.js';
import { preVotes } from './preVote.test.js';
import { dropStale, raft, updateTerm } from './raft.js';
import { reads } from './reads.test.js';
import { replication } from './replication.test.js';
import type { Role, server } from './server.js';
import { terms } from './terms.test.js';
import { timers } from './timers.test.js';
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
    'RequestVoteResponse line 2 (isStale ignore)': ignored,
    'RequestVoteResponse line 2, guard isStale': ignored,
    'AppendEntriesResponse line 2 (isStale ignore)': ignored,
    'AppendEntriesResponse line 2, guard isStale': ignored,
  },
  candidate: {
    'AppendEntriesRequest line 1 (isNewerTerm to follower updateTerm readAgain)': followerKnows,
    'PreVoteResponse line 2 (else ignore)': ignored,
    'AppendEntriesResponse line 2 (isStale ignore)': ignored,
    'AppendEntriesResponse line 2, guard isStale': ignored,
  },
  leader: {
    'RequestVoteResponse line 2 (else ignore)': ignored,
    'PreVoteResponse line 2 (else ignore)': ignored,
  },
};

interface Line {
  readonly guard?: string;
  readonly target?: string;
  readonly reenter?: boolean;
  readonly actions?: string | readonly string[];
}

/** What the tables of the roles are made of. */
interface State {
  readonly entry?: string;
  readonly exit?: string;
  readonly always?: string | Line | readonly Line[];
  readonly on?: Readonly<Record<string, string | Line | readonly Line[]>>;
  readonly initial?: string;
  readonly states?: Readonly<Record<string, State>>;
}

/** A table that lacks something. */
interface Mutant<T> {
  /** What is missing. */
  readonly lacks: string;
  readonly rest: T;
}

const roles: Readonly<Record<Role, State>> = { follower, preCandidate, candidate, leader };

function* withoutOnePart(state: State, path = ''): Generator<Mutant<State>> {
  const { entry, exit, always = [], on = {}, states = {} } = state;
  if (entry !== undefined) {
    yield { lacks: `${path}entry ${entry}`, rest: { ...state, entry: undefined } };
  }
  if (exit !== undefined) {
    yield { lacks: `${path}exit ${exit}`, rest: { ...state, exit: undefined } };
  }
  for (const { lacks, rest } of withoutOneLine(linesOf(always))) {
    yield { lacks: `${path}always ${lacks}`, rest: { ...state, always: rest } };
  }
  for (const [event, lines] of Object.entries(on)) {
    for (const { lacks, rest } of withoutOneLine(linesOf(lines))) {
      yield { lacks: `${path}${event} ${lacks}`, rest: { ...state, on: { ...on, [event]: rest } } };
    }
  }
  for (const [name, child] of Object.entries(states)) {
    for (const { lacks, rest } of withoutOnePart(child, `${path}${name}: `)) {
      yield { lacks, rest: { ...state, states: { ...states, [name]: rest } } };
    }
  }
}

function* withoutOneLine(lines: readonly Line[]): Generator<Mutant<readonly Line[]>> {
  for (const [i, line] of lines.entries()) {
    const number = `line ${i + 1}`;
    yield { lacks: `${number} (${summary(line)})`, rest: lines.toSpliced(i, 1) };
    for (const { lacks, rest } of withoutOneWord(line)) {
      // What a shared line does besides is asked of all the roles at once, below.
      if (isShared(line) && rest.guard === line.guard) continue;
      yield { lacks: `${number}, ${lacks}`, rest: lines.toSpliced(i, 1, rest) };
    }
  }
}

function* withoutOneWord(line: Line): Generator<Mutant<Line>> {
  const actions = [line.actions ?? []].flat() as string[];
  if (line.guard !== undefined) {
    yield { lacks: `guard ${line.guard}`, rest: { ...line, guard: undefined } };
  }
  if (line.target !== undefined) {
    yield { lacks: `target ${line.target}`, rest: { ...line, target: undefined } };
  }
  if (line.reenter !== undefined) {
    yield { lacks: 'reenter', rest: { ...line, reenter: undefined } };
  }
  for (const [i, action] of actions.entries()) {
    if (action === 'ignore') continue; // To do nothing is as good as no action.
    yield { lacks: `action ${action}`, rest: { ...line, actions: actions.toSpliced(i, 1) } };
  }
}

function isShared(line: unknown): boolean {
  return line === updateTerm || line === dropStale;
}

function linesOf(lines: string | Line | readonly Line[]): readonly Line[] {
  if (typeof lines === 'string') return [{ target: lines }];
  return [lines].flat() as Line[];
}

function summary({ guard, target, actions }: Line): string {
  return [guard ?? 'else', target && `to ${target}`, actions].flat().filter(Boolean).join(' ');
}

/** The server with other tables for some of its roles. One that would step for ever fails. */
function serverWith(others: Partial<Record<Role, State>>): typeof server {
  return raft.createMachine({
    id: 'raft',
    initial: 'follower',
    context: initialContext,
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
  terms,
  timers,
  following,
  replication,
  commitment,
  reads,
  durability,
  membership,
  backTracking,
];
const cases = topics.flatMap((topic) => Object.values(topic));

function isMissed(machine: typeof server): boolean {
  const start: Start = (given?: Given) => new Stage(given, machine);
  return cases.some((play) => {
    try {
      play(start);
      return false;
    } catch {
      return true;
    }
  });
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

  it('in the line that all of them share', () => {
    const mutants = [...withoutOneWord(updateTerm)];
    const survivors = mutants.filter(
      ({ rest }) => !isMissed(serverWith(withOtherUpdateTerm(rest))),
    );
    expect(mutants).toHaveLength(4);
    expect(survivors).toEqual([]);
  });
});
