/**
 * What a leader knows of one follower, and how fast it may send to it: a statechart of its own.
 *
 * Figure 2 has `nextIndex` and `matchIndex`; a leader that sends ahead of the answers needs to know
 * besides whether the two logs have been seen to meet. While *probing* they have not: one message
 * at a time, until one fits. While
 * *replicating* they have, and messages follow one another without waiting, within a window. The
 * leader keeps these as plain data and steps them by the functions below; `progressMachine` is the
 * same functions as a chart.
 */
import { assign, setup } from 'xstate';
import type { Settings } from './context.js';

/** An AppendEntries under way. */
interface InFlight {
  readonly lastIndex: number;
  readonly bytes: number;
}

export interface Progress {
  readonly state: 'probing' | 'replicating';
  /** Last index known to be the same as the leader's, and durable there (Figure 2). */
  readonly matchIndex: number;
  /** Next index to send (Figure 2). */
  readonly nextIndex: number;
  /** Probing: whether the one probe is under way. */
  readonly isProbed: boolean;
  /** Replicating: what is under way, oldest first. */
  readonly inFlight: readonly InFlight[];
  readonly bytesInFlight: number;
  /** The latest round that it answered in this term (thesis §6.4). */
  readonly round: number;
  /** When it last answered, ms on the leader's monotonic clock. */
  readonly contactMs: number;
}

const nothing: readonly InFlight[] = [];

/**
 * A follower at the start of a term: nothing known, probed from the log's end (Figure 2,
 * `nextIndex[]`).
 */
export function unknownProgress(nextIndex: number): Progress {
  return {
    state: 'probing',
    matchIndex: 0,
    nextIndex,
    isProbed: false,
    inFlight: nothing,
    bytesInFlight: 0,
    round: 0,
    contactMs: Number.NEGATIVE_INFINITY,
  };
}

/** Whether a message with entries may go out now. */
export function maySend(progress: Progress, settings: Settings): boolean {
  if (progress.state === 'probing') return !progress.isProbed;
  return (
    progress.inFlight.length < settings.messagesInFlightMax &&
    progress.bytesInFlight < settings.bytesInFlightMax
  );
}

/** Entries up to `lastIndex` went out, `bytes` of them. */
export function sent(progress: Progress, lastIndex: number, bytes: number): Progress {
  if (progress.state === 'probing') return { ...progress, isProbed: true };
  return {
    ...progress,
    nextIndex: lastIndex + 1,
    inFlight: [...progress.inFlight, { lastIndex, bytes }],
    bytesInFlight: progress.bytesInFlight + bytes,
  };
}

/**
 * The logs are the same up to `matchIndex`: from now on, replicate. An older answer takes nothing
 * back.
 */
export function accepted(progress: Progress, matchIndex: number): Progress {
  const isProbing = progress.state === 'probing';
  const match = Math.max(progress.matchIndex, matchIndex);
  const inFlight = isProbing ? nothing : progress.inFlight.filter((m) => m.lastIndex > match);
  return {
    ...progress,
    state: 'replicating',
    matchIndex: match,
    nextIndex: Math.max(isProbing ? 0 : progress.nextIndex, match + 1),
    isProbed: false,
    inFlight,
    bytesInFlight: inFlight.reduce((bytes, m) => bytes + m.bytes, 0),
  };
}

/**
 * Whether a refusal of `prevLogIndex` is about what was sent last, and not an answer that comes
 * late.
 */
export function isCurrentRefusal(progress: Progress, prevLogIndex: number): boolean {
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

type ProgressEvent =
  | { type: 'sent'; lastIndex: number; bytes: number }
  | { type: 'accepted'; matchIndex: number }
  | { type: 'refused'; prevLogIndex: number; nextIndex: number };

const progressSetup = setup({
  types: {
    context: {} as { progress: Progress },
    events: {} as ProgressEvent,
    input: {} as { nextIndex: number },
  },
  guards: {
    isCurrentRefusal: ({ context, event }) =>
      event.type === 'refused' && isCurrentRefusal(context.progress, event.prevLogIndex),
  },
  actions: {
    sent: assign(({ context, event }) =>
      event.type === 'sent'
        ? { progress: sent(context.progress, event.lastIndex, event.bytes) }
        : {},
    ),
    accepted: assign(({ context, event }) =>
      event.type === 'accepted' ? { progress: accepted(context.progress, event.matchIndex) } : {},
    ),
    refused: assign(({ context, event }) =>
      event.type === 'refused' ? { progress: refused(context.progress, event.nextIndex) } : {},
    ),
  },
});

/** One follower in its leader's eyes: the functions above, as a chart. */
export const progressMachine = progressSetup.createMachine({
  id: 'progress',
  initial: 'probing',
  context: ({ input }) => ({ progress: unknownProgress(input.nextIndex) }),
  on: { sent: { actions: 'sent' } },
  states: {
    probing: {
      on: {
        accepted: { target: 'replicating', actions: 'accepted' },
        refused: { guard: 'isCurrentRefusal', actions: 'refused' },
      },
    },
    replicating: {
      on: {
        accepted: { actions: 'accepted' },
        refused: { guard: 'isCurrentRefusal', target: 'probing', actions: 'refused' },
      },
    },
  },
});
