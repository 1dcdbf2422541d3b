/**
 * What waits to be written: records, gathered into batches that each fit into a segment. A buffer
 * that was written is used again.
 */
import { ByteWriter } from './bytes.js';
import { batchHeaderBytes } from './walFormat.js';

/** Records that are written together, behind room for the header. */
export interface Batch {
  readonly writer: ByteWriter;
  /** The last write that is complete with this batch; 0 if none is. */
  lastNumber: number;
}

const blankHeader = new Uint8Array(batchHeaderBytes);

export function emptyBatch(): Batch {
  const writer = new ByteWriter(16 * 1024);
  writer.bytes(blankHeader);
  return { writer, lastNumber: 0 };
}

export class WalBatches {
  readonly #batchBytesMax: number;
  /** The last one gathers, those before it are full. Never empty. */
  #waiting: Batch[] = [emptyBatch()];
  #unused: Batch | undefined;

  /** No batch is larger than `batchBytesMax`, unless a single record is. */
  constructor(batchBytesMax: number) {
    this.#batchBytesMax = batchBytesMax;
  }

  /** The batch to which a record of up to `length` bytes is to be written. */
  for(length: number): Batch {
    const batch = this.#waiting.at(-1)!;
    if (isEmpty(batch) || batch.writer.length + length <= this.#batchBytesMax) return batch;
    const next = this.#newBatch();
    this.#waiting.push(next);
    return next;
  }

  /** Takes the batch that is to be written next, if there is anything in it. */
  take(): Batch | undefined {
    if (isEmpty(this.#waiting[0]!)) return undefined;
    const batch = this.#waiting.shift();
    if (this.#waiting.length === 0) this.#waiting.push(this.#newBatch());
    return batch;
  }

  /** Gives back a batch that was written. */
  recycle(batch: Batch): void {
    batch.writer.reset();
    batch.writer.bytes(blankHeader);
    batch.lastNumber = 0;
    this.#unused = batch;
  }

  /** Forgets all that waits. */
  clear(): void {
    this.#waiting = [emptyBatch()];
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
