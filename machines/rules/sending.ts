/** How a leader sends its log: entries in a window, heartbeats, and a snapshot where it must be. */
import type { Leadership, ServerContext } from '../context.js';
import type { Effect } from '../effects.js';
import type { Entry, ServerId } from '../entry.js';
import { chunkSent, compacted, heartbeatIndex, maySend, type Progress, sent } from '../progress.js';
import { send } from './persistence.js';

/**
 * Sends entries from `nextIndex` on, as many messages as the window leaves room for; or begins to
 * send the snapshot, if the log does not reach back so far (§7).
 */
export function sendEntries(
  context: ServerContext,
  to: ServerId,
  before: Progress,
  effects: Effect[],
  nowMs: number,
): Progress {
  const { log, settings, snapshot } = context;
  if (before.nextIndex <= log.base.index && before.state !== 'snapshotting') {
    effects.push(chunk(context, to, snapshot.base, 0, nowMs));
    return compacted(before, snapshot.base, nowMs);
  }
  let progress = before;
  let next = progress.nextIndex;
  while (next <= log.lastIndex && maySend(progress, settings)) {
    const entries = log.slice(next, settings.entriesPerMessageMax, settings.bytesPerMessageMax);
    effects.push(appendEntries(context, to, next - 1, entries, nowMs));
    next += entries.length;
    progress = sent(
      progress,
      next - 1,
      entries.reduce((bytes, e) => bytes + e.bytes.length, 0),
      nowMs,
    );
  }
  return progress;
}

/**
 * An empty AppendEntries: it carries the commit index and the round, and notices what was lost. One
 * for a follower that gets a snapshot claims nothing of its log.
 */
export function heartbeat(context: ServerContext, to: ServerId, nowMs: number): Effect {
  const progress = context.leadership!.progress[to]!;
  const index = heartbeatIndex(progress, nowMs, context.settings);
  // What matches may have left the log since; of the beginning every log says the same.
  const isKnown = context.log.termAt(index) !== undefined;
  return appendEntries(context, to, isKnown ? index : 0, [], nowMs);
}

/** The piece at `offset` of a snapshot (§7). */
export function chunk(
  context: ServerContext,
  to: ServerId,
  base: ServerContext['snapshot']['base'],
  offset: number,
  nowMs: number,
): Effect {
  return {
    type: 'sendChunk',
    to,
    message: {
      type: 'InstallSnapshotRequest',
      from: context.id,
      atMs: 0,
      term: context.currentTerm,
      base,
      offset,
      bytes: none,
      isLast: false,
      sentMs: Math.floor(nowMs),
    },
  };
}

/** A piece that was not answered in the time of an election is sent again. */
export function resendChunk(
  context: ServerContext,
  leadership: Leadership,
  to: ServerId,
  nowMs: number,
  effects: Effect[],
): Leadership {
  const progress = leadership.progress[to]!;
  const { installing } = progress;
  if (installing === undefined) return leadership;
  if (nowMs - installing.sentMs < context.settings.electionTimeoutMaxMs) return leadership;
  effects.push(chunk(context, to, installing.base, installing.offset, nowMs));
  const next = chunkSent(progress, installing.offset, nowMs);
  return { ...leadership, progress: { ...leadership.progress, [to]: next } };
}

function appendEntries(
  context: ServerContext,
  to: ServerId,
  prevLogIndex: number,
  entries: readonly Entry[],
  nowMs: number,
): Effect {
  return send(context, to, {
    type: 'AppendEntriesRequest',
    from: context.id,
    atMs: 0,
    term: context.currentTerm,
    prevLogIndex,
    prevLogTerm: prevLogIndex === 0 ? 0 : context.log.termAt(prevLogIndex)!,
    entries,
    leaderCommit: context.commitIndex,
    round: context.leadership!.round,
    sentMs: Math.floor(nowMs),
  });
}

const none = new Uint8Array(0);
