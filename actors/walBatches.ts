/**
 * What waits to be written: records, gathered into batches that each fit into a segment. A buffer
 * that was written is used again.
 */
import type { Entry, ServerId } from '../machines/entry.js';
import type { LogBase } from '../machines/log.js';
import { ByteWriter } from './bytes.js';
import { batchHeaderBytes } from './walFormat.js';
import {
  type Checkpoint,
  entryRecordBytes,
  smallRecordBytesMax,
  writeBaseRecord,
  writeCheckpointRecord,
  writeEntryRecord,
  writeStoreMetRecord,
  writeVoteRecord,
} from './walRecords.js';

/** Records that are written together, behind room for the header. */
export interface Batch {
  readonly writer: ByteWriter;
  /** The last write that is complete with this batch; 0 if none is. */
  lastNumber: number;
  /** The highest index of an entry or a base in it; 0 if there is none. */
  indexMax: number;
  /** What all records before this batch come to: the checkpoint, if it begins a segment. */
  readonly before: Checkpoint;
}

/** By so much a checkpoint grows with a vote: a length, and an id of up to 64 characters. */
const votedForBytesMax = 4 + 4 * 64;
const blankHeader = new Uint8Array(batchHeaderBytes);
const newLog: Checkpoint = {
  currentTerm: 0,
  votedFor: undefined,
  lastIndex: 0,
  lastTerm: 0,
  knownStores: new Map(),
};

function emptyBatch(): Batch {
  const writer = new ByteWriter(16 * 1024);
  writer.bytes(blankHeader);
  return { writer, lastNumber: 0, indexMax: 0, before: { ...newLog } };
}

export class WalBatches {
  readonly #group: number;
  readonly #batchBytesMax: number;
  /** What all records come to, those that wait among them. */
  readonly state: Checkpoint = { ...newLog };
  #checkpointBytes = 0;
  /** The last one gathers, those before it are full. Never empty. */
  #waiting: Batch[] = [emptyBatch()];
  #unused: Batch | undefined;

  /** No batch with its checkpoint is larger than `batchBytesMax`, unless a single record is. */
  constructor(group: number, batchBytesMax: number) {
    this.#group = group;
    this.#batchBytesMax = batchBytesMax;
    this.goOn(newLog);
  }

  /** The log that is written to holds `state` already. To be called before anything is added. */
  goOn(state: Checkpoint): void {
    Object.assign(this.state, state);
    this.#checkpointBytes = votedForBytesMax + encodeCheckpoint(this.#group, state).length;
  }

  addVote(currentTerm: number, votedFor: ServerId | undefined): void {
    writeVoteRecord(this.#for(smallRecordBytesMax).writer, this.#group, currentTerm, votedFor);
    this.state.currentTerm = currentTerm;
    this.state.votedFor = votedFor;
  }

  addEntry(entry: Entry): void {
    const batch = this.#for(entryRecordBytes(entry));
    writeEntryRecord(batch.writer, this.#group, entry);
    this.#end(batch, entry.index, entry.term);
  }

  addBase(base: LogBase): void {
    const batch = this.#for(smallRecordBytesMax);
    writeBaseRecord(batch.writer, this.#group, base);
    this.#end(batch, base.index, base.term);
  }

  addStoreMet(serverId: ServerId, storeId: string): void {
    writeStoreMetRecord(this.#for(smallRecordBytesMax).writer, this.#group, serverId, storeId);
    // Batches that wait hold on to the map as it was.
    const knownStores = new Map(this.state.knownStores).set(serverId, storeId);
    this.goOn({ ...this.state, knownStores });
  }

  /** Write `number` is complete with what was added last. */
  complete(number: number): void {
    this.#waiting.at(-1)!.lastNumber = number;
  }

  /** The batch that is to be written next, if there is anything in it. It may still gather. */
  get next(): Batch | undefined {
    const batch = this.#waiting[0]!;
    return isEmpty(batch) ? undefined : batch;
  }

  /** Takes that batch: nothing is added to it any more. */
  take(): Batch {
    const batch = this.#waiting.shift()!;
    if (this.#waiting.length === 0) this.#waiting.push(this.#newBatch());
    return batch;
  }

  /** Gives back a batch that was written. */
  recycle(batch: Batch): void {
    batch.writer.reset();
    batch.writer.bytes(blankHeader);
    batch.lastNumber = 0;
    batch.indexMax = 0;
    this.#unused = batch;
  }

  /** Forgets all that waits. */
  clear(): void {
    this.#waiting = [emptyBatch()];
  }

  /** The batch to which a record of up to `length` bytes is to be written. */
  #for(length: number): Batch {
    let batch = this.#waiting.at(-1)!;
    if (!isEmpty(batch)) {
      const lengthMax = this.#batchBytesMax - this.#checkpointBytes;
      if (batch.writer.length + length <= lengthMax) return batch;
      batch = this.#newBatch();
      this.#waiting.push(batch);
    }
    const { before } = batch;
    before.currentTerm = this.state.currentTerm;
    before.votedFor = this.state.votedFor;
    before.lastIndex = this.state.lastIndex;
    before.lastTerm = this.state.lastTerm;
    before.knownStores = this.state.knownStores;
    return batch;
  }

  /** The log ends with that entry now. */
  #end(batch: Batch, index: number, term: number): void {
    this.state.lastIndex = index;
    this.state.lastTerm = term;
    if (index > batch.indexMax) batch.indexMax = index;
  }

  #newBatch(): Batch {
    const batch = this.#unused ?? emptyBatch();
    this.#unused = undefined;
    return batch;
  }
}

function isEmpty(batch: Batch): boolean {
  return batch.writer.length === batchHeaderBytes;
}

/** The record with which a segment begins that `batch` begins. */
export function checkpointOf(group: number, batch: Batch): Uint8Array {
  return encodeCheckpoint(group, batch.before);
}

function encodeCheckpoint(group: number, checkpoint: Checkpoint): Uint8Array {
  const writer = new ByteWriter(smallRecordBytesMax);
  writeCheckpointRecord(writer, group, checkpoint);
  return writer.finish();
}

/** `batch` as it is written to the beginning of a segment: with `checkpoint` before its records. */
export function withCheckpoint(batch: Uint8Array, checkpoint: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(batch.length + checkpoint.length);
  bytes.set(checkpoint, batchHeaderBytes);
  bytes.set(batch.subarray(batchHeaderBytes), batchHeaderBytes + checkpoint.length);
  return bytes;
}
