/** How what a client asked for ended. *Done* and *not done* are definite; *unknown* is honest. */

export type EntryOutcome =
  /** Applied, at `index`. */
  | { readonly type: 'done'; readonly index: number; readonly value: unknown }
  /** Applied, and the state machine threw: the same on every server. */
  | { readonly type: 'threw'; readonly index: number; readonly error: unknown }
  /** It has no effect and never will: safe to try again anywhere. */
  | { readonly type: 'notDone'; readonly reason: string }
  /** It may take effect yet, or may have. */
  | { readonly type: 'unknown'; readonly reason: string };

export type Settle = (outcome: EntryOutcome) => void;

export const notDone = (reason: string): EntryOutcome => ({ type: 'notDone', reason });
export const unknown = (reason: string): EntryOutcome => ({ type: 'unknown', reason });
