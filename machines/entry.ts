/**
 * The log entry: a header that is ours, and bytes that belong to the state machine.
 *
 * Only the header means anything to the protocol. The bytes pass unchanged from the client to the
 * log, over the wire, and into `apply`.
 */

/** The name of a server, unique in its cluster: 1 to 64 characters. */
export type ServerId = string;

/**
 * What an entry asks of those who apply it. The position in this list is its code on disk and wire.
 */
export const entryKinds = [
  'command', //       for the state machine
  'noOp', //          a leader's first entry: commits those of earlier terms (§5.4.2, §8)
  'configuration', // the members of the cluster (§6)
  'openSession', //   a client's session begins, named by this entry's index (thesis §6.3)
  'closeSession', //  a session ends
  'tick', //          log time moves on, and nothing else
] as const;

export type EntryKind = (typeof entryKinds)[number];

/** What a client asks to have appended; the leader adds index, term and stamp. */
export interface Proposal {
  readonly kind: EntryKind;
  /** Index of the session's openSession entry; 0 for none. */
  readonly sessionId: number;
  /** Number of the request within its session; 0 for none. */
  readonly sequence: number;
  /**
   * Lowest sequence whose answer the client still waits for: the answers below it may be forgotten.
   */
  readonly firstUnacknowledged: number;
  readonly bytes: Uint8Array;
}

/** One slot of the replicated log (Figure 2, `log[]`). Never changed once made. */
export interface Entry extends Proposal {
  /** Position in the log, from 1. */
  readonly index: number;
  /** Term in which a leader received it. */
  readonly term: number;
  /**
   * Log time in ms: the leader's wall clock when it received it, or the stamp before if that is
   * later.
   */
  readonly stampMs: number;
}

const none = new Uint8Array(0);

/** A proposal of a kind that carries neither session nor bytes, or only bytes. */
export function proposal(kind: EntryKind, bytes: Uint8Array = none): Proposal {
  return { kind, sessionId: 0, sequence: 0, firstUnacknowledged: 0, bytes };
}
