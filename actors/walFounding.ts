/**
 * The founding of a data folder: first the log, with one durable batch, and only then the identity.
 * So a folder with an identity has a log, and one without has promised nothing and can be founded
 * from the beginning.
 */
import type { Entry } from '../machines/entry.js';
import type { Disk } from './disk.js';
import type { Identity } from './logStore.js';
import { isZero } from './sectors.js';
import { WalBatches } from './walBatches.js';
import {
  type BatchEnd,
  decodeSegmentHeader,
  encodeSegmentHeader,
  findBatch,
  idBytesMax,
  noBatch,
  sealBatch,
  segmentHeaderBytes,
  segmentName,
  segmentNumber,
  storeSeed,
} from './walFormat.js';
import { encodeIdentity, identityName } from './walIdentity.js';
import type { Checkpoint } from './walRecords.js';
import type { SegmentImage } from './walRecovery.js';
import { createSegment, type Segment, writeDurably } from './walSegments.js';

export interface FoundingOptions {
  readonly disk: Disk;
  readonly group: number;
  readonly segmentBytes: number;
  readonly identity: Identity;
  readonly currentTerm: number;
  readonly entries: readonly Entry[];
}

/** A folder that was founded: where its log goes on, and what it comes to. */
export interface Founded {
  readonly current: Segment;
  readonly last: BatchEnd;
  readonly state: Checkpoint;
}

type FoundDone = (error: Error | undefined, founded?: Founded) => void;

/** The first sector of the segment with a number, for the store of `identity`. */
export function segmentHeaderOf({ clusterId, storeId }: Identity): (number: number) => Uint8Array {
  return (number) => encodeSegmentHeader({ number, clusterId, storeId });
}

/** Founds a folder with one batch. Leaves no file open where it fails. */
export function foundFolder(options: FoundingOptions, done: FoundDone): void {
  const { disk, identity, segmentBytes } = options;
  const refusal = refusalOf(identity);
  if (refusal !== undefined) return done(new Error(`${disk.place}: ${refusal}`));
  removeLeftovers(disk, (left) => {
    if (left !== undefined) return done(left);
    createSegment(disk, 1, segmentBytes, segmentHeaderOf(identity), (error, segment) => {
      if (error === undefined) writeFounding(options, segment!, done);
      else done(error);
    });
  });
}

function refusalOf({ clusterId, storeId }: Identity): string | undefined {
  const encoder = new TextEncoder();
  const isTooLong = [clusterId, storeId].some((id) => encoder.encode(id).length > idBytesMax);
  return isTooLong
    ? `cluster id and store id have at most ${idBytesMax} bytes; choose shorter ones`
    : undefined;
}

/** Removes the segments of a founding that did not come to its end, the last first. */
function removeLeftovers(disk: Disk, done: (error: Error | undefined) => void): void {
  disk.list((error, names) => {
    if (error !== undefined) return done(error);
    const leftovers = names.filter((name) => segmentNumber(name) !== undefined);
    const next = (failure: Error | undefined): void => {
      const name = failure === undefined ? leftovers.pop() : undefined;
      if (name === undefined) done(failure);
      else disk.remove(name, next);
    };
    next(undefined);
  });
}

function writeFounding(options: FoundingOptions, segment: Segment, done: FoundDone): void {
  const { disk, group, identity, currentTerm, entries } = options;
  const founding = new WalBatches(group, Number.POSITIVE_INFINITY);
  founding.addVote(currentTerm, undefined);
  for (const entry of entries) founding.addEntry(entry);
  const { writer, indexMax } = founding.take();
  const batch = writer.finish();
  const fail = (error: Error): void => segment.file.close(() => done(error));
  const seed = storeSeed(identity.clusterId, identity.storeId);
  const { number, file, offset } = segment;
  const crc = sealBatch(batch, noBatch, offset, seed);
  writeDurably(file, offset, batch, (error) => {
    if (error !== undefined) return fail(error);
    disk.replace(identityName, encodeIdentity(identity), (failure) => {
      if (failure !== undefined) return fail(failure);
      const end = offset + batch.length;
      const last = { number: 1, segment: number, end, crc };
      done(undefined, {
        current: { ...segment, offset: end, indexMax },
        last,
        state: founding.state,
      });
    });
  });
}

/**
 * Whether segments without an identity can be what is left of a founding that did not come to its
 * end: it writes one batch, and then the identity.
 */
export function isUnfinishedFounding(folder: string, segments: readonly SegmentImage[]): boolean {
  return segments.every(({ number, bytes }) => {
    const header = decodeSegmentHeader(`${folder}/${segmentName(number)}`, bytes);
    if (header === undefined)
      return bytes.length < segmentHeaderBytes || isZero(bytes, 0, bytes.length);
    const seed = storeSeed(header.clusterId, header.storeId);
    return findBatch(bytes, segmentHeaderBytes, 2, seed) === undefined;
  });
}
