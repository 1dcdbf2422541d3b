import { describe, expect, it } from 'vitest';
import {
  isNewer,
  isSnapshotPart,
  snapshotBase,
  snapshotName,
  snapshotPartName,
} from './walSnapshotName.js';

const base = { index: 1_200, term: 7, stampMs: 1_700_000_000_000 };
const name = 'snapshot-0-0000000000001200-7-1700000000000.snap';

describe('the name of a snapshot', () => {
  it('says what it covers', () => {
    expect(snapshotName(0, base)).toBe(name);
    expect(snapshotBase(0, name)).toEqual(base);
    const largest = {
      index: Number.MAX_SAFE_INTEGER,
      term: Number.MAX_SAFE_INTEGER,
      stampMs: Number.MAX_SAFE_INTEGER,
    };
    expect(snapshotBase(4_294_967_295, snapshotName(4_294_967_295, largest))).toEqual(largest);
  });

  it('is told from any other name, and from that of another group', () => {
    for (const other of [
      'identity',
      'snapshot-0-1200-7-1700000000000.snap',
      'snapshot-0-0000000000001200-07-1700000000000.snap',
      'snapshot-0-0000000000001200-99999999999999999-1.snap',
      `${name}.new`,
      snapshotPartName(0, base, 1),
      snapshotName(1, base),
    ])
      expect(snapshotBase(0, other), other).toBeUndefined();
  });

  it('is another while it is being written, for each that is', () => {
    const parts = [1, 2].map((count) => snapshotPartName(0, base, count));
    expect(parts[0]).toBe('snapshot-0-0000000000001200-7-1700000000000.1.part');
    expect(parts[1]).not.toBe(parts[0]);
    expect(parts.map(isSnapshotPart)).toEqual([true, true]);
    expect([name, 'identity.part'].map(isSnapshotPart)).toEqual([false, false]);
  });

  it('tells which is newer', () => {
    expect(isNewer({ ...base, index: 1_201, term: 1 }, base)).toBe(true);
    expect(isNewer({ ...base, term: 8 }, base)).toBe(true);
    expect(isNewer(base, base)).toBe(false);
  });
});
