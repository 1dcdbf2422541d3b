/** What a leader does: replication and commitment (§5.3, §5.4.2). Reads are in `reading.ts`. */
import { serversOf } from '../configuration.js';
import {
  type EventOf,
  type Leadership,
  latestConfiguration,
  type Outcome,
  type ServerContext,
} from '../context.js';
import type { Effect, SetTimer } from '../effects.js';
import { type Entry, type Proposal, proposal, type ServerId } from '../entry.js';
import { invariant } from '../invariant.js';
import type { Log } from '../log.js';
import {
  accepted,
  isCurrentRefusal,
  maySend,
  type Progress,
  refused,
  sent,
  unknownProgress,
} from '../progress.js';
import { quorumValue } from '../quorum.js';
import { persistEntries, send } from './persistence.js';
import { confirmedReads } from './reading.js';

/**
 * Takes office: a no-op of its own term, by which all that came before gets committed (§5.4.2, §8).
 */
export function becomeLeader(context: ServerContext): Outcome {
  const { id, log } = context;
  const office: Leadership = {
    noOpIndex: log.lastIndex + 1,
    noOpWrite: context.writeNumber + 1,
    durableIndex: 0,
    progress: progressOf(context, {}, log.lastIndex + 1),
    round: 0,
    reads: [],
    isNoticeDue: false,
  };
  const noOp = stamp(context, [proposal('noOp')], 0);
  const { patch, effects } = append({ ...context, leadership: office }, noOp);
  return {
    patch: { ...patch, leaderId: id },
    effects: [...effects, { type: 'clearTimer', timer: 'election' }, heartbeatTimer(context)],
  };
}

/** Leaves office: what belonged to it is gone, and its timer is stopped. */
export function leaveOffice(): Outcome {
  return {
    patch: { leadership: undefined },
    effects: [{ type: 'clearTimer', timer: 'heartbeat' }],
  };
}

/**
 * Appends what clients ask for, and sends it on at once, while the own disk still writes (raft.tla
 * ClientRequest).
 */
export function clientRequest(context: ServerContext, event: EventOf<'ClientRequest'>): Outcome {
  if (event.proposals.length === 0) return { patch: {}, effects: [] };
  return append(context, stamp(context, event.proposals, event.wallMs));
}

/**
 * Lets every follower hear from its leader, and with that of the commit index and the latest round
 * (§5.2).
 */
export function sendHeartbeats(context: ServerContext): Outcome {
  const { leadership } = context;
  const effects: Effect[] = Object.keys(leadership!.progress).map((to) => heartbeat(context, to));
  effects.push(heartbeatTimer(context));
  return leadership!.isNoticeDue
    ? { patch: { leadership: { ...leadership!, isNoticeDue: false } }, effects }
    : { patch: {}, effects };
}

/** A follower holds our log up to `matchIndex`: note it, send what is next, commit what can be. */
export function recordMatch(
  context: ServerContext,
  event: EventOf<'AppendEntriesResponse'>,
): Outcome {
  const progress = context.leadership!.progress[event.from];
  if (progress === undefined) return { patch: {}, effects: [] };
  invariant(event.matchIndex <= context.log.lastIndex, 'Log Matching', `${event.from} is ahead`);
  return afterAnswer(context, event, accepted(progress, event.matchIndex));
}

/**
 * A follower's log does not meet ours there: try where it may, skipping a whole term at once
 * (§5.3).
 */
export function backTrack(
  context: ServerContext,
  event: EventOf<'AppendEntriesResponse'>,
): Outcome {
  const progress = context.leadership!.progress[event.from];
  if (progress === undefined) return { patch: {}, effects: [] };
  if (!isCurrentRefusal(progress, event.matchIndex)) return afterAnswer(context, event, progress);
  return afterAnswer(context, event, refused(progress, meetingPoint(context.log, event)));
}

/**
 * The own disk holds the log up to `lastIndex`: the leader counts itself only now (raft.tla
 * AdvanceCommitIndex).
 */
export function recordOwnMatch(context: ServerContext, event: EventOf<'persisted'>): Outcome {
  const leadership = context.leadership!;
  const durableIndex = Math.max(leadership.durableIndex, event.lastIndex);
  return advanceCommitIndex(context, { ...leadership, durableIndex }, []);
}

/**
 * Commits what a quorum holds, if it is of this term: an entry of an older one, though a quorum may
 * hold it, can still be overwritten (§5.4.2, Figure 8). Those before it are committed with it.
 */
function advanceCommitIndex(
  context: ServerContext,
  leadership: Leadership,
  effects: Effect[],
): Outcome {
  const { id, log, currentTerm } = context;
  const { durableIndex, progress } = leadership;
  const agreed = quorumValue(context.configuration.voters, (server) =>
    server === id ? durableIndex : (progress[server]?.matchIndex ?? 0),
  );
  if (agreed <= context.commitIndex || log.termAt(agreed) !== currentTerm) {
    return { patch: { leadership }, effects };
  }
  invariant(agreed <= log.lastIndex, 'Leader Append-Only', 'more is agreed on than the leader has');
  effects.push({ type: 'apply', commitIndex: agreed });
  if (leadership.isNoticeDue) return { patch: { leadership, commitIndex: agreed }, effects };
  const { commitNoticeMs } = context.settings;
  effects.push({ ...heartbeatTimer(context), minMs: commitNoticeMs, maxMs: commitNoticeMs });
  return {
    patch: { leadership: { ...leadership, isNoticeDue: true }, commitIndex: agreed },
    effects,
  };
}

/**
 * What follows any answer of this term: the round counts, the next entries go, commits and reads
 * move on.
 */
function afterAnswer(
  context: ServerContext,
  event: EventOf<'AppendEntriesResponse'>,
  progress: Progress,
): Outcome {
  const office = context.leadership!;
  const effects: Effect[] = [];
  const heard = {
    ...progress,
    contactMs: event.atMs,
    round: Math.max(progress.round, event.round),
  };
  const next = sendEntries(context, event.from, heard, effects);
  const leadership = { ...office, progress: { ...office.progress, [event.from]: next } };
  const reads =
    office.reads.length === 0 ? leadership : confirmedReads(context, leadership, effects);
  return advanceCommitIndex(context, reads, effects);
}

/**
 * §5.3: back over the whole conflicting term if we do not have it, else to where we have it last.
 */
function meetingPoint(log: Log, event: EventOf<'AppendEntriesResponse'>): number {
  if (event.conflictTerm === 0) return event.conflictIndex;
  const last = log.lastIndexUpToTerm(event.matchIndex, event.conflictTerm);
  return log.termAt(last) === event.conflictTerm ? last + 1 : event.conflictIndex;
}

/** Gives proposals their place: index, term, and the time of the log, which never goes back. */
function stamp(context: ServerContext, proposals: readonly Proposal[], wallMs: number): Entry[] {
  const { log, currentTerm: term } = context;
  const stampMs = Math.max(wallMs, log.entryAt(log.lastIndex)?.stampMs ?? 0);
  let index = log.lastIndex;
  return proposals.map((p) => ({
    index: ++index,
    term,
    kind: p.kind,
    stampMs,
    sessionId: p.sessionId,
    sequence: p.sequence,
    firstUnacknowledged: p.firstUnacknowledged,
    bytes: p.bytes,
  }));
}

/** Appends to the own log (Leader Append-Only) and sends to whoever may be sent to. */
function append(context: ServerContext, entries: readonly Entry[]): Outcome {
  const log = context.log.append(entries);
  const office = context.leadership!;
  const isChange = entries.some((entry) => entry.kind === 'configuration');
  const configuration = isChange ? latestConfiguration(log) : context.configuration;
  const after = { ...context, log, configuration };
  const before = isChange ? progressOf(after, office.progress, log.lastIndex) : office.progress;
  const effects: Effect[] = [];
  const progress: Record<ServerId, Progress> = {};
  for (const [id, known] of Object.entries(before)) {
    progress[id] = sendEntries(after, id, known, effects);
  }
  const write = persistEntries(context, entries);
  effects.push(write);
  const leadership = { ...office, progress };
  return { patch: { log, configuration, writeNumber: write.number, leadership }, effects };
}

/**
 * What is known of each server that gets the log: of one that a new configuration brings, nothing
 * (§6).
 */
function progressOf(
  { id, configuration }: ServerContext,
  known: Leadership['progress'],
  nextIndex: number,
): Leadership['progress'] {
  const others = serversOf(configuration).filter((other) => other !== id);
  return Object.fromEntries(
    others.map((other) => [other, known[other] ?? unknownProgress(nextIndex)]),
  );
}

/** Sends entries from `nextIndex` on, as many messages as the window leaves room for. */
function sendEntries(
  context: ServerContext,
  to: ServerId,
  before: Progress,
  effects: Effect[],
): Progress {
  const { log, settings } = context;
  let progress = before;
  let next = progress.nextIndex;
  while (next <= log.lastIndex && maySend(progress, settings)) {
    const entries = log.slice(next, settings.entriesPerMessageMax, settings.bytesPerMessageMax);
    effects.push(appendEntries(context, to, next - 1, entries));
    next += entries.length;
    progress = sent(
      progress,
      next - 1,
      entries.reduce((bytes, e) => bytes + e.bytes.length, 0),
    );
  }
  return progress;
}

/** An empty AppendEntries: it carries the commit index and the round, and notices what was lost. */
export function heartbeat(context: ServerContext, to: ServerId): Effect {
  return appendEntries(context, to, context.leadership!.progress[to]!.nextIndex - 1, []);
}

function appendEntries(
  context: ServerContext,
  to: ServerId,
  prevLogIndex: number,
  entries: readonly Entry[],
): Effect {
  return send(context, to, {
    type: 'AppendEntriesRequest',
    from: context.id,
    atMs: 0,
    term: context.currentTerm,
    prevLogIndex,
    prevLogTerm: context.log.termAt(prevLogIndex)!,
    entries,
    leaderCommit: context.commitIndex,
    round: context.leadership!.round,
  });
}

function heartbeatTimer({ settings }: ServerContext): SetTimer {
  const { heartbeatMs } = settings;
  return { type: 'setTimer', timer: 'heartbeat', minMs: heartbeatMs, maxMs: heartbeatMs };
}
