import { describe, expect, it } from 'vitest';
import type { SentTag } from './history.js';
import { graceMs, verifyOutages } from './verifyOutages.js';

const outage = { fromMs: 1_000, toMs: 4_000 };

function sent(sentMs: number, settledMs: number, type: 'done' | 'unknown' = 'done'): SentTag {
  const outcome = type === 'done' ? { type } : { type, reason: 'hung up' };
  return { tag: 'a.1;', key: 'k', sentMs, settledMs, outcome };
}

const linesOf = (...tags: SentTag[]) => verifyOutages(tags, [outage]);

describe('while no majority is up', () => {
  it('nothing that is sent may be acknowledged', () => {
    expect(linesOf(sent(1_001, 1_002))).toEqual([
      'no majority, no acknowledgement: broken 1 times: a.1;, sent 1.0 ms and acknowledged ' +
        '2.0 ms after the majority was gone',
    ]);
  });

  it('what a majority had before may be heard a little later, and no more', () => {
    expect(linesOf(sent(990, 1_000 + graceMs))).toEqual([]);
    expect(linesOf(sent(990, 1_001 + graceMs))).toHaveLength(1);
  });

  it('a write may end unknown, or be acknowledged when the majority is back', () => {
    expect(linesOf(sent(1_001, 2_000, 'unknown'), sent(1_001, 4_001), sent(0, 999))).toEqual([]);
  });

  it('each outage counts for itself', () => {
    const tags = [sent(1_001, 1_002), sent(1_003, 1_004)];
    const later = { fromMs: 9_000, toMs: 10_000 };
    expect(verifyOutages(tags, [outage, later])).toHaveLength(1);
  });
});
