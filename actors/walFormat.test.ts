import { describe, expect, it } from 'vitest';
import { storeU32 } from './bytes.js';
import { crc32 } from './crc32.js';
import {
  batchHeaderBytes,
  decodeSegmentHeader,
  encodeSegmentHeader,
  FormatTooNew,
  findBatch,
  noBatch,
  readBatchHeader,
  sealBatch,
  segmentHeaderBytes,
  segmentName,
  segmentNumber,
  storeSeed,
} from './walFormat.js';

const header = { number: 3, clusterId: 'cluster', storeId: 'store' };
const seed = storeSeed('cluster', 'store');

function batch(payload: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(batchHeaderBytes + payload.length);
  bytes.set(payload, batchHeaderBytes);
  return bytes;
}

describe('the name of a segment', () => {
  it('holds its number, so that names sort as numbers do', () => {
    expect(segmentName(1)).toBe('wal-0000000001.log');
    expect(segmentName(4_294_967_295)).toBe('wal-4294967295.log');
    expect(segmentNumber(segmentName(12))).toBe(12);
  });

  it('is told from any other name', () => {
    for (const name of ['identity', 'wal-1.log', 'wal-0000000001.log.new', 'xwal-0000000001.log'])
      expect(segmentNumber(name)).toBeUndefined();
  });
});

describe('the header of a segment', () => {
  const sector = encodeSegmentHeader(header);

  it('is one sector, and is read as it was written', () => {
    expect(sector.length).toBe(512);
    expect(decodeSegmentHeader('file', sector)).toEqual(header);
  });

  it('is none when any bit of it is another', () => {
    for (let bit = 0; bit < segmentHeaderBytes * 8; bit++) {
      const at = bit >> 3;
      const flipped = sector.with(at, sector[at]! ^ (1 << (bit & 7)));
      expect(decodeSegmentHeader('file', flipped), `bit ${bit}`).toBeUndefined();
    }
  });

  it('of a newer release is refused in one line', () => {
    const newer = sector.slice();
    storeU32(newer, 8, 2);
    storeU32(newer, 508, crc32(newer, 0, 508));
    expect(() => decodeSegmentHeader('data/wal', newer)).toThrow(FormatTooNew);
    expect(() => decodeSegmentHeader('data/wal', newer)).toThrow(
      /^data\/wal: format version 2, but this release knows versions up to 1\. Start it with /,
    );
  });
});

describe('a batch', () => {
  it('says what it follows, and what is in it', () => {
    const bytes = batch(new Uint8Array([1, 2, 3]));
    const before = { number: 2 ** 33, segment: 7, end: 1_000, crc: 0xfedcba98 };
    const crc = sealBatch(bytes, before, 512, seed);
    expect(readBatchHeader(bytes, 0, seed)).toEqual({
      payloadBytes: 3,
      number: 2 ** 33 + 1,
      before: { segment: 7, end: 1_000, crc: 0xfedcba98 },
      zeroSectors: 0,
      payloadCrc: crc32(new Uint8Array([1, 2, 3])),
      crc,
    });
  });

  it('of another store is none', () => {
    const bytes = batch(new Uint8Array([1]));
    sealBatch(bytes, noBatch, 512, seed);
    for (const other of [storeSeed('cluster', 'other'), storeSeed('other', 'store'), 0])
      expect(readBatchHeader(bytes, 0, other)).toBeUndefined();
  });

  it('counts its sectors of zeros by the place that it goes to', () => {
    const bytes = batch(new Uint8Array([1, ...new Uint8Array(1_200), 2]));
    for (const [offset, count] of [
      [512, 1],
      [1_023 - batchHeaderBytes, 2],
      [1_000, 1],
    ] as const) {
      sealBatch(bytes, noBatch, offset, seed);
      expect(readBatchHeader(bytes, 0, seed)!.zeroSectors, `at ${offset}`).toBe(count);
    }
  });

  it('is found at whatever byte it begins', () => {
    const bytes = batch(new Uint8Array([9, 9]));
    sealBatch(bytes, { ...noBatch, number: 4 }, 0, seed);
    for (let at = 0; at < 100; at++) {
      const file = new Uint8Array(200).fill(bytes[0]!);
      file.set(bytes, at);
      expect(findBatch(file, 0, 5, seed)).toBe(at);
      expect(findBatch(file, at + 1, 5, seed)).toBeUndefined();
      expect(findBatch(file, 0, 6, seed)).toBeUndefined();
    }
  });
});
