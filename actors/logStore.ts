/**
 * Figure 2's persistent state, as a port: the current term, the vote, and the log. What the store
 * has answered as durable survives a crash of the process and of the machine; `directoryStore` and
 * the simulator's disk keep it on files through `walStore`, and `memoryStore` does not keep it at
 * all.
 */
import type { Entry, ServerId } from '../machines/entry.js';

/** Who a data folder belongs to, written once when it is founded. */
export interface Identity {
  /** Name of the cluster, chosen by whoever founds it. */
  readonly clusterId: string;
  readonly serverId: ServerId;
  /**
   * Random name of this very folder, so that an emptied or foreign one under a known id is noticed.
   */
  readonly storeId: string;
}

/** What a store holds when it is opened. */
export interface Recovered {
  /** Undefined: nothing was ever founded here. */
  readonly identity: Identity | undefined;
  readonly currentTerm: number;
  readonly votedFor: ServerId | undefined;
  /** Consecutive, from the first index that is not covered by a snapshot. */
  readonly entries: readonly Entry[];
  /** The store ids under which the other servers were met before. */
  readonly knownStores: Readonly<Record<ServerId, string>>;
}

/** One write. `entries` replace whatever the log held from the first one's index on. */
export interface Write {
  /** Writes are numbered consecutively from 1, and become durable in that order. */
  readonly number: number;
  readonly currentTerm: number;
  readonly votedFor: ServerId | undefined;
  /** Whether term or vote differ from what was written before. */
  readonly isVote: boolean;
  readonly entries: readonly Entry[];
}

/** What a store tells its server. */
export interface StoreListener {
  /** Every write up to `number` is durable. */
  persisted(number: number): void;
  /**
   * The store cannot be trusted any more, and the server must stop: a failed sync is never tried
   * again.
   */
  failed(error: Error): void;
}

/**
 * A store serves one server, once: `open`, then `found` if nothing was there, then writes, then
 * `close`. Answers may come inside the call that asks for them.
 */
export interface LogStore {
  /** Reads what is there. Damage is answered as a {@link StoreDamaged}, and nothing is changed. */
  open(done: (error: Error | undefined, recovered: Recovered) => void): void;
  /** Writes the identity and the first entries; both are durable when this answers. */
  found(
    identity: Identity,
    currentTerm: number,
    entries: readonly Entry[],
    done: (error: Error | undefined) => void,
  ): void;
  /** From here on, whom to tell. */
  listen(listener: StoreListener): void;
  /**
   * Queues a write. All that are queued while a sync is under way share the next one (group
   * commit).
   */
  append(write: Write): void;
  /** Remembers under which store id a server was met; durable some time later, like a write. */
  remember(serverId: ServerId, storeId: string): void;
  /** Answers once what was queued is durable, or has failed, and nothing is left open. */
  close(done: () => void): void;
}

/**
 * Recovery found something that it must not pass over. The message names file, offset and remedy.
 */
export class StoreDamaged extends Error {
  readonly code = 'RAFT_STORE_DAMAGED';
  readonly file: string;
  readonly offset: number;
  constructor(file: string, offset: number, what: string, remedy: string) {
    super(`${file}, byte ${offset}: ${what}. ${remedy}`);
    this.name = 'StoreDamaged';
    this.file = file;
    this.offset = offset;
  }
}
