/** AppendEntries as its receiver sees it (Figure 2; raft.tla HandleAppendEntriesRequest). */
import { type EventOf, latestConfiguration, type Outcome, type ServerContext } from '../context.js';
import type { Effect, Send } from '../effects.js';
import type { Entry, ServerId } from '../entry.js';
import { invariant } from '../invariant.js';
import { answer, persistEntries } from './persistence.js';
import { electionTimer } from './terms.js';

type Request = EventOf<'AppendEntriesRequest'>;

/**
 * Whether our log holds, at the place before the entries, what the leader has there (AppendEntries
 * 2).
 */
export function logOk({ log }: ServerContext, event: Request): boolean {
  return (
    event.prevLogIndex < log.base.index || log.termAt(event.prevLogIndex) === event.prevLogTerm
  );
}

/** AppendEntries 1: a leader of an older term is told the newer one. */
export function rejectAppend(context: ServerContext, event: Request): Outcome {
  return { patch: {}, effects: [refusal(context, event)] };
}

/** AppendEntries 2: says from where on the logs differ, by the conflicting term (§5.3). */
export function askForEarlierEntries(context: ServerContext, event: Request): Outcome {
  return {
    patch: hearLeader(context, event),
    effects: [refusal(context, event), electionTimer(context)],
  };
}

/**
 * AppendEntries 3 to 5. Only a real conflict truncates: a late duplicate that carries a prefix of
 * what we have changes nothing. The answer waits until everything that it claims is durable.
 */
export function acceptEntries(context: ServerContext, event: Request): Outcome {
  const { log } = context;
  const fresh = withoutKnown(context, event.entries);
  const matchIndex = event.prevLogIndex + event.entries.length;
  const effects: Effect[] = [];
  const patch: { -readonly [K in keyof ServerContext]?: ServerContext[K] } = hearLeader(
    context,
    event,
  );
  let { writeNumber } = context;

  if (fresh.length > 0) {
    const first = fresh[0]!.index;
    invariant(
      first > context.commitIndex,
      'Leader Completeness',
      `entry ${first} would be overwritten`,
    );
    patch.log = log.truncate(first).append(fresh);
    const write = persistEntries(context, fresh);
    patch.writeNumber = writeNumber = write.number;
    effects.push(write);
    if (first <= context.configuration.index || fresh.some((e) => e.kind === 'configuration')) {
      patch.configuration = latestConfiguration(patch.log, context.snapshot);
    }
  }
  const configurationIndex = (patch.configuration ?? context.configuration).index;
  effects.push(
    acceptance(context, event, matchIndex, configurationIndex, writeNumber),
    electionTimer(context),
  );

  const commitIndex = Math.min(event.leaderCommit, matchIndex); // (AppendEntries 5)
  if (commitIndex > context.commitIndex) {
    patch.commitIndex = commitIndex;
    effects.push({ type: 'apply', commitIndex });
  }
  return { patch, effects };
}

/**
 * The entries from the first on that our log does not have, or has of another term (AppendEntries
 * 3, 4).
 */
function withoutKnown({ log }: ServerContext, entries: readonly Entry[]): readonly Entry[] {
  const start = entries.findIndex(
    (entry) => entry.index > log.base.index && log.termAt(entry.index) !== entry.term,
  );
  if (start < 0) return [];
  return start === 0 ? entries : entries.slice(start);
}

/** A disk without room for entries: the leader is heard, and gets no answer. */
export function hearLeaderOnly(context: ServerContext, event: Request): Outcome {
  return { patch: hearLeader(context, event), effects: [electionTimer(context)] };
}

/** What a follower learns from any message of the leader of its term. */
export function hearLeader(
  { leaderId }: ServerContext,
  event: { readonly from: ServerId; readonly atMs: number },
): Partial<ServerContext> {
  invariant(
    leaderId === undefined || leaderId === event.from,
    'Election Safety',
    `${leaderId} and ${event.from} lead one term`,
  );
  return { leaderId: event.from, leaderContactMs: event.atMs };
}

function acceptance(
  context: ServerContext,
  event: Request,
  matchIndex: number,
  configurationIndex: number,
  awaits: number,
): Send {
  return answer(
    event.from,
    {
      type: 'AppendEntriesResponse',
      from: context.id,
      atMs: 0,
      term: context.currentTerm,
      success: true,
      matchIndex,
      conflictTerm: 0,
      conflictIndex: 0,
      round: event.round,
      sentMs: event.sentMs,
      configurationIndex,
    },
    awaits,
  );
}

function refusal(context: ServerContext, event: Request): Send {
  const { log } = context;
  const isShort = event.prevLogIndex > log.lastIndex;
  return answer(
    event.from,
    {
      type: 'AppendEntriesResponse',
      from: context.id,
      atMs: 0,
      term: context.currentTerm,
      success: false,
      matchIndex: event.prevLogIndex,
      conflictTerm: isShort ? 0 : (log.termAt(event.prevLogIndex) ?? 0),
      conflictIndex: isShort ? log.lastIndex + 1 : log.firstIndexOfTermAt(event.prevLogIndex),
      round: event.round,
      sentMs: event.sentMs,
      configurationIndex: context.configuration.index,
    },
    context.writeNumber,
  );
}
