/** Tests of Leader Append-Only where logs are long, and looked at bit by bit. */
import { describe, expect, it } from 'vitest';
import { leaderAppendOnly } from './leaderAppendOnly.js';
import { ToldRun } from './support/toldRun.js';

describe('Leader Append-Only, in a long log', () => {
  const terms = Array.from({ length: 100 }, () => 1);
  const overwritten = terms.with(40, 2);

  it('breaks within a few steps, wherever the entry is', () => {
    const run = new ToldRun(leaderAppendOnly);
    run.becomes('a', { role: 'leader', term: 3, log: terms });
    const broken = [1, 2, 3, 4].map(() => run.becomes('a', { log: overwritten }));
    expect(broken.find((one) => one !== undefined)).toContain('a lost entries');
  });

  it('breaks at the latest when the leader leaves office', () => {
    const run = new ToldRun(leaderAppendOnly);
    run.becomes('a', { role: 'leader', term: 3, log: terms });
    expect(run.becomes('a', { log: overwritten })).toBeUndefined();
    expect(run.becomes('a', { role: 'follower', term: 4 })).toContain('while it led term 3');
  });

  it('holds where whoever deposes a leader overwrites entries with the same step', () => {
    const run = new ToldRun(leaderAppendOnly);
    run.becomes('a', { role: 'leader', term: 3, log: [1, 3, 3] });
    expect(run.becomes('a', { role: 'follower', term: 4, log: [1, 4] })).toBeUndefined();
  });
});
