/**
 * Figure 2's persistent state, as a port: the current term, the vote, and the log. What the store
 * has answered as durable survives a crash of the process and of the machine; `directoryStore` and
 * the simulator's disk keep it on files through `walStore`, and `memoryStore` does not keep it at
 * all.
 */
import type { Entry, ServerId } from '../machines/entry.js';
import type { LogBase } from '../machines/log.js';
import type { Done } from './disk.js';

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
  /** The newest snapshot that is in place; undefined before the first. */
  readonly snapshot: LogBase | undefined;
  /**
   * The last entry before `entries`: the snapshot's, or an earlier one; index 0 at the beginning.
   */
  readonly base: LogBase;
  /** Consecutive, from behind `base` on. */
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
  /**
   * If given, the log begins anew behind this entry, which a snapshot covers that is in place
   * (§7): whatever the log held is gone, and `entries` follow it.
   */
  readonly base?: LogBase | undefined;
  readonly entries: readonly Entry[];
}

/**
 * A snapshot that is being written, beside the one in place. One call at a time. After an error it
 * is abandoned, and nothing of it is left; the log is not touched by it.
 */
export interface SnapshotWriter {
  /** Appends `bytes`, which the caller leaves alone until this answers. */
  write(bytes: Uint8Array, done: Done): void;
  /** Makes it durable and puts it in place, whole or not at all; the newest in place counts. */
  commit(done: Done): void;
  /** Idempotent, and without effect after `commit`. */
  abandon(): void;
}

/** An open snapshot. What was opened stays readable, also when the store has dropped it since. */
export interface SnapshotReader {
  /** Its size in bytes. */
  readonly length: number;
  /** Reads up to `length` bytes at `offset`; fewer only at the end. */
  read(offset: number, length: number, done: Done<Uint8Array>): void;
  close(): void;
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
  /**
   * The disk has no room for another segment, or has room again. Without room the store still takes
   * what fits into the segment that was prepared ahead, so that term and vote stay writable;
   * nothing that can wait should be given to it. What does not fit waits in its order until there
   * is room, or is given up by `close`.
   */
  room(hasRoom: boolean): void;
}

/**
 * A store serves one server, once: `open`, then `found` if nothing was there, then writes, then
 * `close`. Answers may come inside the call that asks for them.
 */
export interface LogStore {
  /**
   * Reads what is there, and claims it until `close`. Damage is answered as a {@link StoreDamaged},
   * a place that another store or process uses as a `StoreLocked`; then nothing is changed, and
   * nothing claimed.
   */
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
  /**
   * Begins a snapshot of everything up to `base`. Several may be written at a time, also of the
   * same base.
   */
  createSnapshot(base: LogBase, done: Done<SnapshotWriter>): void;
  /** Opens a snapshot that is in place. */
  openSnapshot(base: LogBase, done: Done<SnapshotReader>): void;
  /**
   * Entries up to `index` may go: a snapshot that is in place covers them. So may snapshots other
   * than the newest. What is dropped, and when, is the store's to choose; never before it is safe,
   * and never more than the newest snapshot covers.
   */
  compact(index: number): void;
  /** Tries once more to find room; `room` tells how it went, also if there was some all along. */
  findRoom(): void;
  /**
   * Answers once what was queued is durable, or has failed, and nothing is left open: snapshots
   * that are being written are abandoned, those that are being read are closed.
   */
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
