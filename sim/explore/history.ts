/**
 * What has happened on the way to a world, as far as the laws ask for it, and how much of what the
 * bounds allow was spent. raft.tla calls these history variables: no server knows them.
 */
import type { ServerId } from '../../machines/entry.js';
import { roleOf, type ServerSnapshot } from '../../machines/server.js';

/** An election that was won. */
export interface Election {
  readonly term: number;
  readonly server: ServerId;
}

/** An entry that some server took for committed. */
export interface Commit {
  readonly index: number;
  readonly term: number;
  /** The lowest term of a server that did. */
  readonly inTerm: number;
}

/** How often the world did what it may do only so often. */
export interface Spent {
  readonly requests: number;
  readonly crashes: number;
  readonly duplicates: number;
  readonly drops: number;
  readonly stepDowns: number;
}

export interface History {
  /** By term, then server. */
  readonly elections: readonly Election[];
  /** By index, then term. */
  readonly commits: readonly Commit[];
  readonly spent: Spent;
}

export const noHistory: History = {
  elections: [],
  commits: [],
  spent: { requests: 0, crashes: 0, duplicates: 0, drops: 0, stepDowns: 0 },
};

/** What a step adds to history: an election, and entries that a server takes for committed. */
export interface Deeds {
  readonly election: Election | undefined;
  readonly commits: readonly Commit[];
}

/** Undefined where the step adds nothing. */
export function deedsOf(before: ServerSnapshot, after: ServerSnapshot): Deeds | undefined {
  const { id, currentTerm, commitIndex, log } = after.context;
  const isElected = roleOf(after) === 'leader' && roleOf(before) !== 'leader';
  const election = isElected ? { term: currentTerm, server: id } : undefined;
  const commits: Commit[] = [];
  for (let index = before.context.commitIndex + 1; index <= commitIndex; index++) {
    // A snapshot brings what somebody else has taken for committed before.
    const term = log.termAt(index);
    if (term !== undefined) commits.push({ index, term, inTerm: currentTerm });
  }
  return isElected || commits.length > 0 ? { election, commits } : undefined;
}

/** What servers amid their work know of history: who leads, and what is committed. */
export function historyKnownTo(snapshots: readonly ServerSnapshot[]): History {
  return snapshots.reduce((history, snapshot) => {
    const { id: server, currentTerm: term, commitIndex, log, leadership } = snapshot.context;
    const commits: Commit[] = [];
    for (let index = log.firstIndex; index <= commitIndex; index++) {
      commits.push({ index, term: log.termAt(index)!, inTerm: term });
    }
    return withDeeds(history, { election: leadership && { term, server }, commits });
  }, noHistory);
}

/** History with more in it. */
export function withDeeds(history: History, { election, commits }: Deeds): History {
  let { elections, commits: known } = history;
  if (election !== undefined) {
    const { term, server } = election;
    const isKnown = elections.some((e) => e.term === term && e.server === server);
    if (!isKnown) elections = [...elections, election].sort(byTerm);
  }
  for (const commit of commits) known = withCommit(known, commit);
  return { ...history, elections, commits: known };
}

/** History in which something happened once more. */
export function withSpent(history: History, what: keyof Spent): History {
  const { spent } = history;
  return { ...history, spent: { ...spent, [what]: spent[what] + 1 } };
}

function withCommit(known: readonly Commit[], commit: Commit): readonly Commit[] {
  const { index, term, inTerm } = commit;
  const same = known.find((c) => c.index === index && c.term === term);
  if (same !== undefined && same.inTerm <= inTerm) return known;
  return [...known.filter((c) => c !== same), commit].sort(byIndex);
}

function byTerm(a: Election, b: Election): number {
  return a.term - b.term || (a.server < b.server ? -1 : 1);
}

function byIndex(a: Commit, b: Commit): number {
  return a.index - b.index || a.term - b.term;
}
