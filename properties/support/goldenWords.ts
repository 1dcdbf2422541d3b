/**
 * The words of a golden script's trace: what has changed of a server, and what it says, in the
 * terms of Figure 2. `3:1` is the entry at index 3, of term 1.
 */
import type { ServerId } from '../../machines/entry.js';
import type { LogBase } from '../../machines/log.js';
import type { Message } from '../../machines/messages.js';
import type { Stage } from './stage.js';

/** What a script shows of a server. */
export interface View {
  readonly role: string;
  readonly term: number;
  readonly votedFor: ServerId | undefined;
  /** The terms of its entries; `[3]` stands for a snapshot of those up to 3. */
  readonly log: string;
  readonly commit: number;
  /** The commands that its state machine was fed, all of them. */
  readonly applied: readonly string[];
}

/** Roles as a reader calls them. */
const roleNames: Readonly<Record<string, string>> = {
  preCandidate: 'pre-candidate',
  'candidate campaigning': 'candidate',
  'candidate lost': 'candidate that cannot win',
  'leader establishing': 'leader',
  'leader serving': 'serving leader',
  'leader transferring': 'leader that hands over',
};

export function viewOf(stage: Stage, applied: readonly string[]): View {
  const { context, value } = stage;
  const state = typeof value === 'string' ? value : Object.entries(value)[0]!.join(' ');
  const { base } = context.log;
  return {
    role: roleNames[state] ?? state,
    term: context.currentTerm,
    votedFor: context.votedFor,
    log: [...(base.index > 0 ? [`[${base.index}]`] : []), ...stage.logTerms].join(' '),
    commit: context.commitIndex,
    applied,
  };
}

/** What is another now, in one line; empty if nothing is. */
export function changes(before: View | undefined, after: View): string {
  const { role, term, votedFor, log, commit, applied } = after;
  const said: string[] = [];
  if (role !== before?.role) said.push(role);
  if (term !== before?.term) said.push(`term ${term}`);
  if (votedFor !== before?.votedFor && votedFor !== undefined) said.push(`votedFor ${votedFor}`);
  if (log !== before?.log) said.push(`log ${log}`);
  if (commit !== (before?.commit ?? 0)) said.push(`commit ${commit}`);
  const known = before?.applied ?? [];
  if (applied === known) return said.join(', ');
  const isMore = known.every((command, at) => command === applied[at]);
  const fresh = isMore ? applied.slice(known.length) : applied;
  if (fresh.length > 0) said.push(`${isMore ? 'applies' : 'state'} ${fresh.join(' ')}`);
  return said.join(', ');
}

/** A place in the log. */
export function place({ index, term }: Pick<LogBase, 'index' | 'term'>): string {
  return `${index}:${term}`;
}

/** A message, with what matters of it. */
export function wordsOf(message: Message): string {
  return `${message.type} ${[`term ${message.term}`, ...details(message)].join(', ')}`;
}

function details(message: Message): readonly string[] {
  switch (message.type) {
    case 'PreVoteRequest':
      return [lastEntry(message)];
    case 'RequestVoteRequest':
      return [lastEntry(message), ...(message.isTransfer ? ['the leader wants it'] : [])];
    case 'PreVoteResponse':
      return [`${message.voteGranted ? 'granted' : 'refused'} for term ${message.forTerm}`];
    case 'RequestVoteResponse':
      return [message.voteGranted ? 'granted' : 'refused'];
    case 'AppendEntriesRequest':
      return appendDetails(message);
    case 'AppendEntriesResponse':
      return [...answerDetails(message), ...round(message)];
    case 'InstallSnapshotRequest':
      return [
        `snapshot ${place(message.base)}`,
        `offset ${message.offset}`,
        ...(message.isLast ? ['done'] : []),
      ];
    case 'InstallSnapshotResponse':
      return message.isInstalled
        ? [`has all up to ${message.baseIndex}`]
        : [`wants offset ${message.offset}`];
    default:
      return [];
  }
}

type Of<T extends Message['type']> = Extract<Message, { type: T }>;

function appendDetails(message: Of<'AppendEntriesRequest'>): readonly string[] {
  const { prevLogIndex, prevLogTerm, entries, leaderCommit } = message;
  return [
    `prev ${prevLogIndex}:${prevLogTerm}`,
    ...(entries.length > 0 ? [`entries ${entries.map(place).join(' ')}`] : []),
    `commit ${leaderCommit}`,
    ...round(message),
  ];
}

function answerDetails(message: Of<'AppendEntriesResponse'>): readonly string[] {
  const { success, matchIndex, conflictTerm, conflictIndex } = message;
  if (success) return [`success, match ${matchIndex}`];
  return conflictTerm === 0
    ? [`failure at ${matchIndex}, its log ends at ${conflictIndex - 1}`]
    : [`failure at ${matchIndex}, there is term ${conflictTerm} from ${conflictIndex} on`];
}

function lastEntry({ lastLogIndex, lastLogTerm }: Of<'PreVoteRequest' | 'RequestVoteRequest'>) {
  return `last entry ${lastLogIndex}:${lastLogTerm}`;
}

function round(message: { readonly round: number }): readonly string[] {
  return message.round > 0 ? [`round ${message.round}`] : [];
}
