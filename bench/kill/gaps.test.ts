import { describe, expect, it } from 'vitest';
import { countsPerBin, gapMs, gapsWithin, longestGap } from './gaps.js';

describe('a gap', () => {
  it('reaches from one acknowledgement to the next', () => {
    expect(gapsWithin([10, 20, 50, 55], 0, 55, 20)).toEqual([{ fromMs: 20, toMs: 50 }]);
  });

  it('belongs to the time in which it ends, and keeps what lies before it', () => {
    const acknowledged = [10, 95, 140];
    expect(longestGap(acknowledged, 100, 140)).toEqual({ fromMs: 95, toMs: 140 });
    expect(longestGap(acknowledged, 0, 100)).toEqual({ fromMs: 10, toMs: 95 });
  });

  it('that nothing ends lasts until the time is over', () => {
    expect(longestGap([10, 20], 0, 500)).toEqual({ fromMs: 20, toMs: 500 });
    expect(longestGap([], 100, 500)).toEqual({ fromMs: 100, toMs: 500 });
  });

  it('has no length where no time passes', () => {
    expect(gapMs(longestGap([1, 5], 5, 5))).toBe(0);
  });

  it('is found among many, each as long as it is', () => {
    const gaps = gapsWithin([0, 100, 350, 400, 700], 0, 700, 200);
    expect(gaps.map(gapMs)).toEqual([250, 300]);
  });
});

describe('acknowledgements', () => {
  it('are counted in bins, those outside not at all', () => {
    expect(countsPerBin([5, 11, 12, 29, 30, 41], 10, 10, 3)).toEqual([2, 1, 1]);
  });

  it('leave an empty bin where there are none', () => {
    expect(countsPerBin([11, 31], 10, 10, 3)).toEqual([1, 0, 1]);
  });
});
