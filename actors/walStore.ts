/**
 * The log store on a disk: a write-ahead log in which term, vote and entries share one sync (group
 * commit).
 *
 * Writes are encoded as they come, into the batch that gathers. One batch at a time is on its way
 * to the disk: one write, one sync; when it is durable, what gathered meanwhile goes next. Nothing
 * waits for a timer. `walFormat` has the layout, `walRecovery` what is made of it after a crash,
 * and docs/durability.md what survives what.
 */
import type { Entry, ServerId } from '../machines/entry.js';
import type { LogBase } from '../machines/log.js';
import type { Disk, Done, Release } from './disk.js';
import type {
  Identity,
  LogStore,
  Recovered,
  SnapshotReader,
  SnapshotWriter,
  StoreListener,
  Write,
} from './logStore.js';
import { type Batch, WalBatches } from './walBatches.js';
import { readFolder, recoveredFrom, settleFolder, unfounded, type WalFolder } from './walFolder.js';
import { segmentHeaderBytes } from './walFormat.js';
import { foundFolder } from './walFounding.js';
import { WalLog, type WalLogOptions } from './walLog.js';
import type { Segment } from './walSegments.js';

export interface WalStoreOptions {
  readonly disk: Disk;
  /** The group whose log this is; 0 by default. */
  readonly group?: number;
  /**
   * Size of a segment, from 2 KiB on; 16 MiB by default. A batch is no larger than that, unless it
   * is a single entry that is: that one makes its segment grow.
   */
  readonly segmentBytes?: number;
}

/**
 * A {@link LogStore} on the files of a disk. What is appended to it after `close`, or a failure, is
 * not written.
 */
export function walStore(options: WalStoreOptions): LogStore {
  return new WalStore(options);
}

const segmentBytesMin = 2048;
class WalStore implements LogStore {
  readonly #disk: Disk;
  readonly #group: number;
  readonly #segmentBytes: number;
  #release: Release | undefined;
  /** Undefined before the folder is founded, and when the store is closed. */
  #log: WalLog | undefined;
  /** Whether `open` has found that there is nothing here which a founding could destroy. */
  #isUnfounded = false;
  readonly #batches: WalBatches;
  /** Whether `open`, `found`, a batch or `close` is on its way. */
  #isBusy = false;

  #listener: StoreListener | undefined;
  #durable = 0;
  #told = 0;
  #hasRoom = true;
  #failure: Error | undefined;
  #isClosed = false;
  #whenClosed: (() => void)[] = [];

  constructor({ disk, group = 0, segmentBytes = 16 * 1024 * 1024 }: WalStoreOptions) {
    if (!Number.isSafeInteger(segmentBytes) || segmentBytes < segmentBytesMin)
      throw new RangeError(`segmentBytes: ${segmentBytes} is not ${segmentBytesMin} or more`);
    this.#disk = disk;
    this.#group = group;
    this.#segmentBytes = segmentBytes;
    this.#batches = new WalBatches(group, segmentBytes - segmentHeaderBytes);
  }

  open(done: (error: Error | undefined, recovered: Recovered) => void): void {
    this.#isBusy = true;
    const answer = (error: Error | undefined, recovered: Recovered): void => {
      this.#isBusy = false;
      done(error, recovered);
      this.#proceed();
    };
    const refuse = (error: Error): void => this.#giveUp(() => answer(error, unfounded));
    this.#disk.prepare((unclaimed, release) => {
      if (unclaimed !== undefined) return answer(unclaimed, unfounded);
      this.#release = release;
      readFolder(this.#disk, this.#group, (error, folder) => {
        if (error !== undefined) return refuse(error);
        this.#isUnfounded = folder === undefined;
        if (folder === undefined) return answer(undefined, unfounded);
        settleFolder(this.#disk, folder, (failure, current, spare) => {
          if (failure !== undefined) return refuse(failure);
          answer(undefined, this.#goOn(folder, current!, spare));
        });
      });
    });
  }

  found(
    identity: Identity,
    currentTerm: number,
    entries: readonly Entry[],
    done: (error: Error | undefined) => void,
  ): void {
    if (!this.#isUnfounded) {
      const why = this.#log === undefined ? 'not known to be empty' : 'founded already';
      return done(new Error(`${this.#disk.place} is ${why}; choose another folder`));
    }
    this.#isBusy = true;
    const options = { disk: this.#disk, group: this.#group, segmentBytes: this.#segmentBytes };
    foundFolder({ ...options, identity, currentTerm, entries }, (error, founded) => {
      this.#isBusy = false;
      if (founded !== undefined) {
        const { current, last, state } = founded;
        this.#isUnfounded = false;
        this.#batches.goOn(state);
        this.#begin({ identity, last, full: [], current, spare: undefined, snapshots: [] });
      }
      done(error);
      this.#proceed();
    });
  }

  listen(listener: StoreListener): void {
    this.#listener = listener;
    if (this.#failure !== undefined) listener.failed(this.#failure);
    else if (!this.#hasRoom) listener.room(false);
  }

  append(write: Write): void {
    this.#gather(() => {
      const batches = this.#batches;
      const { base, entries } = write;
      // A write of nothing becomes a vote record: it has to become durable in its turn too.
      if (write.isVote || (base === undefined && entries.length === 0))
        batches.addVote(write.currentTerm, write.votedFor);
      if (base !== undefined) batches.addBase(base);
      for (const entry of entries) batches.addEntry(entry);
      batches.complete(write.number);
    });
  }

  remember(serverId: ServerId, storeId: string): void {
    this.#gather(() => this.#batches.addStoreMet(serverId, storeId));
  }

  createSnapshot(base: LogBase, done: Done<SnapshotWriter>): void {
    const snapshots = this.#log?.snapshots;
    if (snapshots === undefined) done(this.#notOpen(), undefined as unknown as SnapshotWriter);
    else snapshots.create(base, done);
  }

  openSnapshot(base: LogBase, done: Done<SnapshotReader>): void {
    const snapshots = this.#log?.snapshots;
    if (snapshots === undefined) done(this.#notOpen(), undefined as unknown as SnapshotReader);
    else snapshots.open(base, done);
  }

  compact(index: number): void {
    this.#log?.compaction.compact(index);
  }

  findRoom(): void {
    if (this.#failure === undefined && !this.#isClosed) this.#log?.segments.findRoom();
  }

  close(done: () => void): void {
    this.#whenClosed.push(done);
    this.#isClosed = true;
    this.#finish();
  }

  /** Goes on with what was recovered, and answers it. */
  #goOn(folder: WalFolder, current: Segment, spare: Segment | undefined): Recovered {
    const { identity, log, snapshots } = folder;
    const { replay, connection, used, last } = log;
    const { currentTerm, votedFor, lastIndex, lastTerm, knownStores } = replay;
    this.#batches.goOn({ currentTerm, votedFor, lastIndex, lastTerm, knownStores });
    this.#begin({ identity, last, full: used.slice(0, -1), current, spare, snapshots });
    const recovered = recoveredFrom(folder);
    // What differs from the log on disk is written there before anything else.
    if (recovered.currentTerm !== currentTerm)
      this.#batches.addVote(recovered.currentTerm, undefined);
    if (connection.isNew) this.#batches.addBase(connection.base);
    return recovered;
  }

  #begin(options: Omit<WalLogOptions, 'disk' | 'group' | 'segmentBytes' | 'listener'>): void {
    this.#log = new WalLog({
      ...options,
      disk: this.#disk,
      group: this.#group,
      segmentBytes: this.#segmentBytes,
      listener: {
        room: (hasRoom, isAsked) => this.#tellRoom(hasRoom, isAsked),
        failed: (error) => this.#fail(error),
      },
    });
  }

  #gather(encode: () => void): void {
    if (this.#failure !== undefined || this.#isClosed) return;
    try {
      encode();
    } catch (error) {
      // Half a record may stand in the batch now: nothing of it may be written.
      return this.#fail(error as Error);
    }
    this.#pump();
  }

  /** Sends the next batch on its way, unless one is, or there is no room for it yet. */
  #pump(): void {
    const log = this.#log;
    const next = this.#batches.next;
    if (this.#isBusy || log === undefined || next === undefined) return;
    if (!log.segments.hasPlaceFor(next.writer.length)) return log.segments.prepareSpare();
    this.#isBusy = true;
    const batch = this.#batches.take();
    log.write(batch, (error) => this.#wrote(batch, error));
  }

  #wrote(batch: Batch, error: Error | undefined): void {
    this.#isBusy = false;
    if (error !== undefined) return this.#fail(error);
    if (batch.lastNumber > 0) this.#durable = batch.lastNumber;
    this.#batches.recycle(batch);
    this.#proceed();
  }

  /** Puts the disk to work again, and only then tells what it has done. */
  #proceed(): void {
    if (!this.#isClosed) this.#log?.segments.prepareSpare();
    this.#pump();
    // A disk that answers at once has been through here for later batches meanwhile.
    if (this.#durable > this.#told && this.#failure === undefined) {
      this.#told = this.#durable;
      this.#listener?.persisted(this.#told);
    }
    this.#finish();
  }

  #tellRoom(hasRoom: boolean, isAsked: boolean): void {
    const isNews = isAsked || hasRoom !== this.#hasRoom;
    this.#hasRoom = hasRoom;
    if (isNews && this.#failure === undefined && !this.#isClosed) this.#listener?.room(hasRoom);
    if (hasRoom) this.#proceed();
    else this.#finish();
  }

  #fail(error: Error): void {
    if (this.#failure === undefined) {
      this.#failure = error;
      this.#batches.clear();
      this.#log?.compaction.stop(() => {});
      this.#listener?.failed(error);
    }
    this.#finish();
  }

  /** Closes, if that was asked for and nothing is left to do. */
  #finish(): void {
    if (!this.#isClosed || this.#isBusy) return;
    // What waits for a segment that is being created is still to be written; what waits for room
    // is given up: it was promised to nobody.
    if (this.#batches.next !== undefined && this.#log?.segments.isCreating) return;
    const log = this.#log;
    this.#log = undefined;
    this.#isBusy = true;
    const answer = (): void => {
      this.#isBusy = false;
      for (const done of this.#whenClosed.splice(0)) done();
    };
    const giveUp = (): void => this.#giveUp(answer);
    if (log === undefined) giveUp();
    else log.close(giveUp);
  }

  /** Gives up the claim of the folder. */
  #giveUp(done: () => void): void {
    const release = this.#release;
    this.#release = undefined;
    if (release === undefined) done();
    else release(done);
  }

  #notOpen(): Error {
    return new Error(`${this.#disk.place}: the store is not open`);
  }
}
