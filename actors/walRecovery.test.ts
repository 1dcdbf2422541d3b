import { describe, expect, it } from 'vitest';
import { isZero, sectorBytes, sectorEnd, zeroSectors } from './sectors.js';
import { batchHeaderBytes, segmentHeaderBytes } from './walFormat.js';
import { isUnfinishedFounding } from './walFounding.js';
import { entry, filled, type History, historyOf } from './walHistory.contract.js';
import type { SegmentImage } from './walRecovery.js';
import {
  batches,
  complete,
  folder,
  history,
  lastBatch,
  outcome,
  segmentBytes,
  segments,
  Verdict,
  withBytes,
} from './walVerdict.contract.js';

describe('the log that is proved with', () => {
  it('has what makes recovery difficult', () => {
    const straddling = batches.filter(({ start }) => sectorEnd(start) < start + batchHeaderBytes);
    const unused = batches.findLast(({ segment }) => segment === 1)!.end;
    expect(straddling.length).toBeGreaterThan(0);
    expect(sectorEnd(unused)).toBeLessThan(segmentBytes);
    const { bytes, start } = lastBatch;
    expect(zeroSectors(bytes, 0, bytes.length, start)).toBeGreaterThan(0);
    expect(segments.length).toBe(3);
    expect(new Set(batches.map(({ segment }) => segment))).toEqual(new Set([1, 2]));
    expect(isZero(segments[2]!.bytes, segmentHeaderBytes, segmentBytes)).toBe(true);
    expect(new Set(batches.map(({ state }) => state)).size).toBe(batches.length);
  });

  it('is recovered as it was written', () => {
    expect(outcome(segments)).toBe(complete);
    expect(outcome(segments.slice(0, 2))).toBe(complete);
  });
});

describe('a file that ends early', () => {
  for (const { number, bytes } of segments) {
    it(`is cut, or refused, at every byte of segment ${number}`, () => {
      const verdict = new Verdict();
      for (let length = 0; length < bytes.length; length++) {
        const images = withBytes(number, (all) => all.subarray(0, length));
        verdict.compare(outcome(images), expectedAfterCut(number, length), `cut at ${length}`);
      }
      expect(verdict.wrong).toEqual([]);
    });
  }

  it('is refused where no batch is left, although a later segment was begun', () => {
    const cut = withBytes(2, (all) => all.subarray(0, segmentHeaderBytes));
    const inFirst = batches.filter(({ segment }) => segment === 1).length;
    expect(outcome(cut)).toBe('refused');
    expect(outcome(cut.slice(0, 2))).toBe(`${inFirst} batches`);
  });

  function expectedAfterCut(number: number, length: number): string {
    const position = batches.findIndex((b) => b.segment === number && b.end > length);
    if (number === 1 && length < segmentHeaderBytes) return 'refused';
    if (position < 0) return complete;
    const last = batches[position - 1];
    if (number < lastBatch.segment || last?.segment !== number) return 'refused';
    const kept = `${position} batches`;
    return length === last.end ? kept : `${kept}, cut at ${number}:${last.end}`;
  }
});

describe('a batch of which some sectors were never written', () => {
  for (const position of batches.keys())
    it(`is cut if it is the last: batch ${position + 1}`, () => {
      const verdict = new Verdict();
      tearInEveryWay(history, position, verdict);
      expect(verdict.wrong).toEqual([]);
    });

  it('is cut wherever in its sector it begins', () => {
    const verdict = new Verdict();
    for (let shift = 0; shift < sectorBytes; shift++) {
      const torn = [entry(3, 1, filled(500)), entry(4, 1, new Uint8Array(600))];
      const shifted = historyOf(
        [{ entries: [entry(2, 1, filled(shift))] }, { entries: torn }],
        4096,
      );
      tearInEveryWay(shifted, 2, verdict);
    }
    expect(verdict.wrong).toEqual([]);
  });

  it('is refused if anything was written after it', () => {
    for (const batch of batches.slice(0, -1)) {
      for (const [from, to] of sectorsOf(batch)) {
        const images = withBytes(batch.segment, (bytes) => bytes.slice().fill(0, from, to));
        const isSame = isZero(batch.bytes, from - batch.start, to - batch.start);
        expect(outcome(images), `${from} to ${to}`).toBe(isSame ? complete : 'refused');
      }
    }
  });

  /** Writes every subset of the sectors of a batch, and nothing after it. */
  function tearInEveryWay(of: History, position: number, verdict: Verdict): void {
    const { segment, start, end, bytes } = of.batches[position]!;
    const before = imagesBefore(of, position);
    const file = before.find(({ number }) => number === segment)!.bytes;
    const sectors = sectorsOf({ start, end });
    for (let subset = 0; subset < 2 ** sectors.length; subset++) {
      file.fill(0, start);
      for (const [i, [from, to]] of sectors.entries())
        if (subset & (1 << i)) file.set(bytes.subarray(from - start, to - start), from);
      const isWhole = file.subarray(start, end).every((byte, i) => byte === bytes[i]);
      const isAbsent = isZero(file, start, end);
      const cut = isAbsent ? '' : `, cut at ${segment}:${start}`;
      const kept = isWhole ? `${position + 1} batches` : `${position} batches${cut}`;
      const label = `batch at ${segment}:${start}, sectors ${subset.toString(2)}`;
      verdict.compare(outcome(before, of), position === 0 && !isWhole ? 'refused' : kept, label);
      if (position === 0 && !isUnfinishedFounding(folder, before))
        verdict.compare('lost', 'an unfinished founding', label);
    }
  }

  function sectorsOf({ start, end }: { start: number; end: number }): [from: number, to: number][] {
    const sectors: [number, number][] = [];
    for (let at = start; at < end; at = sectorEnd(at))
      sectors.push([at, Math.min(end, sectorEnd(at))]);
    return sectors;
  }

  /** The files at the moment before a batch was written: without it and all later ones. */
  function imagesBefore(of: History, position: number): SegmentImage[] {
    const { segment, start } = of.batches[position]!;
    const newest = start === segmentHeaderBytes ? segment : segment + 1;
    return of.segments
      .filter(({ number }) => number <= newest)
      .map(({ number, bytes }) => {
        const end = number === segment ? start : segmentHeaderBytes;
        return { number, bytes: number < segment ? bytes : bytes.slice().fill(0, end) };
      });
  }
});

describe('a byte that is not what was written', () => {
  for (const { number, bytes } of segments) {
    it(`is noticed, or means nothing, wherever it is in segment ${number}`, () => {
      const verdict = new Verdict();
      for (let at = 0; at < bytes.length; at++) {
        const isInHeader = batches.some(({ segment, start }) => {
          return segment === number && at >= start && at < start + batchHeaderBytes;
        });
        for (const mask of isInHeader ? [0xff, 1, 2, 4, 8, 16, 32, 64, 128] : [0xff, 1]) {
          const images = withBytes(number, (all) => all.with(at, all[at]! ^ mask));
          const label = `byte ${at} of segment ${number}, xor ${mask}`;
          verdict.compare(outcome(images), expectedAfterFlip(number, at), label);
        }
      }
      expect(verdict.wrong).toEqual([]);
    });
  }

  /**
   * Only in unused space, behind its first sector, it is what a crash may leave of a batch not
   * written whole.
   */
  function expectedAfterFlip(number: number, at: number): string {
    if (number < lastBatch.segment) return 'refused';
    const used = number === lastBatch.segment ? lastBatch.end : segmentHeaderBytes;
    return at < sectorEnd(used) ? 'refused' : `${complete}, cut at ${number}:${used}`;
  }
});
