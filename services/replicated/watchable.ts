/** The port to the instances of one server: whoever is on the same machine sees each change. */
import type { EventObject } from 'xstate';
import type { PackedState } from './packedState.js';

/** Takes back what was asked for. Idempotent. */
export type Cancel = () => void;

/** What has become of an instance. */
export interface Update {
  /** The number of this change among all to any instance: later ones have higher numbers. */
  readonly version: number;
  /** Undefined: there is no such instance, not yet or no more. */
  readonly state: PackedState | undefined;
  /** By the step that made the change. */
  readonly emitted: readonly EventObject[];
  /** An event that a timer sent, and that was refused: there is nobody else to tell. */
  readonly rejected?: { readonly event: unknown; readonly error: Error };
}

export interface Watchable {
  /**
   * Calls `take` at once, and after each change to the instance on this server, in the order of the
   * log. After a snapshot is installed, the changes that it covers are one, and what they emitted
   * is lost. `take` must neither throw nor call the server: it is called while entries are applied.
   */
  watch(machine: string, key: string, take: (update: Update) => void): Cancel;
}

/**
 * A query with this property is answered by handing over the instances of the server that is asked.
 * It never leaves the process, as symbols do not: it is for reads with consistency *local*.
 */
export const instancesHere = Symbol('the instances of this server');

export interface QueryHere {
  readonly [instancesHere]: (watchable: Watchable) => void;
}
