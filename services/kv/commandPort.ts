/**
 * The cluster behind a Redis front, as a port: commands go into the log, queries are answered from
 * the state, and each is answered once. `commandPortContract` says what an implementation owes.
 */

export interface CommandPort {
  /**
   * Appends a command to the log. Answers with the state machine's result once it is applied, or
   * why not. Commands that were given in this order take effect in this order.
   */
  execute(command: Uint8Array, done: (outcome: PortOutcome) => void): void;
  /**
   * Answers at a linearizable point: after everything that was acknowledged before this call,
   * anywhere.
   */
  query(query: Uint8Array, done: (outcome: PortOutcome) => void): void;
  /**
   * For INFO: id, role, leader, term, commit and applied index, and so on, as lines. `keys` and
   * `expires`, if given, also make its section on the keyspace.
   */
  status(): Readonly<Record<string, string | number>>;
  /** This server's wall clock (ms), for TIME, TTL and CLIENT LIST. */
  wallMs(): number;
  /** For RAFTCHART. A port without it has no server behind it that could be given orders. */
  readonly operator?: Operator | undefined;
}

/**
 * What whoever operates a cluster may ask of this one server. Orders are begun and not waited for;
 * both answer why they cannot even be begun, in one line. The report tells how they went.
 */
export interface Operator {
  /** Hands leadership over, to the server that is named or to the one whose log is furthest. */
  transfer(to: string | undefined): string | undefined;
  /** Takes a snapshot of this server's state, unless the newest one covers all of it. */
  snapshot(): string | undefined;
  /** All that this server can say of itself, as what JSON can hold. */
  report(): object;
}

/**
 * What became of a command. *Not done*: it took no effect and never will. *Unknown*: it may have
 * taken effect, or may yet. Of a query both say only that there is no answer.
 */
export type PortOutcome =
  | { readonly type: 'done'; readonly index: number; readonly value: Uint8Array }
  | { readonly type: 'notDone' | 'unknown'; readonly reason: string };
