/** Snapshots (§7): compaction of the own log, and InstallSnapshot on both of its sides. */
import {
  type EventOf,
  type Leadership,
  latestConfiguration,
  type Outcome,
  type ServerContext,
} from '../context.js';
import type { Effect } from '../effects.js';
import type { ServerId } from '../entry.js';
import * as installation from '../installation.js';
import { Log, type LogBase } from '../log.js';
import { accepted, chunkSent } from '../progress.js';
import { hearLeader } from './following.js';
import { afterAnswer } from './leading.js';
import { answer, persistBase } from './persistence.js';
import { chunk, sendEntries } from './sending.js';
import { electionTimer, nothingHappens } from './terms.js';

type Request = EventOf<'InstallSnapshotRequest'>;
type Response = EventOf<'InstallSnapshotResponse'>;

// ---- the own log

/**
 * A snapshot of our own is in place: the log loses what it covers, but for what slow followers may
 * still need. A leader sends the snapshot to those who need more.
 */
export function compactLog(context: ServerContext, event: EventOf<'snapshotTaken'>): Outcome {
  const { snapshot } = event;
  if (snapshot.base.index <= context.snapshot.base.index) return nothingHappens;
  const log = context.log.compact(baseIndex(context, snapshot.base.index));
  const effects: Effect[] = [{ type: 'compact', index: log.base.index }];
  const after = { ...context, log, snapshot };
  const leadership = withSnapshots(after, event.atMs, effects);
  return { patch: { log, snapshot, leadership }, effects };
}

/**
 * Up to where the log can go: what trails stays, and what follows a snapshot that is being sent, if
 * that is the one before this.
 */
function baseIndex({ log, leadership, settings, snapshot }: ServerContext, index: number): number {
  const { trailingEntriesMax, trailingBytesMax } = settings;
  let base = index;
  let bytes = 0;
  for (; base > log.base.index && index - base < trailingEntriesMax; base--) {
    bytes += log.entryAt(base)!.bytes.length;
    if (bytes > trailingBytesMax) break;
  }
  for (const { installing } of Object.values(leadership?.progress ?? {})) {
    const sending = installing?.base.index ?? index;
    if (sending >= snapshot.base.index) base = Math.min(base, sending);
  }
  return base;
}

/** Begins to send the snapshot to whoever needs what the log has no more. */
function withSnapshots(
  context: ServerContext,
  nowMs: number,
  effects: Effect[],
): Leadership | undefined {
  const { leadership, log } = context;
  if (leadership === undefined) return undefined;
  const progress = Object.entries(leadership.progress).map(([to, known]) => {
    const isBehind = known.nextIndex <= log.base.index;
    return [to, isBehind ? sendEntries(context, to, known, effects, nowMs) : known] as const;
  });
  return { ...leadership, progress: Object.fromEntries(progress) };
}

// ---- the leader's side

/** The follower has all that the snapshot covers: from there on it gets entries. */
export function recordInstall(context: ServerContext, event: Response): Outcome {
  const progress = context.leadership!.progress[event.from];
  if (progress === undefined) return nothingHappens;
  return afterAnswer(
    context,
    event,
    progress.round,
    accepted(progress, event.baseIndex, event.atMs),
  );
}

/**
 * The follower says where to go on. It names the piece under way again where an answer comes twice;
 * that one is not sent twice for it.
 */
export function sendNextChunk(context: ServerContext, event: Response): Outcome {
  const progress = context.leadership!.progress[event.from];
  if (progress === undefined) return nothingHappens;
  const { installing } = progress;
  const isAnother =
    installing !== undefined &&
    installing.base.index === event.baseIndex &&
    installing.offset !== event.offset;
  if (!isAnother) return afterAnswer(context, event, progress.round, progress);
  const effects = [chunk(context, event.from, installing.base, event.offset, event.atMs)];
  const next = chunkSent(progress, event.offset, event.atMs);
  return afterAnswer(context, event, progress.round, next, effects);
}

// ---- the follower's side

/** Figure 13, 1: a leader of an older term is told the newer one. */
export function rejectSnapshot(context: ServerContext, event: Request): Outcome {
  return { patch: {}, effects: [response(context, event, 0, false)] };
}

/** Whether everything that the snapshot covers is committed here, and so in our log or snapshot. */
export function isCovered({ commitIndex }: ServerContext, event: Request): boolean {
  return event.base.index <= commitIndex;
}

export function acknowledgeSnapshot(context: ServerContext, event: Request): Outcome {
  return heard(context, event, [response(context, event, 0, true)]);
}

export function isWantedChunk(context: ServerContext, event: Request): boolean {
  return installation.isWanted(context.installation, event);
}

/** Figure 13, 2 and 3: the piece is put aside; it is answered when that is done. */
export function takeChunk(context: ServerContext, event: Request): Outcome {
  const { base, offset, bytes, isLast } = event;
  const { patch, effects } = heard(context, event, [
    { type: 'storeChunk', base, offset, bytes, isLast },
  ]);
  return { patch: { ...patch, installation: installation.chunkTaken(event) }, effects };
}

/** A piece that does not fit is answered by the one that would, once that is known. */
export function askForChunk(context: ServerContext, event: Request): Outcome {
  const offset = installation.wantedOffset(context.installation, event);
  if (offset === undefined) return heard(context, event, []);
  return heard(context, event, [response(context, event, offset, false)]);
}

/** Whether this is the piece that was on its way to the disk. */
export function isStoringChunk(context: ServerContext, event: EventOf<'chunkStored'>): boolean {
  return installation.isStoring(context.installation, event.base, event.offset);
}

/** Figure 13, 3 and 4: the piece is put aside, and the next one may come. */
export function acknowledgeChunk(context: ServerContext): Outcome {
  const next = installation.chunkStored(context.installation!);
  const { leaderId, base, offset } = next;
  const effects = [stored(context, leaderId, base, offset, false, context.voteNumber)];
  return { patch: { installation: next }, effects };
}

/**
 * Figure 13, 5 to 8: the snapshot is in place. A log that holds its last entry keeps what follows;
 * any other is discarded whole. Both is durable before it is answered.
 */
export function installSnapshot(context: ServerContext, event: EventOf<'snapshotStored'>): Outcome {
  const { snapshot } = event;
  const { base } = snapshot;
  const { writeNumber } = context;
  const isThis = installation.isAtDisk(context.installation, base);
  const patch: { -readonly [K in keyof ServerContext]?: ServerContext[K] } = isThis
    ? { installation: undefined }
    : {};
  if (base.index <= context.commitIndex) {
    return { patch, effects: installed(context, base, writeNumber) };
  }
  const keepsSuffix = context.log.termAt(base.index) === base.term;
  const log = keepsSuffix ? context.log.compact(base.index) : Log.empty(base);
  patch.log = log;
  patch.snapshot = snapshot;
  patch.commitIndex = base.index;
  patch.configuration = latestConfiguration(log, snapshot);
  const effects: Effect[] = [{ type: 'restore', base }];
  if (keepsSuffix) {
    effects.push(...installed(context, base, writeNumber), { type: 'compact', index: base.index });
    return { patch, effects };
  }
  const write = persistBase(context, base);
  effects.unshift(write);
  effects.push(...installed(context, base, write.number), { type: 'compact', index: base.index });
  return { patch: { ...patch, writeNumber: write.number }, effects };
}

/** No room, or wrong bytes: whoever sends it begins anew. */
export function abandonInstallation(
  context: ServerContext,
  event: EventOf<'snapshotFailed'>,
): Outcome {
  const isThis = installation.isAtDisk(context.installation, event.base);
  return isThis ? { patch: { installation: undefined }, effects: [] } : nothingHappens;
}

/** The leader is heard by this message as by any other. */
function heard(context: ServerContext, event: Request, effects: Effect[]): Outcome {
  return { patch: hearLeader(context, event), effects: [...effects, electionTimer(context)] };
}

function installed(context: ServerContext, base: LogBase, awaits: number): Effect[] {
  const { installation: receiving } = context;
  if (!installation.isAtDisk(receiving, base)) return [];
  return [stored(context, receiving.leaderId, base, receiving.offset, true, awaits)];
}

/** The answer to a request, which says all that it can say at once. */
function response(
  context: ServerContext,
  { from, base, sentMs }: Request,
  offset: number,
  isInstalled: boolean,
): Effect {
  return installAnswer(context, from, { base, offset, isInstalled, sentMs }, context.writeNumber);
}

/** An answer that the disk has kept waiting: it says nothing of when it was asked for. */
function stored(
  context: ServerContext,
  to: ServerId,
  base: LogBase,
  offset: number,
  isInstalled: boolean,
  awaits: number,
): Effect {
  return installAnswer(context, to, { base, offset, isInstalled, sentMs: 0 }, awaits);
}

type Said = Pick<Response, 'offset' | 'isInstalled' | 'sentMs'> & { readonly base: LogBase };

function installAnswer(context: ServerContext, to: ServerId, said: Said, awaits: number): Effect {
  const { id: from, currentTerm: term } = context;
  const { base, ...rest } = said;
  const type = 'InstallSnapshotResponse';
  return answer(to, { type, from, atMs: 0, term, baseIndex: base.index, ...rest }, awaits);
}
