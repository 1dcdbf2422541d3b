/**
 * The layout of the write-ahead log: segments, and in them batches, one for each sync.
 *
 * A segment is a file of preallocated zeros. Its first sector is the header: magic, format version,
 * number of the segment, cluster id, store id, and in its last four bytes the checksum of the rest.
 * Batches follow without gaps.
 *
 * | batch header                              | length  |
 * | ----------------------------------------- | ------- |
 * | magic                                     | u32     |
 * | length of the payload                     | u32     |
 * | number, from 1 and over all segments      | u53     |
 * | the batch before: segment, end, checksum  | u32 x 3 |
 * | its own all-zero sectors                  | u32     |
 * | checksum of the payload                   | u32     |
 * | checksum of this header                   | u32     |
 *
 * A batch is written only when the one before it is durable. So a header that is intact *vouches*
 * for everything before it: what is missing there was lost, and is no crash's leftover. All
 * checksums of headers begin from the cluster id and store id; bytes of another store, also inside
 * somebody's value, are never taken for a batch.
 */
import { ByteReader, ByteWriter, loadU32, storeU32 } from './bytes.js';
import { crc32 } from './crc32.js';
import { sectorBytes, zeroSectors } from './sectors.js';

/** The newest format that this release reads, and the one that it writes. */
export const formatVersion = 1;
export const segmentHeaderBytes = sectorBytes;
export const batchHeaderBytes = 40;
/** Longest cluster id or store id, in bytes of UTF-8: two of them fit into the header's sector. */
export const idBytesMax = 200;

const segmentMagic = new TextEncoder().encode('raftwal\n');
/**
 * Its first byte on disk, C1, occurs in no UTF-8: the search for batches seldom stops for nothing.
 */
const batchMagic = 0x5e_7a_b7_c1;
const batchMagicFirstByte = batchMagic & 0xff;
const segmentCrcAt = segmentHeaderBytes - 4;
const batchCrcAt = batchHeaderBytes - 4;

/** What a segment says of itself. */
export interface SegmentHeader {
  readonly number: number;
  readonly clusterId: string;
  readonly storeId: string;
}

/** The end of a batch, as the one after it vouches for it. */
export interface BatchEnd {
  readonly number: number;
  readonly segment: number;
  /** Offset in the segment's file just behind the batch. */
  readonly end: number;
  /** Checksum of the batch's header, which holds that of its payload. */
  readonly crc: number;
}

/** What the first batch of all follows. */
export const noBatch: BatchEnd = { number: 0, segment: 0, end: 0, crc: 0 };

export interface BatchHeader {
  readonly payloadBytes: number;
  readonly number: number;
  readonly before: Omit<BatchEnd, 'number'>;
  readonly zeroSectors: number;
  readonly payloadCrc: number;
  readonly crc: number;
}

/** What is on the disk was written by a newer release, whose format this one does not know. */
export class FormatTooNew extends Error {
  readonly code = 'RAFT_VERSION';
  constructor(file: string, version: number) {
    super(
      `${file}: format version ${version}, but this release knows versions up to ` +
        `${formatVersion}. Start it with the release that wrote it, or a newer one`,
    );
    this.name = 'FormatTooNew';
  }
}

export function segmentName(number: number): string {
  return `wal-${String(number).padStart(10, '0')}.log`;
}

/** The reverse of {@link segmentName}; undefined for any other file. */
export function segmentNumber(name: string): number | undefined {
  const digits = /^wal-(\d{10})\.log$/.exec(name)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

/** What checksums of headers begin from. */
export function storeSeed(clusterId: string, storeId: string): number {
  return crc32(new TextEncoder().encode(JSON.stringify([clusterId, storeId])));
}

export function encodeSegmentHeader(header: SegmentHeader): Uint8Array {
  const writer = new ByteWriter(segmentHeaderBytes);
  writer.bytes(segmentMagic);
  writer.u32(formatVersion);
  writer.u32(header.number);
  writer.text(header.clusterId);
  writer.text(header.storeId);
  if (writer.length > segmentCrcAt) throw new RangeError('cluster id or store id is too long');
  const sector = new Uint8Array(segmentHeaderBytes);
  sector.set(writer.finish());
  storeU32(sector, segmentCrcAt, crc32(sector, 0, segmentCrcAt));
  return sector;
}

/**
 * The header of a segment, or undefined if there is none or it is damaged. Throws {@link
 * FormatTooNew}.
 */
export function decodeSegmentHeader(file: string, bytes: Uint8Array): SegmentHeader | undefined {
  if (bytes.length < segmentHeaderBytes) return undefined;
  if (segmentMagic.some((byte, i) => byte !== bytes[i])) return undefined;
  if (loadU32(bytes, segmentCrcAt) !== crc32(bytes, 0, segmentCrcAt)) return undefined;
  const reader = new ByteReader(bytes, segmentMagic.length, segmentCrcAt);
  const version = reader.u32();
  if (version > formatVersion) throw new FormatTooNew(file, version);
  return { number: reader.u32(), clusterId: reader.text(), storeId: reader.text() };
}

/**
 * Completes `batch`, whose first {@link batchHeaderBytes} are free, for its place at `offset` of a
 * segment, and answers the checksum of its header.
 */
export function sealBatch(
  batch: Uint8Array,
  before: BatchEnd,
  offset: number,
  seed: number,
): number {
  const number = before.number + 1;
  storeU32(batch, 0, batchMagic);
  storeU32(batch, 4, batch.length - batchHeaderBytes);
  storeU32(batch, 8, number);
  storeU32(batch, 12, Math.floor(number / 2 ** 32));
  storeU32(batch, 16, before.segment);
  storeU32(batch, 20, before.end);
  storeU32(batch, 24, before.crc);
  storeU32(batch, 28, zeroSectors(batch, 0, batch.length, offset));
  storeU32(batch, 32, crc32(batch, batchHeaderBytes));
  const crc = crc32(batch, 0, batchCrcAt, seed);
  storeU32(batch, batchCrcAt, crc);
  return crc;
}

/** The batch header at `at`, or undefined if none is there that is intact. */
export function readBatchHeader(
  bytes: Uint8Array,
  at: number,
  seed: number,
): BatchHeader | undefined {
  if (at + batchHeaderBytes > bytes.length || loadU32(bytes, at) !== batchMagic) return undefined;
  const crc = crc32(bytes, at, at + batchCrcAt, seed);
  if (crc !== loadU32(bytes, at + batchCrcAt)) return undefined;
  const reader = new ByteReader(bytes, at + 4);
  return {
    payloadBytes: reader.u32(),
    number: reader.u53(),
    before: { segment: reader.u32(), end: reader.u32(), crc: reader.u32() },
    zeroSectors: reader.u32(),
    payloadCrc: reader.u32(),
    crc,
  };
}

/**
 * Where, from `from` on, the first intact header of a batch with a number from `numberMin` on
 * stands.
 */
export function findBatch(
  bytes: Uint8Array,
  from: number,
  numberMin: number,
  seed: number,
): number | undefined {
  let at = bytes.indexOf(batchMagicFirstByte, from);
  while (at >= 0) {
    const header = readBatchHeader(bytes, at, seed);
    if (header !== undefined && header.number >= numberMin) return at;
    at = bytes.indexOf(batchMagicFirstByte, at + 1);
  }
  return undefined;
}
