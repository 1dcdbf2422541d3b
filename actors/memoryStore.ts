/**
 * A log store that keeps nothing beyond its own life: for tests, examples, and measuring what
 * durability costs.
 *
 * It outlives `close` all the same: the same object, opened again, holds what was written to it, so
 * that a test can restart a server on it.
 */
import type { Entry, ServerId } from '../machines/entry.js';
import { type LogBase, logStart } from '../machines/log.js';
import type { Done } from './disk.js';
import type {
  Identity,
  LogStore,
  Recovered,
  SnapshotReader,
  SnapshotWriter,
  StoreListener,
  Write,
} from './logStore.js';
import { MemoryStoreSnapshots } from './memoryStoreSnapshots.js';

export interface MemoryStoreOptions {
  /**
   * Calls `run` later, when the caller of the store has returned: `persisted`, `close`, and all
   * that has to do with snapshots answer there.
   */
  readonly defer: (run: () => void) => void;
}

export function memoryStore(options: MemoryStoreOptions): LogStore {
  return new MemoryStore(options.defer);
}

class MemoryStore implements LogStore {
  readonly #defer: (run: () => void) => void;
  #identity: Identity | undefined;
  #currentTerm = 0;
  #votedFor: ServerId | undefined;
  /** The last entry before `#entries`. */
  #base = logStart;
  #entries: Entry[] = [];
  readonly #snapshots: MemoryStoreSnapshots;
  readonly #knownStores = new Map<ServerId, string>();
  #listener: StoreListener | undefined;
  /** The last write, and the last one that the listener knows of. */
  #written = 0;
  #told = 0;
  /** Whether an answer is on its way; writes until then share it. */
  #isDeferred = false;
  #isClosed = false;

  constructor(defer: (run: () => void) => void) {
    this.#defer = defer;
    this.#snapshots = new MemoryStoreSnapshots(defer);
  }

  open(done: (error: Error | undefined, recovered: Recovered) => void): void {
    this.#isClosed = false;
    this.#written = 0;
    this.#told = 0;
    this.#connect();
    done(undefined, {
      identity: this.#identity,
      currentTerm: this.#currentTerm,
      votedFor: this.#votedFor,
      snapshot: this.#snapshots.newest,
      base: this.#base,
      entries: this.#entries.slice(),
      knownStores: Object.fromEntries(this.#knownStores),
    });
  }

  found(
    identity: Identity,
    currentTerm: number,
    entries: readonly Entry[],
    done: (error: Error | undefined) => void,
  ): void {
    if (this.#identity !== undefined)
      return done(new Error('this memory store is founded already'));
    this.#identity = identity;
    this.#currentTerm = currentTerm;
    this.#put(entries);
    done(undefined);
  }

  listen(listener: StoreListener): void {
    this.#listener = listener;
  }

  append(write: Write): void {
    if (this.#isClosed) return;
    if (write.isVote) {
      this.#currentTerm = write.currentTerm;
      this.#votedFor = write.votedFor;
    }
    if (write.base !== undefined) this.#beginAnew(write.base);
    this.#put(write.entries);
    this.#written = write.number;
    if (this.#isDeferred) return;
    this.#isDeferred = true;
    this.#defer(() => {
      this.#isDeferred = false;
      this.#tell();
    });
  }

  remember(serverId: ServerId, storeId: string): void {
    if (!this.#isClosed) this.#knownStores.set(serverId, storeId);
  }

  createSnapshot(base: LogBase, done: Done<SnapshotWriter>): void {
    this.#snapshots.create(base, done);
  }

  openSnapshot(base: LogBase, done: Done<SnapshotReader>): void {
    this.#snapshots.open(base, done);
  }

  compact(index: number): void {
    const last = Math.min(index, this.#snapshots.newest?.index ?? 0);
    const dropped = this.#entries.splice(0, Math.max(0, last - this.#base.index)).at(-1);
    if (dropped !== undefined) {
      const { index, term, stampMs } = dropped;
      this.#base = { index, term, stampMs };
    }
    this.#snapshots.dropOlder();
  }

  /** There is always room. */
  findRoom(): void {
    this.#defer(() => this.#listener?.room(true));
  }

  close(done: () => void): void {
    this.#isClosed = true;
    this.#defer(() => {
      this.#tell();
      done();
    });
  }

  #tell(): void {
    if (this.#told === this.#written) return;
    this.#told = this.#written;
    this.#listener?.persisted(this.#told);
  }

  #put(entries: readonly Entry[]): void {
    const first = entries[0];
    if (first === undefined) return;
    this.#entries.length = first.index - 1 - this.#base.index;
    for (const entry of entries) this.#entries.push(entry);
  }

  /** A snapshot may be in place which the log was not begun anew behind (Figure 13, 6 and 7). */
  #connect(): void {
    const { newest } = this.#snapshots;
    if (newest === undefined) return;
    const { index, term } = newest;
    const isBase = this.#base.index === index && this.#base.term === term;
    if (!isBase && this.#entries[index - this.#base.index - 1]?.term !== term)
      this.#beginAnew(newest);
    if (term > this.#currentTerm) [this.#currentTerm, this.#votedFor] = [term, undefined];
  }

  #beginAnew(base: LogBase): void {
    this.#base = base;
    this.#entries = [];
  }
}
