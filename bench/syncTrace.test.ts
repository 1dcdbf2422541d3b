import { describe, expect, it } from 'vitest';
import { flushesIn, type Interval, syncedWrites, syncsIn } from './syncTrace.js';

describe('what strace wrote', () => {
  it('tells when each sync began and ended', () => {
    const [sync] = syncsIn('77 1700000000.500000 fdatasync(9)       = 0 <0.002000>\n');
    expect(sync?.beganMs).toBeCloseTo(1_700_000_000_500, 3);
    expect(sync?.endedMs).toBeCloseTo(1_700_000_000_502, 3);
  });

  it('tells it of a sync that was interrupted by the line of another thread, once', () => {
    const trace = [
      '77 1700000000.500000 fsync(9 <unfinished ...>',
      '78 1700000000.500100 fdatasync(4)       = 0 <0.000300>',
      '77 1700000000.503000 <... fsync resumed>) = 0 <0.003000>',
    ].join('\n');
    const syncs = syncsIn(trace);
    expect(syncs.length).toBe(2);
    expect(syncs[1]?.beganMs).toBeCloseTo(1_700_000_000_500, 3);
    expect(syncs[1]?.endedMs).toBeCloseTo(1_700_000_000_503, 3);
  });

  it('counts no sync that failed, and nothing else', () => {
    const trace = [
      '77 1700000000.500000 fdatasync(9)       = -1 EIO (Input/output error) <0.002000>',
      '77 1700000000.600000 --- SIGURG {si_signo=SIGURG} ---',
      '77 1700000000.700000 +++ exited with 0 +++',
    ].join('\n');
    expect(syncsIn(trace)).toEqual([]);
  });
});

describe('a write that was synced on a majority', () => {
  const write: Interval = { beganMs: 100, endedMs: 110 };
  const within: Interval = { beganMs: 102, endedMs: 105 };
  const before: Interval = { beganMs: 95, endedMs: 105 };
  const after: Interval = { beganMs: 105, endedMs: 112 };

  it('had a sync between request and answer on two of three servers', () => {
    expect(syncedWrites([write], [[within], [], [before, within]], 2)).toBe(1);
  });

  it('did not, where a second server had begun before or ended after', () => {
    expect(syncedWrites([write], [[within], [before], [after]], 2)).toBe(0);
  });

  it('did not, where one server alone synced twice', () => {
    expect(syncedWrites([write], [[within, within], [], []], 2)).toBe(0);
  });
});

describe('what /proc/diskstats says', () => {
  it('has the flush requests of each disk in its last column but one', () => {
    const diskstats = ' 254  0 vda 36 8 360 149 400 179 246 53 0 62 211 33 46 520 27 18200 62\n';
    expect(flushesIn(diskstats)).toEqual(new Map([['vda', 18_200]]));
  });

  it('has none where the kernel does not count them', () => {
    expect(flushesIn(' 8 0 sda 1 2 3 4 5 6 7 8 9 10 11\n')).toEqual(new Map());
  });
});
