/**
 * What the bench needs of a system that it measures: three servers, and two ways of talking to
 * them.
 */
import type { Generator } from './load.js';

/** Three servers of one system, durable, on this machine. */
export interface Contender {
  readonly name: string;
  /** The ways of putting load on it that are worth a comparison. */
  readonly generators: readonly Generator[];
  /**
   * Starts the servers, for the first time or after `kill` with the same folders and ports, and
   * waits for a leader. Throws, with what a server said last, where one does not stay up.
   */
  start(): Promise<void>;
  /** `kill -9` of all servers at once; answers when they are gone. */
  kill(): Promise<void>;
  /** Process ids of the servers. */
  pids(): readonly number[];
  /** The port at which the leader of now serves clients; `set` and `get` go there from now on. */
  leaderPort(): Promise<number>;
  /** Answers when the write is acknowledged; rejects where that is not so, or not known. */
  set(key: string, value: string): Promise<void>;
  /** A linearizable read. */
  get(key: string): Promise<string | undefined>;
}

export const serverCount = 3;
/** How many servers must have a write before it may be acknowledged. */
export const majority = 2;
/** How long a cluster may take to elect, from its start. */
export const electionMsMax = 20_000;
