/**
 * Recovery of the write-ahead log: what the segments hold, or why nobody may go on from there.
 *
 * A crash can leave one thing behind the last durable batch: some of the sectors of the one batch
 * that was being written then, and zeros in place of the others. That batch was promised to nobody,
 * and is cut. Whatever else is found was not made by a crash but by a failing disk or by somebody's
 * hand, and is refused:
 *
 * - damage before an intact batch header, since a batch is written only when the one before it is
 *   durable;
 * - a last batch that is wrong although all its sectors were written (it has as many all-zero ones
 *   as its header says), since it may have been durable;
 * - a batch, a segment or a record out of its order;
 * - entries that are missing at the beginning, and that no snapshot in place covers.
 *
 * All is pure: bytes in, a value or a {@link StoreDamaged} out.
 */
import type { LogBase } from '../machines/log.js';
import { ByteReader } from './bytes.js';
import { crc32 } from './crc32.js';
import { type Identity, StoreDamaged } from './logStore.js';
import { isZero, sectorBytes, sectorEnd, zeroSectors } from './sectors.js';
import { type Connection, connect } from './walConnection.js';
import {
  type BatchEnd,
  type BatchHeader,
  batchHeaderBytes,
  decodeSegmentHeader,
  findBatch,
  noBatch,
  readBatchHeader,
  segmentHeaderBytes,
  segmentName,
  storeSeed,
} from './walFormat.js';
import { WalReplay } from './walReplay.js';
import { snapshotName } from './walSnapshotName.js';

/** A segment's file as it was read. */
export interface SegmentImage {
  readonly number: number;
  readonly bytes: Uint8Array;
}

/**
 * What a crash left of a batch that never became durable: to be overwritten with zeros before
 * anything else.
 */
export interface Tear {
  readonly segment: number;
  readonly from: number;
  readonly to: number;
}

/** A segment that holds batches. */
export interface UsedSegment {
  readonly number: number;
  /** The highest index of an entry, or of a beginning of the log, that was ever recorded in it. */
  readonly indexMax: number;
}

export interface RecoveredLog {
  readonly replay: WalReplay;
  readonly connection: Connection;
  /** In their order; the last one is that of the last batch. */
  readonly used: readonly UsedSegment[];
  readonly last: BatchEnd;
  /** Where the last batch begins. */
  readonly lastStart: number;
  readonly tear: Tear | undefined;
  /** A segment behind that of the last batch; `isReady` if its header is in place. */
  readonly spare: { readonly number: number; readonly isReady: boolean } | undefined;
}

const remedy =
  'Keep a copy of the folder, then restore it from a backup that is no older than the last thing ' +
  'this server said, or remove the server from the cluster and add it again with an empty folder';

/**
 * Reads the log of `identity` from its segments, sorted by number; `snapshot` is the newest that is
 * in place. `folder` is for messages only. Entries are views of the segments' bytes. Throws {@link
 * StoreDamaged} or `FormatTooNew`.
 */
export function recoverLog(
  folder: string,
  identity: Identity,
  group: number,
  segments: readonly SegmentImage[],
  snapshot?: LogBase,
): RecoveredLog {
  const first = segments[0]?.number ?? 1;
  return new Recovery(folder, identity, group, first).run(segments, snapshot);
}

class Recovery {
  readonly #folder: string;
  readonly #identity: Identity;
  readonly #seed: number;
  readonly #group: number;
  /** Number of the first segment that is there; older ones are dropped behind a snapshot. */
  readonly #first: number;
  readonly #replay: WalReplay;
  readonly #used: UsedSegment[] = [];
  #last = noBatch;
  #lastStart = 0;
  #tear: Tear | undefined;

  constructor(folder: string, identity: Identity, group: number, first: number) {
    this.#folder = folder;
    this.#identity = identity;
    this.#seed = storeSeed(identity.clusterId, identity.storeId);
    this.#group = group;
    this.#first = first;
    this.#replay = new WalReplay(group, first === 1);
  }

  run(segments: readonly SegmentImage[], snapshot: LogBase | undefined): RecoveredLog {
    let isReady = false;
    for (const [position, segment] of segments.entries()) {
      this.#checkPlace(segment, position);
      isReady = this.#readHeader(segment);
      if (isReady) this.#readBatches(segment);
    }
    const first = this.#first;
    // The identity is written after the first batch, and vouches for it; a later segment is begun
    // with a checkpoint before an older one is dropped.
    if (this.#used.length === 0)
      this.#refuse(
        first,
        0,
        `the batch of the ${first === 1 ? 'founding' : 'checkpoint'} is missing`,
      );
    const { number } = segments.at(-1)!;
    const spare = number === this.#last.segment ? undefined : { number, isReady };
    return {
      replay: this.#replay,
      connection: this.#connect(snapshot),
      used: this.#used,
      last: this.#last,
      lastStart: this.#lastStart,
      tear: this.#tear,
      spare,
    };
  }

  /** A segment is begun only when the one before it holds a durable batch. */
  #checkPlace(segment: SegmentImage, position: number): void {
    const expected = this.#first + position;
    if (segment.number !== expected) this.#refuse(expected, 0, 'the file is missing');
    if (position > 0 && this.#last.segment < expected - 1)
      this.#refuse(expected - 1, segmentHeaderBytes, 'no batch, although a later segment exists');
  }

  /** What is missing at the beginning of the log must be covered by a snapshot. */
  #connect(snapshot: LogBase | undefined): Connection {
    const replay = this.#replay;
    const connection = connect(replay, snapshot);
    if (connection !== undefined) return connection;
    const newest =
      snapshot === undefined ? 'there is none' : `the newest ends at ${snapshot.index}`;
    const what = `the file is missing, and no snapshot covers what it held (${newest})`;
    if (replay.base === undefined) this.#refuse(this.#first - 1, 0, what);
    const file = `${this.#folder}/${snapshotName(this.#group, replay.base)}`;
    throw new StoreDamaged(file, 0, what, remedy);
  }

  /** Whether the header is in place; it may be missing only where nothing was written since. */
  #readHeader({ number, bytes }: SegmentImage): boolean {
    const header = decodeSegmentHeader(this.#file(number), bytes);
    if (header === undefined) {
      const wasCut = bytes.length < segmentHeaderBytes;
      if (wasCut || isZero(bytes, 0, bytes.length)) return false;
      this.#refuse(number, 0, 'the header of the segment is damaged');
    }
    if (header.number !== number)
      this.#refuse(number, 0, `this is segment ${header.number} under a wrong name`);
    const { clusterId, storeId } = this.#identity;
    if (header.clusterId !== clusterId || header.storeId !== storeId)
      this.#refuse(
        number,
        0,
        `the segment belongs to store ${header.storeId} of ${header.clusterId}, ` +
          `the folder to ${storeId} of ${clusterId}`,
      );
    return true;
  }

  #readBatches(segment: SegmentImage): void {
    let at = segmentHeaderBytes;
    while (at < segment.bytes.length) {
      const end = this.#readBatch(segment, at);
      if (end === undefined) break;
      at = end;
    }
    if (this.#last.segment === segment.number)
      this.#used.push({ number: segment.number, indexMax: this.#replay.takeIndexMax() });
  }

  /** Reads the batch at `at` and answers where it ends, or undefined where the durable log ends. */
  #readBatch(segment: SegmentImage, at: number): number | undefined {
    const { number, bytes } = segment;
    const header = readBatchHeader(bytes, at, this.#seed);
    if (header === undefined) return this.#readTail(segment, at);
    this.#checkOrder(number, at, header);
    const payload = at + batchHeaderBytes;
    const end = payload + header.payloadBytes;
    const isWhole = end <= bytes.length && crc32(bytes, payload, end) === header.payloadCrc;
    if (!isWhole) {
      const isTorn = end > bytes.length || zeroSectors(bytes, at, end, at) > header.zeroSectors;
      if (!isTorn) this.#refuse(number, at, 'the checksum of the batch does not fit');
      return this.#cut(segment, at);
    }
    this.#readRecords(number, new ByteReader(bytes, payload, end));
    this.#last = { number: header.number, segment: number, end, crc: header.crc };
    this.#lastStart = at;
    return end;
  }

  #checkOrder(segment: number, at: number, { number, before }: BatchHeader): void {
    if (this.#tear !== undefined) this.#refuseTear(segment, at);
    // The batch before the first that is left was in a segment that is gone.
    if (this.#last === noBatch && segment > 1 && before.segment === segment - 1)
      this.#last = { number: number - 1, ...before };
    const last = this.#last;
    const follows =
      number === last.number + 1 &&
      before.segment === last.segment &&
      before.end === last.end &&
      before.crc === last.crc;
    if (!follows) this.#refuse(segment, at, `batch ${number} does not follow batch ${last.number}`);
  }

  #readRecords(segment: number, reader: ByteReader): void {
    try {
      this.#replay.read(reader);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      this.#refuse(segment, reader.offset, `the record makes no sense (${error.message})`);
    }
  }

  /** What stands where a batch header could be, and is none: nothing, a torn batch, or damage. */
  #readTail(segment: SegmentImage, at: number): undefined {
    const { number, bytes } = segment;
    const { length } = bytes;
    const headerEnd = at + batchHeaderBytes;
    const next = Math.min(length, sectorEnd(at));
    if (isZero(bytes, at, next)) {
      if (!isZero(bytes, next, length)) this.#cut(segment, at);
      return;
    }
    const isSecondUnwritten =
      headerEnd > next && isZero(bytes, next, Math.min(length, next + sectorBytes));
    if (headerEnd <= length && !isSecondUnwritten)
      this.#refuse(number, at, 'neither a batch nor the unused rest of the segment');
    this.#cut(segment, at);
  }

  /**
   * Notes what is to be zeroed from `at` on, unless a later batch shows that it was durable once.
   */
  #cut({ number, bytes }: SegmentImage, at: number): undefined {
    if (this.#tear !== undefined) this.#refuseTear(number, at);
    let to = bytes.length;
    while (bytes[to - 1] === 0) to--;
    this.#tear = { segment: number, from: at, to };
    const later = findBatch(bytes, at + 1, this.#last.number + 1, this.#seed);
    if (later !== undefined) this.#refuseTear(number, later);
  }

  /** What looked like a crash's leftover is followed by something that was written later. */
  #refuseTear(segment: number, later: number): never {
    const { segment: torn, from } = this.#tear!;
    this.#refuse(
      torn,
      from,
      `damaged, since more follows at ${segmentName(segment)}, byte ${later}`,
    );
  }

  #file(segment: number): string {
    return `${this.#folder}/${segmentName(segment)}`;
  }

  #refuse(segment: number, offset: number, what: string): never {
    throw new StoreDamaged(this.#file(segment), offset, what, remedy);
  }
}
