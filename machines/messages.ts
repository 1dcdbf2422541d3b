/**
 * The messages between servers: the RPCs of Figure 2, each as a request and a response that cross
 * independently, as in raft.tla. Every name is the paper's; what the paper does not have says why
 * it is there.
 */
import type { Entry, ServerId } from './entry.js';

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
  /** The round of the request that this answers. */
  readonly round: number;
  /** Index of the configuration under which the responder sees itself as a member. */
  readonly configurationIndex: number;
}

export type Message =
  | PreVoteRequest
  | PreVoteResponse
  | RequestVoteRequest
  | RequestVoteResponse
  | AppendEntriesRequest
  | AppendEntriesResponse;

export type MessageType = Message['type'];
