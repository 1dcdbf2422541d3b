/** What a check of a history comes to. Operations are named by their place in the history. */

/** There is an order of the operations that explains every answer. */
export interface Linearizable {
  readonly verdict: 'linearizable';
  /** The operations that took effect, in such an order; unknown ones only where they are needed. */
  readonly order: readonly number[];
}

/** There is none. */
export interface Violated {
  readonly verdict: 'violated';
  /** The part of the object that shows it, where the model has parts. */
  readonly key?: string;
  /** The longest order that was found before nothing could come that explains the rest. */
  readonly longest: readonly number[];
  /** What cannot answer as it did any more after `longest`. */
  readonly stuckAt: readonly number[];
  /** One line for people: what the first of `stuckAt` answered, and what it should have. */
  readonly explanation: string;
}

/** The search was given up; that says nothing about the history. */
export interface Undecided {
  readonly verdict: 'undecided';
  /** Configurations that were looked at. */
  readonly states: number;
}

export type Verdict = Linearizable | Violated | Undecided;
