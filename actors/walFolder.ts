/**
 * A data folder, read and made fit to be written to: what `walStore` begins with.
 *
 * Reading changes nothing. When what was read is sound, it is *settled* before anyone hears of it:
 * the last batch and the header of the spare may be in the machine's memory only (a process was
 * killed before its sync), so they are written once more, together with zeros over a torn batch,
 * and synced. Written, not only synced: after a failed sync, some systems count as durable what
 * never reached the disk.
 */
import { type LogBase, logStart } from '../machines/log.js';
import type { Disk, DiskFile, Done } from './disk.js';
import { type Identity, type Recovered, StoreDamaged } from './logStore.js';
import { segmentHeaderBytes, segmentName, segmentNumber } from './walFormat.js';
import { isUnfinishedFounding } from './walFounding.js';
import { decodeIdentity, identityName } from './walIdentity.js';
import { type RecoveredLog, recoverLog, type SegmentImage } from './walRecovery.js';
import { type Segment, writeDurably } from './walSegments.js';
import { isNewer, isSnapshotPart, snapshotBase } from './walSnapshotName.js';

/** What a folder holds. */
export interface WalFolder {
  readonly identity: Identity;
  readonly log: RecoveredLog;
  readonly segments: readonly SegmentImage[];
  /** The snapshots that are in place, and the newest of them. */
  readonly snapshots: readonly LogBase[];
  readonly newest: LogBase | undefined;
  /** What is left of snapshots that were never put in place. */
  readonly parts: readonly string[];
}

/** What a store tells its server of a folder in which nothing was founded. */
export const unfounded: Recovered = {
  identity: undefined,
  currentTerm: 0,
  votedFor: undefined,
  snapshot: undefined,
  base: logStart,
  entries: [],
  knownStores: {},
};

/**
 * Reads a folder. Answers undefined where nothing was founded, or a founding did not come to its
 * end.
 */
export function readFolder(disk: Disk, group: number, done: Done<WalFolder | undefined>): void {
  disk.list((unlisted, names) => {
    if (unlisted !== undefined) return done(unlisted, undefined);
    const wanted = names.filter(
      (name) => name === identityName || segmentNumber(name) !== undefined,
    );
    readFiles(disk, wanted, (unread, files) => {
      if (unread !== undefined) return done(unread, undefined);
      let folder: WalFolder | undefined;
      try {
        folder = interpret(disk.place, group, names, files);
      } catch (error) {
        return done(error as Error, undefined);
      }
      done(undefined, folder);
    });
  });
}

function readFiles(
  disk: Disk,
  names: readonly string[],
  done: Done<ReadonlyMap<string, Uint8Array>>,
): void {
  const files = new Map<string, Uint8Array>();
  const next = (position: number): void => {
    const name = names[position];
    if (name === undefined) return done(undefined, files);
    disk.read(name, (error, bytes) => {
      if (error !== undefined) return done(error, files);
      files.set(name, bytes);
      next(position + 1);
    });
  };
  next(0);
}

function interpret(
  place: string,
  group: number,
  names: readonly string[],
  files: ReadonlyMap<string, Uint8Array>,
): WalFolder | undefined {
  const snapshots = names
    .map((name) => snapshotBase(group, name))
    .filter((base) => base !== undefined);
  const newest = snapshots.reduce<LogBase | undefined>(
    (best, base) => (best === undefined || isNewer(base, best) ? base : best),
    undefined,
  );
  const segments = [...files]
    .filter(([name]) => name !== identityName)
    .map(([name, bytes]) => ({ number: segmentNumber(name)!, bytes }))
    .sort((a, b) => a.number - b.number);
  const file = files.get(identityName);
  if (file !== undefined) {
    const identity = decodeIdentity(`${place}/${identityName}`, file);
    const log = recoverLog(place, identity, group, segments, newest);
    return { identity, log, segments, snapshots, newest, parts: names.filter(isSnapshotPart) };
  }
  if (newest === undefined && isUnfinishedFounding(place, segments)) return undefined;
  throw new StoreDamaged(
    `${place}/${identityName}`,
    0,
    `the file is missing, although there is a ${newest === undefined ? 'log' : 'snapshot'}`,
    'Restore the file from a backup of this folder',
  );
}

/** What a store tells its server of a folder. */
export function recoveredFrom({ identity, log, newest }: WalFolder): Recovered {
  const { replay, connection } = log;
  const { base, entries } = connection;
  // A snapshot can be in place before its term is durable; nothing was promised in that term then.
  const isOfLaterTerm = newest !== undefined && newest.term > replay.currentTerm;
  return {
    identity,
    currentTerm: isOfLaterTerm ? newest.term : replay.currentTerm,
    votedFor: isOfLaterTerm ? undefined : replay.votedFor,
    snapshot: newest,
    base,
    entries,
    // fromEntries defines properties: a server named __proto__ is one like any other.
    knownStores: Object.fromEntries(replay.knownStores),
  };
}

type SettledDone = (error: Error | undefined, current?: Segment, spare?: Segment) => void;

/**
 * Makes durable what was recovered, and opens the segments to go on with. Leaves none open where it
 * fails.
 */
export function settleFolder(disk: Disk, folder: WalFolder, done: SettledDone): void {
  removeAll(disk, folder.parts, (error) => {
    if (error === undefined) settleLog(disk, folder, done);
    else done(error);
  });
}

function removeAll(
  disk: Disk,
  names: readonly string[],
  done: (error: Error | undefined) => void,
): void {
  const [name, ...others] = names;
  if (name === undefined) return done(undefined);
  disk.remove(name, (error) => {
    if (error === undefined) removeAll(disk, others, done);
    else done(error);
  });
}

function settleLog(disk: Disk, folder: WalFolder, done: SettledDone): void {
  const { last, lastStart, tear } = folder.log;
  const image = imageOf(folder, last.segment);
  const end = tear?.segment === last.segment ? tear.to : last.end;
  const bytes = new Uint8Array(end - lastStart);
  bytes.set(image.subarray(lastStart, last.end));
  openAndWrite(disk, last.segment, lastStart, bytes, (error, file) => {
    if (error !== undefined) return done(error);
    const capacity = image.length;
    const { indexMax } = folder.log.used.at(-1)!;
    const current = { number: last.segment, file, offset: last.end, capacity, indexMax };
    settleSpare(disk, folder, (failure, spare) => {
      if (failure === undefined) done(undefined, current, spare);
      else file.close(() => done(failure));
    });
  });
}

/** Opens the spare as it was before any batch, or removes it if it has not even a header. */
function settleSpare(disk: Disk, folder: WalFolder, done: Done<Segment | undefined>): void {
  const { spare, tear } = folder.log;
  if (spare === undefined) return done(undefined, undefined);
  const { number } = spare;
  if (!spare.isReady) return disk.remove(segmentName(number), (error) => done(error, undefined));
  const image = imageOf(folder, number);
  const offset = segmentHeaderBytes;
  const bytes = new Uint8Array(tear?.segment === number ? tear.to : offset);
  bytes.set(image.subarray(0, offset));
  openAndWrite(disk, number, 0, bytes, (error, file) => {
    const capacity = image.length;
    done(error, error === undefined ? { number, file, offset, capacity, indexMax: 0 } : undefined);
  });
}

function imageOf({ segments }: WalFolder, number: number): Uint8Array {
  return segments.find((segment) => segment.number === number)!.bytes;
}

function openAndWrite(
  disk: Disk,
  segment: number,
  offset: number,
  bytes: Uint8Array,
  done: Done<DiskFile>,
): void {
  disk.open(segmentName(segment), (error, file) => {
    if (error !== undefined) return done(error, file);
    writeDurably(file, offset, bytes, (failure) => {
      if (failure === undefined) done(undefined, file);
      else file.close(() => done(failure, file));
    });
  });
}
