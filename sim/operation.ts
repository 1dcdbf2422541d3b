/** A request of a client, and what became of it. */

/** What a client asked, and what became of it. */
export interface Operation<C = unknown, R = unknown> {
  readonly client: number;
  readonly kind: 'command' | 'query';
  /** The command, or the query; undefined where the query asks for everything. */
  readonly input: C | undefined;
  /** When it was asked for, virtual ms. */
  readonly called: number;
  /** When the client knew what became of it; never, if it still waits. */
  returned?: number;
  output?: R;
  outcome: 'done' | 'notDone' | 'unknown';
}
