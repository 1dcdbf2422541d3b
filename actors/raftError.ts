/** What went wrong, for programs (`code`), for people (`message`), and for retries (`outcome`). */
import type { ServerId } from '../machines/entry.js';

export type RaftErrorCode = `RAFT_${
  | 'NOT_LEADER'
  | 'TIMEOUT'
  | 'ABORTED'
  | 'OVERLOADED'
  | 'SESSION_EXPIRED'
  | 'STOPPED'
  | 'TOO_LARGE'
  | 'APPLY_THREW'
  | 'STORE_DAMAGED'
  | 'STORE_FAILED'
  | 'STORE_LOCKED'
  | 'WRONG_CLUSTER'
  | 'NOT_FOUNDED'
  | 'NOT_REPLICABLE'
  | 'SLOW_CONSUMER'}`;

export class RaftError extends Error {
  readonly code: RaftErrorCode;
  /**
   * *notDone*: it has no effect and never will. *unknown*: it may have one, now or later. *done*:
   * it was applied, and this is what the state machine answered.
   */
  readonly outcome: 'done' | 'notDone' | 'unknown';
  readonly leaderId: ServerId | undefined;

  constructor(
    code: RaftErrorCode,
    outcome: 'done' | 'notDone' | 'unknown',
    message: string,
    options: { readonly leaderId?: ServerId | undefined; readonly cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'RaftError';
    this.code = code;
    this.outcome = outcome;
    this.leaderId = options.leaderId;
  }
}
