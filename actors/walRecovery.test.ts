import { describe, expect, it } from 'vitest';
import { loadU32 } from './bytes.js';
import { StoreDamaged } from './logStore.js';
import {
  type BatchEnd,
  batchHeaderBytes,
  isZero,
  sealBatch,
  sectorBytes,
  sectorEnd,
  segmentHeaderBytes,
  segmentName,
  storeSeed,
  zeroSectors,
} from './walFormat.js';
import {
  entry,
  filled,
  type History,
  historyOf,
  identity,
  recoveredText,
  smallLog,
} from './walHistory.contract.js';
import { isUnfinishedFounding, recoverLog, type SegmentImage } from './walRecovery.js';

const segmentBytes = 4608;
const history = historyOf(smallLog, segmentBytes);
const { batches, segments } = history;
const lastBatch = batches.at(-1)!;
const complete = `${batches.length} batches`;
const folder = 'place';

/** What recovery answers: how many batches and where it cuts, or that it refuses to go on. */
function outcome(images: readonly SegmentImage[], of: History = history): string {
  try {
    const log = recoverLog(folder, identity, 0, images);
    const text = recoveredText(log);
    const count = of.batches.findIndex(({ state }) => state === text) + 1;
    if (count === 0) return `invented ${text}`;
    return log.tear === undefined
      ? `${count} batches`
      : `${count} batches, cut at ${log.tear.segment}:${log.tear.from}`;
  } catch (error) {
    if (!(error instanceof StoreDamaged)) throw error;
    const isHelpful =
      /^place\/wal-\d{10}\.log$/.test(error.file) &&
      error.message.startsWith(`${error.file}, byte ${error.offset}: `) &&
      error.message.includes('. Keep a copy of the folder, then restore it');
    return isHelpful ? 'refused' : `refused with: ${error.message}`;
  }
}

/** A vote record: group 0, term 9, nobody. */
const smallVote = new Uint8Array([1, 0, 0, 0, 0, 9, 0, 0, 0, 0, 0, 0, 0, 0]);

function refusal(images: readonly SegmentImage[]): string {
  try {
    recoverLog(folder, identity, 0, images);
  } catch (error) {
    return (error as Error).message;
  }
  return 'none';
}

function withBytes(number: number, change: (bytes: Uint8Array) => Uint8Array): SegmentImage[] {
  return segments.map((segment) =>
    segment.number === number ? { number, bytes: change(segment.bytes) } : segment,
  );
}

/** Notes what is not as the law says, for thousands of cases whose `expect` would take longer than they do. */
class Verdict {
  readonly #wrong: string[] = [];

  compare(found: string, expected: string, label: string): void {
    if (found !== expected) this.#wrong.push(`${label}: ${found} instead of ${expected}`);
  }

  end(): void {
    expect(this.#wrong.slice(0, 20)).toEqual([]);
  }
}

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
      verdict.end();
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
      verdict.end();
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
    verdict.end();
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
      verdict.end();
    });
  }

  /** Only in unused space, behind its first sector, it is what a crash may leave of a batch not written whole. */
  function expectedAfterFlip(number: number, at: number): string {
    if (number < lastBatch.segment) return 'refused';
    const used = number === lastBatch.segment ? lastBatch.end : segmentHeaderBytes;
    return at < sectorEnd(used) ? 'refused' : `${complete}, cut at ${number}:${used}`;
  }
});

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
