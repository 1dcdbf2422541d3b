import { describe, expect, it } from 'vitest';
import { loadU32 } from './bytes.js';
import { sectorBytes } from './sectors.js';
import { type BatchEnd, batchHeaderBytes, sealBatch, segmentName, storeSeed } from './walFormat.js';
import { filled, historyOf, identity, smallLog } from './walHistory.contract.js';
import { recoverLog, type SegmentImage } from './walRecovery.js';
import {
  batches,
  complete,
  folder,
  lastBatch,
  outcome,
  refusal,
  segmentBytes,
  segments,
  withBytes,
} from './walVerdict.contract.js';

/** A vote record: group 0, term 9, nobody. */
const smallVote = new Uint8Array([1, 0, 0, 0, 0, 9, 0, 0, 0, 0, 0, 0, 0, 0]);

describe('batches and segments out of their order', () => {
  it('are refused when two batches are swapped', () => {
    const [a, b] = [batches[3]!, batches[4]!];
    const images = withBytes(a.segment, (bytes) => {
      const swapped = bytes.slice();
      swapped.set(b.bytes, a.start);
      swapped.set(a.bytes, a.start + b.bytes.length);
      return swapped;
    });
    expect(refusal(images)).toContain(
      `${segmentName(1)}, byte ${a.start}: batch 5 does not follow`,
    );
  });

  it('are refused when a batch is there twice', () => {
    const { segment, end } = lastBatch;
    for (const batch of batches) {
      const images = withBytes(segment, (bytes) => {
        const doubled = new Uint8Array(bytes.length + batch.bytes.length);
        doubled.set(bytes);
        doubled.set(batch.bytes, end);
        return doubled;
      });
      expect(refusal(images)).toContain(`${segmentName(segment)}, byte ${end}: batch `);
    }
  });

  it('do not bring back a batch of another generation', () => {
    const another = [...smallLog.slice(0, -1), { vote: [9, 's9'] }, { vote: [10, 's9'] }] as const;
    const stale = historyOf(another, segmentBytes).batches.at(-1)!;
    for (let gap = 0; gap < sectorBytes + batchHeaderBytes; gap++) {
      const images = withBytes(lastBatch.segment, (bytes) => {
        const followed = new Uint8Array(bytes.length + sectorBytes);
        followed.set(bytes);
        followed.set(stale.bytes, lastBatch.end + gap);
        return followed;
      });
      expect(outcome(images), `gap of ${gap}`).toBe('refused');
    }
  });

  it('are refused when a batch names another one before it', () => {
    const { segment, end, bytes } = lastBatch;
    const before = { number: batches.length, segment, end, crc: loadU32(bytes, 36) };
    const followedBy = (wrong: Partial<BatchEnd>) =>
      withBytes(segment, (all) => {
        const next = filled(batchHeaderBytes + smallVote.length);
        next.set(smallVote, batchHeaderBytes);
        sealBatch(next, { ...before, ...wrong }, end, storeSeed('proof', 'store-1'));
        const followed = all.slice();
        followed.set(next, end);
        return followed;
      });
    expect(refusal(followedBy({}))).toBe('none');
    const { number, crc } = before;
    for (const wrong of [
      { number: number + 1 },
      { number: number - 1 },
      { segment: 1 },
      { end: end - 1 },
      { crc: crc ^ 1 },
    ])
      expect(refusal(followedBy(wrong)), JSON.stringify(wrong)).toContain('does not follow');
  });

  it('are refused when two segments seem to be torn', () => {
    const litter = (number: number, { bytes }: SegmentImage) => ({
      number,
      bytes: bytes.with(segmentBytes - 1, 1),
    });
    const [first, second, third] = segments as [SegmentImage, SegmentImage, SegmentImage];
    expect(outcome([first, litter(2, second), third])).toContain('cut at 2:');
    expect(outcome([first, second, litter(3, third)])).toContain('cut at 3:');
    expect(outcome([first, litter(2, second), litter(3, third)])).toBe('refused');
  });

  it('are refused when segments are swapped, missing, or of another store', () => {
    const [first, second, third] = segments as [SegmentImage, SegmentImage, SegmentImage];
    const as = (number: number, { bytes }: SegmentImage) => ({ number, bytes });
    expect(refusal([as(1, second), as(2, first), third])).toContain('under a wrong name');
    expect(refusal([first, third])).toContain(`${segmentName(2)}, byte 0: the file is missing`);
    expect(refusal([second, third])).toContain(`${segmentName(1)}, byte 0: the file is missing`);
    expect(refusal([])).toContain(
      `${segmentName(1)}, byte 0: the batch of the founding is missing`,
    );
    for (const length of [0, 100, segmentBytes])
      expect(outcome([{ number: 1, bytes: new Uint8Array(length) }])).toBe('refused');
    expect(refusal([first, as(2, third)])).toContain('under a wrong name');
    const foreign = { ...identity, storeId: 'store-2' };
    expect(() => recoverLog(folder, foreign, 0, segments)).toThrow(/belongs to store store-1/);
    const elsewhere = { ...identity, clusterId: 'other' };
    expect(() => recoverLog(folder, elsewhere, 0, segments)).toThrow(/of proof, the folder to/);
  });

  it('are refused when the records are of another group', () => {
    expect(() => recoverLog(folder, identity, 7, segments)).toThrow(
      /group 0 in the log of group 7/,
    );
  });

  it('let a spare be absent, empty, or unwritten', () => {
    const [first, second] = segments as [SegmentImage, SegmentImage];
    for (const length of [0, 100, sectorBytes, segmentBytes])
      expect(outcome([first, second, { number: 3, bytes: new Uint8Array(length) }])).toBe(complete);
    expect(outcome([first, second])).toBe(complete);
  });
});
