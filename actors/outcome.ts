/** How what a client asked for ended. *Done* and *not done* are definite; *unknown* is honest. */

import type { SessionAnswer } from './sessions.js';

export type EntryOutcome =
  /** Applied, at `index`. */
  | { readonly type: 'done'; readonly index: number; readonly value: unknown }
  /** Applied, and the state machine threw: the same on every server. */
  | { readonly type: 'threw'; readonly index: number; readonly error: unknown }
  /**
   * It was applied before, for another entry of the same session and sequence: so it was answered.
   */
  | { readonly type: 'answered'; readonly answer: SessionAnswer }
  /** Its session is gone: whether it was applied before is not known. It was not applied now. */
  | { readonly type: 'expired'; readonly reason: string }
  /** It has no effect and never will: safe to try again anywhere. */
  | { readonly type: 'notDone'; readonly reason: string }
  /** It may take effect yet, or may have. */
  | { readonly type: 'unknown'; readonly reason: string };

export type Settle = (outcome: EntryOutcome) => void;

export const notDone = (reason: string): EntryOutcome => ({ type: 'notDone', reason });
export const unknown = (reason: string): EntryOutcome => ({ type: 'unknown', reason });
