/**
 * A log that is open on its disk: its segments, the snapshots beside them, and the writing of
 * batches, each vouching for the one before it.
 */
import type { LogBase } from '../machines/log.js';
import type { Disk } from './disk.js';
import type { Identity } from './logStore.js';
import { type Batch, checkpointOf, withCheckpoint } from './walBatches.js';
import { WalCompaction } from './walCompaction.js';
import { type BatchEnd, sealBatch, segmentHeaderBytes, storeSeed } from './walFormat.js';
import { segmentHeaderOf } from './walFounding.js';
import type { UsedSegment } from './walRecovery.js';
import { type Segment, type SegmentListener, WalSegments, writeDurably } from './walSegments.js';
import { WalSnapshots } from './walSnapshots.js';

export interface WalLogOptions {
  readonly disk: Disk;
  readonly group: number;
  readonly segmentBytes: number;
  readonly identity: Identity;
  /** The end of the last batch. */
  readonly last: BatchEnd;
  /** Segments before the current one, the oldest first. */
  readonly full: readonly UsedSegment[];
  readonly current: Segment;
  readonly spare: Segment | undefined;
  /** The snapshots that are in place. */
  readonly snapshots: readonly LogBase[];
  readonly listener: SegmentListener;
}

export class WalLog {
  readonly segments: WalSegments;
  readonly snapshots: WalSnapshots;
  readonly compaction: WalCompaction;
  readonly #group: number;
  readonly #seed: number;
  #last: BatchEnd;

  constructor(options: WalLogOptions) {
    const { disk, group, identity, listener } = options;
    this.#group = group;
    this.#seed = storeSeed(identity.clusterId, identity.storeId);
    this.#last = options.last;
    this.segments = new WalSegments({ ...options, header: segmentHeaderOf(identity) });
    this.snapshots = new WalSnapshots(disk, group, options.snapshots);
    const fail = (error: Error): void => listener.failed(error);
    this.compaction = new WalCompaction(disk, this.segments, this.snapshots, fail);
  }

  /**
   * Writes a batch behind the last one, and answers when it is durable. One at a time, and where
   * the segments have a place for it.
   */
  write(batch: Batch, done: (error: Error | undefined) => void): void {
    const { length } = batch.writer;
    this.segments.reserve(length, (segment) => {
      const bytes = this.#seal(batch, segment);
      const { offset } = segment;
      segment.offset += bytes.length;
      if (batch.indexMax > segment.indexMax) segment.indexMax = batch.indexMax;
      writeDurably(segment.file, offset, bytes, (error) => {
        if (error === undefined && this.segments.wrote()) this.compaction.proceed();
        done(error);
      });
    });
  }

  /** Answers when no file is open, and none is being removed. */
  close(done: () => void): void {
    this.compaction.stop(() => this.snapshots.close(() => this.segments.close(done)));
  }

  /** The bytes of a batch for the end of a segment; they begin it with a checkpoint. */
  #seal(batch: Batch, { number: segment, offset }: Segment): Uint8Array {
    let bytes = batch.writer.finish();
    if (offset === segmentHeaderBytes)
      bytes = withCheckpoint(bytes, checkpointOf(this.#group, batch));
    const crc = sealBatch(bytes, this.#last, offset, this.#seed);
    const number = this.#last.number + 1;
    this.#last = { number, segment, end: offset + bytes.length, crc };
    return bytes;
  }
}
