/**
 * The log store on a disk: a write-ahead log in which term, vote and entries share one sync (group commit).
 *
 * Writes are encoded as they come, into the batch that gathers. One batch at a time is on its way to the disk: one
 * write, one sync; when it is durable, what gathered meanwhile goes next. Nothing waits for a timer. `walFormat`
 * has the layout, `walRecovery` what is made of it after a crash, and docs/durability.md what survives what.
 */
import type { Entry, ServerId } from '../machines/entry.js';
import { ByteWriter } from './bytes.js';
import type { Disk } from './disk.js';
import type { Identity, LogStore, Recovered, StoreListener, Write } from './logStore.js';
import { readFolder, settleFolder, type WalFolder } from './walFolder.js';
import {
  type BatchEnd,
  batchHeaderBytes,
  noBatch,
  sealBatch,
  segmentHeaderBytes,
  storeSeed,
} from './walFormat.js';
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
   * Size of a segment, from 2 KiB on; 16 MiB by default. A batch is no larger than that, unless it is a single
   * entry that is: that one makes its segment grow.
   */
  readonly segmentBytes?: number;
}

/** A {@link LogStore} on the files of a disk. What is appended to it after `close`, or a failure, is not written. */
export function walStore(options: WalStoreOptions): LogStore {
  return new WalStore(options);
}

/** Records that are written together, behind room for the header. */
interface Batch {
  readonly writer: ByteWriter;
  /** The last write that is complete with this batch; 0 if none is. */
  lastNumber: number;
}

const segmentBytesMin = 2048;
const blankHeader = new Uint8Array(batchHeaderBytes);
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
  #seed = 0;
  /** The end of the last batch that was written. */
  #last: BatchEnd = noBatch;

  /** What waits to be written: the last one gathers, those before it are full. Never empty. */
  #batches: Batch[] = [emptyBatch()];
  /** A batch that was written, whose buffer the next one uses. */
  #unused: Batch | undefined;
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
  }

  open(done: (error: Error | undefined, recovered: Recovered) => void): void {
    this.#isBusy = true;
    const answer = (error: Error | undefined, recovered: Recovered): void => {
      this.#isBusy = false;
      done(error, recovered);
      this.#proceed();
    };
    readFolder(this.#disk, this.#group, (error, folder) => {
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
    if (this.#segments !== undefined)
      return done(new Error(`${this.#disk.place} is founded already; choose another folder`));
    const { writer } = emptyBatch();
    writeVoteRecord(writer, this.#group, currentTerm, undefined);
    for (const entry of entries) writeEntryRecord(writer, this.#group, entry);
    this.#isBusy = true;
    const batch = writer.finish();
    foundFolder(this.#disk, identity, this.#segmentBytes, batch, (error, segment, last) => {
      this.#isBusy = false;
      if (error === undefined) this.#begin(identity, last!, segment!, undefined);
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
      // A write of nothing becomes a vote record: it has to become durable in its turn, like any other.
      if (write.isVote || write.entries.length === 0) {
        const { writer } = this.#batchFor(smallRecordBytesMax);
        writeVoteRecord(writer, this.#group, write.currentTerm, write.votedFor);
      }
      for (const entry of write.entries)
        writeEntryRecord(this.#batchFor(entryRecordBytes(entry)).writer, this.#group, entry);
      this.#batches.at(-1)!.lastNumber = write.number;
    });
  }

  remember(serverId: ServerId, storeId: string): void {
    this.#gather(() => {
      const { writer } = this.#batchFor(smallRecordBytesMax);
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

  /** The batch to which a record of `length` bytes belongs. */
  #batchFor(length: number): Batch {
    const batch = this.#batches.at(-1)!;
    const roomBytes = this.#segmentBytes - segmentHeaderBytes - batch.writer.length;
    if (length <= roomBytes || isEmpty(batch)) return batch;
    const next = emptyBatch();
    this.#batches.push(next);
    return next;
  }

  /** Sends the next batch on its way, unless one is. */
  #pump(): void {
    const segments = this.#segments;
    const batch = this.#batches[0]!;
    if (this.#isBusy || segments === undefined || isEmpty(batch)) return;
    this.#isBusy = true;
    this.#batches.shift();
    if (this.#batches.length === 0) this.#batches.push(this.#unused ?? emptyBatch());
    this.#unused = undefined;
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
    this.#unused = recycled(batch);
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
      this.#batches = [emptyBatch()];
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

function emptyBatch(): Batch {
  const writer = new ByteWriter(16 * 1024);
  writer.bytes(blankHeader);
  return { writer, lastNumber: 0 };
}

function recycled(batch: Batch): Batch {
  batch.writer.reset();
  batch.writer.bytes(blankHeader);
  batch.lastNumber = 0;
  return batch;
}

function isEmpty(batch: Batch): boolean {
  return batch.writer.length === batchHeaderBytes;
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
