import { describe, expect, it } from 'vitest';
import { flushesBetween, flushesIn } from './diskFlushes.js';

describe('what /proc/diskstats says', () => {
  it('has the flush requests of each disk in its last column but one', () => {
    const diskstats = ' 254  0 vda 36 8 360 149 400 179 246 53 0 62 211 33 46 520 27 18200 62\n';
    expect(flushesIn(diskstats)).toEqual(new Map([['vda', 18_200]]));
  });

  it('has none where the kernel does not count them', () => {
    expect(flushesIn(' 8 0 sda 1 2 3 4 5 6 7 8 9 10 11\n')).toEqual(new Map());
  });

  it('is compared disk by disk, and the busiest counts', () => {
    const before = new Map(Object.entries({ sda: 900, sdb: 10 }));
    const after = new Map(Object.entries({ sda: 905, sdb: 60 }));
    expect(flushesBetween(before, after)).toBe(50);
    expect(flushesBetween(new Map(), new Map())).toBe(0);
  });
});
