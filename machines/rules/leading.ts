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
  type Progress,
  refused,
  unknownProgress,
} from '../progress.js';
import { quorumValue } from '../quorum.js';
import { persistEntries } from './persistence.js';
import { confirmedReads } from './reading.js';
import { heartbeat, resendChunk, sendEntries } from './sending.js';
import { tellTimeoutNow, toldSuccessor } from './transfer.js';

/**
 * Takes office: a no-op of its own term, by which all that came before gets committed (§5.4.2, §8).
 */
export function becomeLeader(context: ServerContext, event: { readonly atMs: number }): Outcome {
  const { id, log } = context;
  const { atMs } = event;
  const office: Leadership = {
    noOpIndex: log.lastIndex + 1,
    noOpWrite: context.writeNumber + 1,
    durableIndex: 0,
    progress: progressOf(context, {}, log.lastIndex + 1, atMs),
    round: 0,
    reads: [],
    isNoticeDue: false,
    transfer: undefined,
    hasToldTimeoutNow: false,
  };
  const noOp = stamp(context, [proposal('noOp')], 0);
  const { patch, effects } = append({ ...context, leadership: office }, noOp, atMs);
  return {
    patch: { ...patch, leaderId: id, installation: undefined },
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
  return append(context, stamp(context, event.proposals, event.wallMs), event.atMs);
}

/**
 * Lets every follower hear from its leader, and with that of the commit index and the latest round
 * (§5.2).
 */
export function sendHeartbeats(
  context: ServerContext,
  { atMs }: { readonly atMs: number },
): Outcome {
  let leadership = context.leadership!;
  const effects: Effect[] = [];
  for (const to of Object.keys(leadership.progress)) {
    effects.push(heartbeat(context, to, atMs));
    leadership = resendChunk(context, leadership, to, atMs, effects);
  }
  if (leadership.transfer?.isTold) effects.push(tellTimeoutNow(context, leadership.transfer.to));
  effects.push(heartbeatTimer(context));
  if (leadership.isNoticeDue) leadership = { ...leadership, isNoticeDue: false };
  return { patch: leadership === context.leadership ? {} : { leadership }, effects };
}

/** Too few answer: whoever leads now, it is not known to be this server (thesis §6.2). */
export function stepDown(): Outcome {
  return { patch: { leaderId: undefined }, effects: [] };
}

/** A follower holds our log up to `matchIndex`: note it, send what is next, commit what can be. */
export function recordMatch(
  context: ServerContext,
  event: EventOf<'AppendEntriesResponse'>,
): Outcome {
  const progress = context.leadership!.progress[event.from];
  if (progress === undefined) return { patch: {}, effects: [] };
  invariant(event.matchIndex <= context.log.lastIndex, 'Log Matching', `${event.from} is ahead`);
  return afterAnswer(context, event, event.round, accepted(progress, event.matchIndex, event.atMs));
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
  const isCurrent = isCurrentRefusal(progress, event.matchIndex);
  const next = isCurrent ? refused(progress, meetingPoint(context.log, event)) : progress;
  return afterAnswer(context, event, event.round, next);
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

/** An answer of a follower, in this term, to what was sent at `sentMs`. */
interface Answer {
  readonly from: ServerId;
  readonly atMs: number;
  readonly sentMs: number;
}

/**
 * What follows any answer of this term: the round counts, the next entries go, commits and reads
 * move on, and a successor that has everything is told so.
 */
export function afterAnswer(
  context: ServerContext,
  answer: Answer,
  round: number,
  progress: Progress,
  effects: Effect[] = [],
): Outcome {
  const { from, atMs, sentMs } = answer;
  const office = context.leadership!;
  const heard = {
    ...progress,
    contactMs: atMs,
    answeredSentMs: Math.max(progress.answeredSentMs, sentMs),
    round: Math.max(progress.round, round),
  };
  const next = sendEntries(context, from, heard, effects, atMs);
  let leadership: Leadership = { ...office, progress: { ...office.progress, [from]: next } };
  if (office.reads.length > 0) leadership = confirmedReads(context, leadership, effects);
  if (office.transfer !== undefined) leadership = toldSuccessor(context, leadership, effects);
  return advanceCommitIndex(context, leadership, effects);
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
  const stampMs = Math.max(wallMs, log.lastStampMs);
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
function append(context: ServerContext, entries: readonly Entry[], atMs: number): Outcome {
  const log = context.log.append(entries);
  const office = context.leadership!;
  const isChange = entries.some((entry) => entry.kind === 'configuration');
  const configuration = isChange
    ? latestConfiguration(log, context.snapshot)
    : context.configuration;
  const after = { ...context, log, configuration };
  const before = isChange
    ? progressOf(after, office.progress, log.lastIndex, atMs)
    : office.progress;
  const effects: Effect[] = [];
  const progress: Record<ServerId, Progress> = {};
  for (const [id, known] of Object.entries(before)) {
    progress[id] = sendEntries(after, id, known, effects, atMs);
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
  nowMs: number,
): Leadership['progress'] {
  const others = serversOf(configuration).filter((other) => other !== id);
  return Object.fromEntries(
    others.map((other) => [other, known[other] ?? unknownProgress(nextIndex, nowMs)]),
  );
}

function heartbeatTimer({ settings }: ServerContext): SetTimer {
  const { heartbeatMs } = settings;
  return { type: 'setTimer', timer: 'heartbeat', minMs: heartbeatMs, maxMs: heartbeatMs };
}
