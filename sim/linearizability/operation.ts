/** What a client asked of an object that others use at the same time, and what became of it. */

/**
 * - `done`: it took effect once, at some moment from `called` to `returned`, and answered `output`.
 * - `notDone`: it never takes effect.
 * - `unknown`: it takes effect once at some moment from `called` on, however late, or never;
 *   nothing is known of its answer, and `returned` says only when the client stopped waiting.
 *
 * An operation without `returned` is unknown, whatever its outcome says.
 */
export interface Operation<I = unknown, O = unknown> {
  readonly client: number;
  readonly input: I;
  /** What it answered; undefined where that is not known, and any answer would do. */
  readonly output?: O;
  /** In ms, of any one clock that all clients share. */
  readonly called: number;
  readonly returned?: number;
  readonly outcome: 'done' | 'notDone' | 'unknown';
}

/** Whether it took effect, and was seen to return. */
export function isDone({ outcome, returned }: Operation): boolean {
  return outcome === 'done' && returned !== undefined;
}
