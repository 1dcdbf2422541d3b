/**
 * Effects: what a server wants done, as data. The machine says it; the actor, or the simulator,
 * does it.
 */
import type { Entry, ServerId } from './entry.js';
import type { LogBase } from './log.js';
import type { InstallSnapshotRequest, Message } from './messages.js';

/** The two timers of a server. */
export type TimerName = 'election' | 'heartbeat';

/** Send `message` to `to`, not before the write `awaits` is durable (0: at once). */
export interface Send {
  readonly type: 'send';
  readonly to: ServerId;
  readonly message: Message;
  readonly awaits: number;
}

/**
 * Save Figure 2's persistent state: the term and vote as they are now, and `entries`, which replace
 * whatever the log held from the first one's index on. Writes have consecutive numbers and become
 * durable in that order.
 */
export interface Persist {
  readonly type: 'persist';
  readonly number: number;
  readonly currentTerm: number;
  readonly votedFor: ServerId | undefined;
  /** Whether term or vote differ from the write before. */
  readonly isVote: boolean;
  /** If given, the log begins anew behind this entry, which a snapshot in place covers (§7). */
  readonly base?: LogBase | undefined;
  readonly entries: readonly Entry[];
  /** Where the log ends with this write. */
  readonly lastIndex: number;
}

/** (Re)start a timer, to fire after a time drawn between the two bounds, in ms. */
export interface SetTimer {
  readonly type: 'setTimer';
  readonly timer: TimerName;
  readonly minMs: number;
  readonly maxMs: number;
}

export interface ClearTimer {
  readonly type: 'clearTimer';
  readonly timer: TimerName;
}

/** Entries up to `commitIndex` are committed: apply them in order. */
export interface Apply {
  readonly type: 'apply';
  readonly commitIndex: number;
}

/** Reads of `batch` may be answered from a state that has applied `readIndex` (§8). */
export interface ConfirmReads {
  readonly type: 'confirmReads';
  readonly batch: number;
  readonly readIndex: number;
}

/**
 * Send a piece of the snapshot of `message.base`: whoever performs it fills in the bytes at
 * `message.offset`, and whether they are the last.
 */
export interface SendChunk {
  readonly type: 'sendChunk';
  readonly to: ServerId;
  readonly message: InstallSnapshotRequest;
}

/**
 * Put these bytes of a snapshot that is being received aside; at offset 0 begin anew. Answered by
 * `chunkStored`, after the last piece by `snapshotStored`, or by `snapshotFailed`.
 */
export interface StoreChunk {
  readonly type: 'storeChunk';
  readonly base: LogBase;
  readonly offset: number;
  readonly bytes: Uint8Array;
  readonly isLast: boolean;
}

/** Replace the state machine's state by the snapshot of `base`, which is in place. */
export interface Restore {
  readonly type: 'restore';
  readonly base: LogBase;
}

/** The store may forget the entries up to `index`: a snapshot in place covers them (§7). */
export interface Compact {
  readonly type: 'compact';
  readonly index: number;
}

export type Effect =
  | Send
  | Persist
  | SetTimer
  | ClearTimer
  | Apply
  | ConfirmReads
  | SendChunk
  | StoreChunk
  | Restore
  | Compact;
