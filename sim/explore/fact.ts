/**
 * Facts: a world, told as sentences about servers. Whatever two worlds do not differ in by any
 * fact, they do not differ in for the search; and to rename servers is to rename them in each fact.
 *
 * Left out is what changes nothing that is looked for: times, rounds of reads, the numbers of
 * writes (only how far each is behind the disk counts), and the contents of entries (their index
 * and term name them, which is Log Matching).
 */
import type { ServerContext } from '../../machines/context.js';
import type { Entry, ServerId } from '../../machines/entry.js';
import type { Log } from '../../machines/log.js';
import type { Message } from '../../machines/messages.js';
import type { ServerSnapshot } from '../../machines/server.js';
import type { ExploredServer } from './exploredServer.js';
import type { History } from './history.js';

/** A sentence, and whom it is about: nobody, a server, or two of them in order. */
export interface Fact {
  readonly says: string;
  readonly of?: ServerId | undefined;
  readonly and?: ServerId | undefined;
}

/** All that is so of a server. */
export function factsOfServer(server: ExploredServer): Fact[] {
  const { snapshot, durable, writes, waiting, durableNumber } = server;
  const { context } = snapshot;
  const { id: of, currentTerm, votedFor, leaderId, commitIndex, log } = context;
  const facts: Fact[] = [
    {
      says: `${stateOf(snapshot)} of term ${currentTerm}, log ${termsOf(log)} to ${commitIndex}`,
      of,
    },
    { says: 'voted for', of, and: votedFor },
    { says: 'follows', of, and: leaderId },
  ];
  for (const and of context.votesGranted) facts.push({ says: 'has the vote of', of, and });
  for (const and of context.votesRefused) facts.push({ says: 'was refused by', of, and });
  facts.push(...factsOfOffice(context, durableNumber));
  if (writes.length === 0 && waiting.length === 0) return facts;
  const unsaved = Math.max(0, context.voteNumber - durableNumber);
  facts.push(
    { says: `has saved term ${durable.currentTerm}, log ${termsOf(durable.log)}`, of },
    {
      says: `has saved all but ${unsaved} writes of its vote, which is for`,
      of,
      and: durable.votedFor,
    },
  );
  for (const { number, currentTerm: term, votedFor: and, entries, lastIndex } of writes) {
    const place = number - durableNumber;
    facts.push({ says: `writes ${place}: ${term} ${listOf(entries)} ${lastIndex}`, of, and });
  }
  for (const { awaits, message, to: and } of waiting) {
    facts.push({ says: `holds back until ${awaits - durableNumber}: ${said(message)}`, of, and });
  }
  return facts;
}

/** A message on its way is one fact, about its sender and its receiver. */
export function factOfMessage(to: ServerId, message: Message): Fact {
  return { says: said(message), of: message.from, and: to };
}

/** What has happened. */
export function factsOfHistory({ elections, commits, spent }: History): Fact[] {
  const { requests, crashes, duplicates, drops, stepDowns } = spent;
  return [
    ...elections.map(({ term, server: of }) => ({ says: `was elected in term ${term}`, of })),
    ...commits.map(({ index, term, inTerm }) => ({
      says: `${index}@${term} was committed in term ${inTerm}`,
    })),
    { says: `spent ${requests} ${crashes} ${duplicates} ${drops} ${stepDowns}` },
  ];
}

/** What a message says, in a line without its sender and receiver. */
export function said(message: Message): string {
  const { type, term } = message;
  switch (message.type) {
    case 'PreVoteRequest':
    case 'RequestVoteRequest':
      return `${type} term ${term}, log to ${message.lastLogIndex}@${message.lastLogTerm}`;
    case 'PreVoteResponse':
      return `${type} term ${term}, ${granted(message)} for ${message.forTerm}`;
    case 'RequestVoteResponse':
      return `${type} term ${term}, ${granted(message)}`;
    case 'AppendEntriesRequest': {
      const { prevLogIndex, prevLogTerm, entries, leaderCommit } = message;
      const after = `after ${prevLogIndex}@${prevLogTerm}`;
      return `${type} term ${term}, ${after} [${listOf(entries)}], commit ${leaderCommit}`;
    }
    case 'AppendEntriesResponse': {
      const { success, matchIndex, conflictTerm, conflictIndex } = message;
      if (success) return `${type} term ${term}, match ${matchIndex}`;
      return `${type} term ${term}, no match ${matchIndex}: ${conflictIndex}@${conflictTerm}`;
    }
    default:
      return `${type} term ${term}`;
  }
}

function factsOfOffice({ id: of, leadership }: ServerContext, durableNumber: number): Fact[] {
  if (leadership === undefined) return [];
  const { noOpIndex, noOpWrite, durableIndex, progress } = leadership;
  const unsaved = Math.max(0, noOpWrite - durableNumber);
  const office = { says: `leads from ${noOpIndex}, less ${unsaved}, saved to ${durableIndex}`, of };
  const followers = Object.entries(progress).map(([and, known]) => {
    const { state, matchIndex, nextIndex, isProbed, inFlight } = known;
    const window = inFlight.map((sent) => sent.lastIndex).join(' ');
    return { says: `${state} ${matchIndex} ${nextIndex} ${isProbed} ${window}`, of, and };
  });
  return [office, ...followers];
}

function stateOf({ value }: ServerSnapshot): string {
  return typeof value === 'string' ? value : Object.entries(value).flat().join(' ');
}

/** The terms of a log, from its base on. */
function termsOf(log: Log): string {
  let terms = `${log.base.index}@${log.base.term}`;
  for (let index = log.firstIndex; index <= log.lastIndex; index++)
    terms += ` ${log.termAt(index)}`;
  return terms;
}

function listOf(entries: readonly Entry[]): string {
  return entries.map(({ index, term }) => `${index}@${term}`).join(' ');
}

function granted({ voteGranted }: { readonly voteGranted: boolean }): string {
  return voteGranted ? 'granted' : 'refused';
}
