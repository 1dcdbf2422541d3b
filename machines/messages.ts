/**
 * The messages between servers: the RPCs of Figure 2, each as a request and a response that cross
 * independently, as in raft.tla. Every name is the paper's; what the paper does not have says why
 * it is there.
 */
import type { Entry, ServerId } from './entry.js';
import type { LogBase } from './log.js';

interface Envelope {
  readonly from: ServerId;
  /** When the receiver took it up, ms on its monotonic clock; set at delivery, never sent. */
  atMs: number;
}

/** Asks whether an election could be won, and changes nobody's term (thesis §9.6). */
export interface PreVoteRequest extends Envelope {
  readonly type: 'PreVoteRequest';
  /** The term that the sender would campaign in: its own and one. */
  readonly term: number;
  readonly lastLogIndex: number;
  readonly lastLogTerm: number;
}

export interface PreVoteResponse extends Envelope {
  readonly type: 'PreVoteResponse';
  /** The responder's own term. */
  readonly term: number;
  /** The term that was asked for. */
  readonly forTerm: number;
  readonly voteGranted: boolean;
}

export interface RequestVoteRequest extends Envelope {
  readonly type: 'RequestVoteRequest';
  readonly term: number;
  readonly lastLogIndex: number;
  readonly lastLogTerm: number;
  /** The leader itself asked for this election: stickiness does not apply (thesis §4.2.3). */
  readonly isTransfer: boolean;
}

export interface RequestVoteResponse extends Envelope {
  readonly type: 'RequestVoteResponse';
  readonly term: number;
  readonly voteGranted: boolean;
}

export interface AppendEntriesRequest extends Envelope {
  readonly type: 'AppendEntriesRequest';
  readonly term: number;
  readonly prevLogIndex: number;
  readonly prevLogTerm: number;
  readonly entries: readonly Entry[];
  readonly leaderCommit: number;
  /**
   * Number of the leader's latest round of confirming its leadership for reads (§8, thesis §6.4).
   */
  readonly round: number;
  /** When it was sent, whole ms on the leader's monotonic clock: leases begin then. */
  readonly sentMs: number;
}

export interface AppendEntriesResponse extends Envelope {
  readonly type: 'AppendEntriesResponse';
  readonly term: number;
  readonly success: boolean;
  /**
   * On success: the last index known to be the leader's, durable here. Else: the refused
   * `prevLogIndex`.
   */
  readonly matchIndex: number;
  /** On refusal: the term at that place, 0 if the log is too short (§5.3). */
  readonly conflictTerm: number;
  /** On refusal: the first index of that term, or where the log ends plus one. */
  readonly conflictIndex: number;
  /** The round of the request that this answers, and when that was sent. */
  readonly round: number;
  readonly sentMs: number;
  /** Index of the configuration under which the responder sees itself as a member. */
  readonly configurationIndex: number;
}

/** A piece of a snapshot, for a follower that is behind the leader's log (§7, Figure 13). */
export interface InstallSnapshotRequest extends Envelope {
  readonly type: 'InstallSnapshotRequest';
  readonly term: number;
  /** The last entry that the snapshot covers: `lastIncludedIndex` and `lastIncludedTerm`. */
  readonly base: LogBase;
  /** Where in the snapshot the bytes stand. */
  readonly offset: number;
  readonly bytes: Uint8Array;
  /** Whether they are its last (`done`). */
  readonly isLast: boolean;
  readonly sentMs: number;
}

export interface InstallSnapshotResponse extends Envelope {
  readonly type: 'InstallSnapshotResponse';
  readonly term: number;
  /** Which snapshot this is about: its last included index. */
  readonly baseIndex: number;
  /** The bytes from here on are wanted next. */
  readonly offset: number;
  /** Everything up to `baseIndex` is durable here, by this snapshot or without it. */
  readonly isInstalled: boolean;
  readonly sentMs: number;
}

/** The leader wants the receiver to take over, at once (thesis §3.10). */
export interface TimeoutNowRequest extends Envelope {
  readonly type: 'TimeoutNowRequest';
  readonly term: number;
}

export type Message =
  | PreVoteRequest
  | PreVoteResponse
  | RequestVoteRequest
  | RequestVoteResponse
  | AppendEntriesRequest
  | AppendEntriesResponse
  | InstallSnapshotRequest
  | InstallSnapshotResponse
  | TimeoutNowRequest;

export type MessageType = Message['type'];
