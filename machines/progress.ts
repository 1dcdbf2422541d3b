/**
 * What a leader knows of one follower, and how fast it may send to it: a statechart of its own.
 *
 * Figure 2 has `nextIndex` and `matchIndex`; a leader that sends ahead of the answers needs to know
 * besides whether the two logs have been seen to meet. While *probing* they have not: one message
 * at a time, until one fits. While *replicating* they have, and messages follow one another without
 * waiting, within a window. While *snapshotting* the follower needs entries that the leader's log
 * does not have any more, and gets a snapshot, piece by piece (§7). The leader keeps these as plain
 * data and steps them by the functions below; `progressMachine` is the same functions as a chart.
 */
import { assign, setup } from 'xstate';
import type { LogBase } from './log.js';
import type { Settings } from './settings.js';

/** An AppendEntries under way. */
interface InFlight {
  readonly lastIndex: number;
  readonly bytes: number;
}

/** A snapshot under way. */
interface Installing {
  /** The last entry that it covers. */
  readonly base: LogBase;
  /** Where the piece begins that is under way, */
  readonly offset: number;
  /** and when it was sent, ms on the leader's monotonic clock. */
  readonly sentMs: number;
}

export interface Progress {
  readonly state: 'probing' | 'replicating' | 'snapshotting';
  /** Last index known to be the same as the leader's, and durable there (Figure 2). */
  readonly matchIndex: number;
  /** Next index to send (Figure 2). */
  readonly nextIndex: number;
  /** Probing: whether the one probe is under way. */
  readonly isProbed: boolean;
  /** Replicating: what is under way, oldest first. */
  readonly inFlight: readonly InFlight[];
  readonly bytesInFlight: number;
  /** Replicating: when what is under way last moved on, ms on the leader's monotonic clock. */
  readonly movedMs: number;
  /** Snapshotting: the snapshot. */
  readonly installing: Installing | undefined;
  /** The latest round that it answered in this term (thesis §6.4). */
  readonly round: number;
  /** When it last answered, ms on the leader's monotonic clock. */
  readonly contactMs: number;
  /** When the latest of those messages was sent that it has answered: a lease begins then. */
  readonly answeredSentMs: number;
}

const nothing: readonly InFlight[] = [];

/**
 * A follower at the start of a term: nothing known, probed from the log's end (Figure 2,
 * `nextIndex[]`). It counts as heard at `nowMs`, so that a new leader does not step down at once.
 */
export function unknownProgress(nextIndex: number, nowMs: number): Progress {
  return {
    state: 'probing',
    matchIndex: 0,
    nextIndex,
    isProbed: false,
    inFlight: nothing,
    bytesInFlight: 0,
    movedMs: nowMs,
    installing: undefined,
    round: 0,
    contactMs: nowMs,
    answeredSentMs: Number.NEGATIVE_INFINITY,
  };
}

/** Whether a message with entries may go out now. */
export function maySend(progress: Progress, settings: Settings): boolean {
  if (progress.state === 'snapshotting') return false;
  if (progress.state === 'probing') return !progress.isProbed;
  return (
    progress.inFlight.length < settings.messagesInFlightMax &&
    progress.bytesInFlight < settings.bytesInFlightMax
  );
}

/** Entries up to `lastIndex` went out, `bytes` of them. */
export function sent(
  progress: Progress,
  lastIndex: number,
  bytes: number,
  nowMs: number,
): Progress {
  if (progress.state === 'probing') return { ...progress, isProbed: true };
  return {
    ...progress,
    nextIndex: lastIndex + 1,
    inFlight: [...progress.inFlight, { lastIndex, bytes }],
    bytesInFlight: progress.bytesInFlight + bytes,
    movedMs: progress.inFlight.length === 0 ? nowMs : progress.movedMs,
  };
}

/**
 * The logs are the same up to `matchIndex`: from now on, replicate. An older answer takes nothing
 * back; and a follower that gets a snapshot goes on getting it until it has what that covers.
 */
export function accepted(progress: Progress, matchIndex: number, nowMs: number): Progress {
  const match = Math.max(progress.matchIndex, matchIndex);
  const { state, installing } = progress;
  if (installing !== undefined && match < installing.base.index) {
    return match === progress.matchIndex ? progress : { ...progress, matchIndex: match };
  }
  const isReplicating = state === 'replicating';
  const inFlight = isReplicating ? progress.inFlight.filter((m) => m.lastIndex > match) : nothing;
  return {
    ...progress,
    state: 'replicating',
    matchIndex: match,
    nextIndex: Math.max(isReplicating ? progress.nextIndex : 0, match + 1),
    isProbed: false,
    inFlight,
    bytesInFlight: inFlight.reduce((bytes, m) => bytes + m.bytes, 0),
    movedMs: match > progress.matchIndex ? nowMs : progress.movedMs,
    installing: undefined,
  };
}

/**
 * Whether a refusal of `prevLogIndex` is about what was sent last, and not an answer that comes
 * late.
 */
export function isCurrentRefusal(progress: Progress, prevLogIndex: number): boolean {
  if (progress.state === 'snapshotting') return false;
  return progress.state === 'probing'
    ? prevLogIndex === progress.nextIndex - 1
    : prevLogIndex > progress.matchIndex;
}

/**
 * The logs do not meet where it was tried: probe from `nextIndex`, but never from what is known to
 * match.
 */
export function refused(progress: Progress, nextIndex: number): Progress {
  return {
    ...progress,
    state: 'probing',
    nextIndex: Math.max(nextIndex, progress.matchIndex + 1),
    isProbed: false,
    inFlight: nothing,
    bytesInFlight: 0,
  };
}

/** What it needs next is not in the log any more: the snapshot of `base`, from its beginning. */
export function compacted(progress: Progress, base: LogBase, nowMs: number): Progress {
  return {
    ...progress,
    state: 'snapshotting',
    nextIndex: base.index + 1,
    isProbed: false,
    inFlight: nothing,
    bytesInFlight: 0,
    installing: { base, offset: 0, sentMs: nowMs },
  };
}

/**
 * Where a heartbeat stands: at the end of what was sent, so that it notices a loss. While much is
 * under way and moves on it stands on what is known to match instead, and may overtake the rest: an
 * entry of many megabytes must not keep it waiting.
 */
export function heartbeatIndex(progress: Progress, nowMs: number, settings: Settings): number {
  const { state, matchIndex, nextIndex, bytesInFlight, movedMs } = progress;
  if (state === 'snapshotting') return 0;
  const isMuch = bytesInFlight > settings.bytesPerMessageMax;
  const movesOn = nowMs - movedMs < settings.electionTimeoutMinMs;
  return isMuch && movesOn ? matchIndex : nextIndex - 1;
}

/** The piece at `offset` of the snapshot under way goes out now. */
export function chunkSent(progress: Progress, offset: number, nowMs: number): Progress {
  const { base } = progress.installing!;
  return { ...progress, installing: { base, offset, sentMs: nowMs } };
}

type ProgressEvent =
  | { type: 'sent'; lastIndex: number; bytes: number; nowMs: number }
  | { type: 'accepted'; matchIndex: number; nowMs: number }
  | { type: 'refused'; prevLogIndex: number; nextIndex: number }
  | { type: 'compacted'; base: LogBase; nowMs: number }
  | { type: 'chunkSent'; offset: number; nowMs: number };

type Of<T extends ProgressEvent['type']> = Extract<ProgressEvent, { type: T }>;

interface Step {
  readonly context: { readonly progress: Progress };
  readonly event: ProgressEvent;
}

/** One of the functions above as an action, for the events of its name. */
function step<T extends ProgressEvent['type']>(next: (p: Progress, event: Of<T>) => Progress) {
  return ({ context, event }: Step) => ({ progress: next(context.progress, event as Of<T>) });
}

const progressSetup = setup({
  types: {
    context: {} as { progress: Progress },
    events: {} as ProgressEvent,
    input: {} as { nextIndex: number },
  },
  guards: {
    isCurrentRefusal: ({ context, event }) =>
      event.type === 'refused' && isCurrentRefusal(context.progress, event.prevLogIndex),
    coversSnapshot: ({ context, event }) =>
      event.type === 'accepted' && event.matchIndex >= context.progress.installing!.base.index,
  },
  actions: {
    sent: assign(step<'sent'>((p, event) => sent(p, event.lastIndex, event.bytes, event.nowMs))),
    accepted: assign(step<'accepted'>((p, event) => accepted(p, event.matchIndex, event.nowMs))),
    refused: assign(step<'refused'>((p, event) => refused(p, event.nextIndex))),
    compacted: assign(step<'compacted'>((p, event) => compacted(p, event.base, event.nowMs))),
    chunkSent: assign(step<'chunkSent'>((p, event) => chunkSent(p, event.offset, event.nowMs))),
  },
});

/** One follower in its leader's eyes: the functions above, as a chart. */
export const progressMachine = progressSetup.createMachine({
  id: 'progress',
  initial: 'probing',
  context: ({ input }) => ({ progress: unknownProgress(input.nextIndex, 0) }),
  on: { compacted: { target: '.snapshotting', actions: 'compacted' } },
  states: {
    probing: {
      on: {
        sent: { actions: 'sent' },
        accepted: { target: 'replicating', actions: 'accepted' },
        refused: { guard: 'isCurrentRefusal', actions: 'refused' },
      },
    },
    replicating: {
      on: {
        sent: { actions: 'sent' },
        accepted: { actions: 'accepted' },
        refused: { guard: 'isCurrentRefusal', target: 'probing', actions: 'refused' },
      },
    },
    snapshotting: {
      on: {
        chunkSent: { actions: 'chunkSent' },
        accepted: [
          { guard: 'coversSnapshot', target: 'replicating', actions: 'accepted' },
          { actions: 'accepted' },
        ],
      },
    },
  },
});
