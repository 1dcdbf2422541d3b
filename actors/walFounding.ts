/**
 * The founding of a data folder: first the log, with one durable batch, and only then the identity. So a folder
 * with an identity has a log, and one without has promised nothing and can be founded from the beginning.
 */
import type { Disk } from './disk.js';
import type { Identity } from './logStore.js';
import {
  type BatchEnd,
  encodeSegmentHeader,
  idBytesMax,
  noBatch,
  sealBatch,
  segmentNumber,
  storeSeed,
} from './walFormat.js';
import { encodeIdentity, identityName } from './walIdentity.js';
import { createSegment, type Segment, writeDurably } from './walSegments.js';

type FoundDone = (error: Error | undefined, segment?: Segment, last?: BatchEnd) => void;

/** The first sector of the segment with a number, for the store of `identity`. */
export function segmentHeaderOf({ clusterId, storeId }: Identity): (number: number) => Uint8Array {
  return (number) => encodeSegmentHeader({ number, clusterId, storeId });
}

/** Founds `disk` with one batch, whose header is still free. Leaves no file open where it fails. */
export function foundFolder(
  disk: Disk,
  identity: Identity,
  segmentBytes: number,
  batch: Uint8Array,
  done: FoundDone,
): void {
  const refusal = refusalOf(identity);
  if (refusal !== undefined) return done(new Error(`${disk.place}: ${refusal}`));
  removeLeftovers(disk, (left) => {
    if (left !== undefined) return done(left);
    createSegment(disk, 1, segmentBytes, segmentHeaderOf(identity), (error, segment) => {
      if (error === undefined) writeFounding(disk, identity, segment!, batch, done);
      else done(error);
    });
  });
}

function refusalOf({ clusterId, storeId }: Identity): string | undefined {
  const encoder = new TextEncoder();
  const isTooLong = [clusterId, storeId].some((id) => encoder.encode(id).length > idBytesMax);
  if (!isTooLong) return;
  return `cluster id and store id have at most ${idBytesMax} bytes; choose shorter ones`;
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

function writeFounding(
  disk: Disk,
  identity: Identity,
  segment: Segment,
  batch: Uint8Array,
  done: FoundDone,
): void {
  const fail = (error: Error): void => segment.file.close(() => done(error));
  const seed = storeSeed(identity.clusterId, identity.storeId);
  const { number, file, offset } = segment;
  const crc = sealBatch(batch, noBatch, offset, seed);
  writeDurably(file, offset, batch, (error) => {
    if (error !== undefined) return fail(error);
    disk.replace(identityName, encodeIdentity(identity), (failure) => {
      if (failure !== undefined) return fail(failure);
      segment.offset += batch.length;
      done(undefined, segment, { number: 1, segment: number, end: segment.offset, crc });
    });
  });
}
