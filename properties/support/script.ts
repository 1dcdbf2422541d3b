/**
 * The script of a protocol test: logs written as the paper draws them, by the terms of their
 * entries, and messages with no more said than matters to the test.
 */
import { configuration, encodeConfiguration, type Member } from '../../machines/configuration.js';
import type { Snapshot } from '../../machines/context.js';
import { type Entry, type EntryKind, proposal, type ServerId } from '../../machines/entry.js';
import type { LogBase } from '../../machines/log.js';
import type {
  AppendEntriesRequest,
  AppendEntriesResponse,
  InstallSnapshotRequest,
  InstallSnapshotResponse,
  PreVoteRequest,
  PreVoteResponse,
  RequestVoteRequest,
  RequestVoteResponse,
  TimeoutNowRequest,
} from '../../machines/messages.js';

export const threeServers: readonly ServerId[] = ['S1', 'S2', 'S3'];
export const fiveServers: readonly ServerId[] = ['S1', 'S2', 'S3', 'S4', 'S5'];

/**
 * An entry whose bytes tell where it is from; every server that is given the same place and term
 * gets the same.
 */
export function entry(
  index: number,
  term: number,
  bytes: Uint8Array = Uint8Array.of(index % 256, term),
  kind: EntryKind = 'command',
): Entry {
  return { ...proposal(kind, bytes), index, term, stampMs: index };
}

/** The members of a configuration, learners last. */
export function members(voters: readonly ServerId[], learners: readonly ServerId[] = []): Member[] {
  const member = (role: Member['role']) => (id: ServerId) => ({
    id,
    storeId: '',
    address: '',
    role,
  });
  return [...voters.map(member('voter')), ...learners.map(member('learner'))];
}

/** An entry that holds a configuration; with `outgoing`, a joint one (§6). */
export function configurationEntry(
  index: number,
  term: number,
  to: readonly Member[],
  outgoing: readonly Member[] = [],
): Entry {
  return entry(index, term, encodeConfiguration({ members: to, outgoing }), 'configuration');
}

/**
 * A log as the paper draws it. Its first entry is the configuration that the cluster was founded
 * with; its last may be another one.
 */
export function logOfTerms(
  terms: readonly number[],
  founders: readonly Member[] = members(threeServers),
  last?: { to: readonly Member[]; outgoing?: readonly Member[] },
): readonly Entry[] {
  return entriesAfter(0, terms).map((e) => {
    if (e.index === 1) return configurationEntry(1, e.term, founders);
    if (e.index < terms.length || last === undefined) return e;
    return configurationEntry(e.index, e.term, last.to, last.outgoing);
  });
}

/** Entries of these terms, the first just after `prevIndex`. */
export function entriesAfter(prevIndex: number, terms: readonly number[]): Entry[] {
  return terms.map((term, i) => entry(prevIndex + 1 + i, term));
}

/** The place of the entry of that index and term in a log, which a snapshot covers. */
export function logBase(index: number, term: number): LogBase {
  return { index, term, stampMs: index };
}

/** A snapshot up to the entry of that index and term, and these voters. */
export function snapshotAt(
  index: number,
  term: number,
  voters: readonly ServerId[] = threeServers,
): Snapshot {
  return { base: logBase(index, term), configuration: configuration(1, members(voters)) };
}

interface Sender {
  readonly from?: ServerId;
  readonly term: number;
}

interface Candidacy extends Sender {
  readonly lastIndex?: number;
  readonly lastTerm?: number;
}

/** The sender, unless a test names another. */
const somebody: ServerId = 'S2';

/** By default from S2, whose log is longer than any in these tests. */
export function requestVote(said: Candidacy & { isTransfer?: boolean }): RequestVoteRequest {
  const { from = somebody, term, lastIndex = 100, lastTerm = 100, isTransfer = false } = said;
  return {
    type: 'RequestVoteRequest',
    from,
    atMs: 0,
    term,
    lastLogIndex: lastIndex,
    lastLogTerm: lastTerm,
    isTransfer,
  };
}

/** By default from S2, whose log is longer than any in these tests. */
export function requestPreVote(said: Candidacy): PreVoteRequest {
  const { from = somebody, term, lastIndex = 100, lastTerm = 100 } = said;
  return {
    type: 'PreVoteRequest',
    from,
    atMs: 0,
    term,
    lastLogIndex: lastIndex,
    lastLogTerm: lastTerm,
  };
}

export function vote(said: Sender & { granted: boolean }): RequestVoteResponse {
  const { from = somebody, term, granted } = said;
  return { type: 'RequestVoteResponse', from, atMs: 0, term, voteGranted: granted };
}

export function preVote(said: Sender & { forTerm: number; granted: boolean }): PreVoteResponse {
  const { from = somebody, term, forTerm, granted } = said;
  return { type: 'PreVoteResponse', from, atMs: 0, term, forTerm, voteGranted: granted };
}

interface Appending extends Sender {
  readonly prevIndex?: number;
  readonly prevTerm?: number;
  /** The entries by their terms, or themselves. */
  readonly terms?: readonly number[];
  readonly entries?: readonly Entry[];
  readonly commit?: number;
  readonly round?: number;
  readonly sentMs?: number;
}

/** By default from S2, from the log's very beginning, empty, and committing nothing. */
export function appendEntries(said: Appending): AppendEntriesRequest {
  const { from = somebody, term, prevIndex = 0, prevTerm = 0, terms = [], commit = 0 } = said;
  return {
    type: 'AppendEntriesRequest',
    from,
    atMs: 0,
    term,
    prevLogIndex: prevIndex,
    prevLogTerm: prevTerm,
    entries: said.entries ?? entriesAfter(prevIndex, terms),
    leaderCommit: commit,
    round: said.round ?? 0,
    sentMs: said.sentMs ?? 0,
  };
}

/** A success: the sender holds what the leader holds, up to `match`. */
export function appended(
  said: Sender & { match: number; round?: number; sentMs?: number },
): AppendEntriesResponse {
  return { ...answerTo(said), success: true, matchIndex: said.match };
}

interface Refusing extends Sender {
  readonly prevIndex: number;
  readonly conflictTerm: number;
  readonly conflictIndex: number;
  readonly round?: number;
}

/** A refusal: at `prevIndex` the sender has an entry of `conflictTerm`, or none (0). */
export function conflicted(said: Refusing): AppendEntriesResponse {
  const { prevIndex, conflictTerm, conflictIndex } = said;
  return { ...answerTo(said), success: false, matchIndex: prevIndex, conflictTerm, conflictIndex };
}

function answerTo(
  said: Sender & { round?: number; sentMs?: number },
): Omit<AppendEntriesResponse, 'success'> {
  return {
    type: 'AppendEntriesResponse',
    from: said.from ?? somebody,
    atMs: 0,
    term: said.term,
    matchIndex: 0,
    conflictTerm: 0,
    conflictIndex: 0,
    round: said.round ?? 0,
    sentMs: said.sentMs ?? 0,
    configurationIndex: 1,
  };
}

interface Installing extends Sender {
  /** The last entry that the snapshot covers: its index and term. */
  readonly index: number;
  readonly entryTerm?: number;
  readonly offset?: number;
  /** How many bytes it carries. */
  readonly length?: number;
  readonly isLast?: boolean;
  readonly sentMs?: number;
}

/** A piece of a snapshot; by default of ten bytes, the first, and not the last. */
export function installSnapshot(said: Installing): InstallSnapshotRequest {
  const { from = somebody, term, index, entryTerm = 1, offset = 0, length = 10 } = said;
  return {
    type: 'InstallSnapshotRequest',
    from,
    atMs: 0,
    term,
    base: logBase(index, entryTerm),
    offset,
    bytes: new Uint8Array(length),
    isLast: said.isLast ?? false,
    sentMs: said.sentMs ?? 0,
  };
}

/** The sender wants the bytes from `offset` on; or, without one, has all that is covered. */
export function installed(
  said: Sender & { index: number; offset?: number; sentMs?: number },
): InstallSnapshotResponse {
  return {
    type: 'InstallSnapshotResponse',
    from: said.from ?? somebody,
    atMs: 0,
    term: said.term,
    baseIndex: said.index,
    offset: said.offset ?? 0,
    isInstalled: said.offset === undefined,
    sentMs: said.sentMs ?? 0,
  };
}

export function timeoutNow({ from = somebody, term }: Sender): TimeoutNowRequest {
  return { type: 'TimeoutNowRequest', from, atMs: 0, term };
}
