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
import type { Disk } from './disk.js';
import type { Identity, LogStore, Recovered, StoreListener, Write } from './logStore.js';
import { type Batch, emptyBatch, WalBatches } from './walBatches.js';
import { readFolder, settleFolder, type WalFolder } from './walFolder.js';
import { type BatchEnd, noBatch, sealBatch, segmentHeaderBytes, storeSeed } from './walFormat.js';
import { foundFolder, segmentHeaderOf } from './walFounding.js';
import {
  entryRecordBytes,
  smallRecordBytesMax,
  writeEntryRecord,
  writeStoreMetRecord,
  writeVoteRecord,
} from './walRecords.js';
import { type Segment, WalSegments, writeDurably } from './walSegments.js';

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
const nothing: Recovered = {
  identity: undefined,
  currentTerm: 0,
  votedFor: undefined,
  entries: [],
  knownStores: {},
};

class WalStore implements LogStore {
  readonly #disk: Disk;
  readonly #group: number;
  readonly #segmentBytes: number;
  #segments: WalSegments | undefined;
  /** Whether `open` has found that there is nothing here which a founding could destroy. */
  #isUnfounded = false;
  #seed = 0;
  /** The end of the last batch that was written. */
  #last: BatchEnd = noBatch;

  readonly #batches: WalBatches;
  /** Whether `open`, `found`, a batch or `close` is on its way. */
  #isBusy = false;

  #listener: StoreListener | undefined;
  #durable = 0;
  #told = 0;
  #failure: Error | undefined;
  #isClosed = false;
  #whenClosed: (() => void)[] = [];

  constructor({ disk, group = 0, segmentBytes = 16 * 1024 * 1024 }: WalStoreOptions) {
    if (!Number.isSafeInteger(segmentBytes) || segmentBytes < segmentBytesMin)
      throw new RangeError(`segmentBytes: ${segmentBytes} is not ${segmentBytesMin} or more`);
    this.#disk = disk;
    this.#group = group;
    this.#segmentBytes = segmentBytes;
    this.#batches = new WalBatches(segmentBytes - segmentHeaderBytes);
  }

  open(done: (error: Error | undefined, recovered: Recovered) => void): void {
    this.#isBusy = true;
    const answer = (error: Error | undefined, recovered: Recovered): void => {
      this.#isBusy = false;
      done(error, recovered);
      this.#proceed();
    };
    readFolder(this.#disk, this.#group, (error, folder) => {
      this.#isUnfounded = error === undefined && folder === undefined;
      if (error !== undefined || folder === undefined) return answer(error, nothing);
      settleFolder(this.#disk, folder, (failure, current, spare) => {
        if (failure !== undefined) return answer(failure, nothing);
        this.#begin(folder.identity, folder.log.last, current!, spare);
        answer(undefined, recoveredFrom(folder));
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
      const why = this.#segments === undefined ? 'not known to be empty' : 'founded already';
      return done(new Error(`${this.#disk.place} is ${why}; choose another folder`));
    }
    const { writer } = emptyBatch();
    writeVoteRecord(writer, this.#group, currentTerm, undefined);
    for (const entry of entries) writeEntryRecord(writer, this.#group, entry);
    this.#isBusy = true;
    const batch = writer.finish();
    foundFolder(this.#disk, identity, this.#segmentBytes, batch, (error, segment, last) => {
      this.#isBusy = false;
      if (error === undefined) {
        this.#isUnfounded = false;
        this.#begin(identity, last!, segment!, undefined);
      }
      done(error);
      this.#proceed();
    });
  }

  listen(listener: StoreListener): void {
    this.#listener = listener;
    if (this.#failure !== undefined) listener.failed(this.#failure);
  }

  append(write: Write): void {
    this.#gather(() => {
      // A write of nothing becomes a vote record: it has to become durable in its turn too.
      if (write.isVote || write.entries.length === 0) {
        const { writer } = this.#batches.for(smallRecordBytesMax);
        writeVoteRecord(writer, this.#group, write.currentTerm, write.votedFor);
      }
      for (const entry of write.entries)
        writeEntryRecord(this.#batches.for(entryRecordBytes(entry)).writer, this.#group, entry);
      this.#batches.for(0).lastNumber = write.number;
    });
  }

  remember(serverId: ServerId, storeId: string): void {
    this.#gather(() => {
      const { writer } = this.#batches.for(smallRecordBytesMax);
      writeStoreMetRecord(writer, this.#group, serverId, storeId);
    });
  }

  close(done: () => void): void {
    this.#whenClosed.push(done);
    this.#isClosed = true;
    this.#finish();
  }

  #begin(identity: Identity, last: BatchEnd, current: Segment, spare: Segment | undefined): void {
    this.#seed = storeSeed(identity.clusterId, identity.storeId);
    this.#last = last;
    const header = segmentHeaderOf(identity);
    this.#segments = new WalSegments(this.#disk, this.#segmentBytes, header, current, spare);
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

  /** Sends the next batch on its way, unless one is. */
  #pump(): void {
    const segments = this.#segments;
    if (this.#isBusy || segments === undefined) return;
    const batch = this.#batches.take();
    if (batch === undefined) return;
    this.#isBusy = true;
    segments.reserve(batch.writer.length, (error, segment) => {
      if (error === undefined) this.#write(batch, segment!);
      else this.#wrote(batch, error);
    });
  }

  #write(batch: Batch, segment: Segment): void {
    const bytes = batch.writer.finish();
    const { offset } = segment;
    const crc = sealBatch(bytes, this.#last, offset, this.#seed);
    segment.offset += bytes.length;
    const number = this.#last.number + 1;
    this.#last = { number, segment: segment.number, end: segment.offset, crc };
    writeDurably(segment.file, offset, bytes, (error) => this.#wrote(batch, error));
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
    if (!this.#isClosed) this.#segments?.prepareSpare();
    this.#pump();
    // A disk that answers at once has been through here for later batches meanwhile.
    if (this.#durable > this.#told && this.#failure === undefined) {
      this.#told = this.#durable;
      this.#listener?.persisted(this.#told);
    }
    this.#finish();
  }

  #fail(error: Error): void {
    if (this.#failure === undefined) {
      this.#failure = error;
      this.#batches.clear();
      this.#listener?.failed(error);
    }
    this.#finish();
  }

  /** Closes, if that was asked for and nothing is left to do. */
  #finish(): void {
    if (!this.#isClosed || this.#isBusy) return;
    const answer = (): void => {
      this.#isBusy = false;
      for (const done of this.#whenClosed.splice(0)) done();
    };
    const segments = this.#segments;
    this.#segments = undefined;
    this.#isBusy = true;
    if (segments === undefined) answer();
    else segments.close(answer);
  }
}

function recoveredFrom({ identity, log }: WalFolder): Recovered {
  const { currentTerm, votedFor, entries, knownStores } = log.replay;
  // fromEntries defines properties: a server named __proto__ is one like any other.
  return {
    identity,
    currentTerm,
    votedFor,
    entries,
    knownStores: Object.fromEntries(knownStores),
  };
}
