import { describe, expect, it } from 'vitest';
import { syncsIn } from './syncTrace.js';

const none = new Set<number>();

describe('what strace wrote', () => {
  it('tells when each sync began and ended', () => {
    const [sync] = syncsIn('77 1700000000.500000 fdatasync(9)       = 0 <0.002000>\n', none);
    expect(sync?.beganMs).toBeCloseTo(1_700_000_000_500, 3);
    expect(sync?.endedMs).toBeCloseTo(1_700_000_000_502, 3);
  });

  it('tells it of a sync that was interrupted by the line of another thread, once', () => {
    const trace = [
      '77 1700000000.500000 fsync(9 <unfinished ...>',
      '78 1700000000.500100 fdatasync(4)       = 0 <0.000300>',
      '77 1700000000.503000 <... fsync resumed>) = 0 <0.003000>',
    ].join('\n');
    const syncs = syncsIn(trace, none);
    expect(syncs.length).toBe(2);
    expect(syncs[1]?.beganMs).toBeCloseTo(1_700_000_000_500, 3);
    expect(syncs[1]?.endedMs).toBeCloseTo(1_700_000_000_503, 3);
  });

  it('counts writes on descriptors that write through, and on no others', () => {
    const trace = [
      '77 1700000000.500000 pwrite64(21, ""..., 512, 4096) = 512 <0.000200>',
      '78 1700000000.600000 pwrite64(22, ""..., 512, 4096) = 512 <0.000200>',
      '77 1700000000.700000 pwritev(21, [{iov_base=""..., iov_len=9}], 1, 0 <unfinished ...>',
      '78 1700000000.700100 pwritev(22, [{iov_base=""..., iov_len=9}], 1, 0 <unfinished ...>',
      '77 1700000000.700400 <... pwritev resumed>) = 9 <0.000400>',
      '78 1700000000.700500 <... pwritev resumed>) = 9 <0.000400>',
    ].join('\n');
    const syncs = syncsIn(trace, new Set([21]));
    expect(syncs.map(({ endedMs }) => Math.round(endedMs * 10) / 10)).toEqual([
      1_700_000_000_500.2, 1_700_000_000_700.4,
    ]);
  });

  it('counts no call that failed, and nothing else', () => {
    const trace = [
      '77 1700000000.500000 fdatasync(9)       = -1 EIO (Input/output error) <0.002000>',
      '77 1700000000.600000 --- SIGURG {si_signo=SIGURG} ---',
      '77 1700000000.700000 +++ exited with 0 +++',
      '77 1700000000.800000 fdatasync(9 <detached ...>',
    ].join('\n');
    expect(syncsIn(trace, none)).toEqual([]);
  });
});
