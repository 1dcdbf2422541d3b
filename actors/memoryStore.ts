/**
 * A log store that keeps nothing beyond its own life: for tests, examples, and measuring what
 * durability costs.
 *
 * It outlives `close` all the same: the same object, opened again, holds what was written to it, so
 * that a test can restart a server on it.
 */
import type { Entry, ServerId } from '../machines/entry.js';
import type { Identity, LogStore, Recovered, StoreListener, Write } from './logStore.js';

export interface MemoryStoreOptions {
  /**
   * Calls `run` later, when the caller of the store has returned: `persisted` and `close` answer
   * there.
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
  #entries: Entry[] = [];
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
  }

  open(done: (error: Error | undefined, recovered: Recovered) => void): void {
    this.#isClosed = false;
    this.#written = 0;
    this.#told = 0;
    done(undefined, {
      identity: this.#identity,
      currentTerm: this.#currentTerm,
      votedFor: this.#votedFor,
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
    this.#entries.length = first.index - 1;
    for (const entry of entries) this.#entries.push(entry);
  }
}
