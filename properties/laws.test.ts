/** Tests of the laws themselves: each must break on a run that breaks it, or it says nothing. */
import { describe, expect, it } from 'vitest';
import { electionSafety } from './electionSafety.js';
import { leaderAppendOnly } from './leaderAppendOnly.js';
import { leaderCompleteness } from './leaderCompleteness.js';
import { logMatching } from './logMatching.js';
import { monotonicTerm } from './monotonicTerm.js';
import { raftLaws } from './raftLaws.js';
import { readsAreFresh } from './readsAreFresh.js';
import { stateMachineSafety } from './stateMachineSafety.js';
import { entry, logBase } from './support/script.js';
import { ToldRun } from './support/toldRun.js';

describe('Election Safety', () => {
  it('breaks when two servers are elected in one term', () => {
    const run = new ToldRun(electionSafety);
    expect(run.becomes('a', { role: 'leader', term: 2 })).toBeUndefined();
    expect(run.becomes('a', { role: 'follower', term: 3 })).toBeUndefined();
    expect(run.becomes('b', { role: 'leader', term: 2 })).toContain('a and b');
  });

  it('breaks when one server is elected twice in a term, as after a crash that forgot it', () => {
    const run = new ToldRun(electionSafety);
    run.becomes('a', { role: 'leader', term: 2 });
    run.starts('a', { term: 2 });
    expect(run.becomes('a', { role: 'leader', term: 2 })).toContain('term 2');
  });

  it('holds for one leader a term, and counts elections that were won and lost', () => {
    const run = new ToldRun(electionSafety);
    run.becomes('a', { role: 'candidate', term: 2 });
    run.becomes('b', { role: 'candidate', term: 2 });
    expect(run.becomes('a', { role: 'leader' })).toBeUndefined();
    expect(run.becomes('a', { role: 'leader' })).toBeUndefined();
    expect(run.becomes('b', { role: 'follower' })).toBeUndefined();
    expect(run.becomes('b', { role: 'leader', term: 3 })).toBeUndefined();
    expect(run.watch.sometimes).toEqual({ 'a leader was elected': 2, 'an election was lost': 1 });
  });
});

describe('Leader Append-Only', () => {
  const leading = { role: 'leader', term: 3, log: [1, 2, 3] } as const;

  it('breaks when a leader deletes an entry of its log, or overwrites one', () => {
    for (const log of [[1, 2], [1, 2, 4], [1, 2, 4, 4], []]) {
      const run = new ToldRun(leaderAppendOnly);
      run.becomes('a', leading);
      expect(run.becomes('a', { log }), log.join()).toContain('a lost entries');
    }
  });

  it('holds where a leader compacts its log, and breaks where it loses the end of it (§7)', () => {
    const run = new ToldRun(leaderAppendOnly);
    run.becomes('a', leading);
    expect(run.becomes('a', { base: logBase(2, 2), log: [3] })).toBeUndefined();
    expect(run.becomes('a', { base: logBase(3, 3), log: [] })).toBeUndefined();
    expect(run.becomes('a', { base: logBase(2, 2), log: [] })).toContain('a lost entries');
  });

  it('holds where a leader appends, and where a follower overwrites', () => {
    const run = new ToldRun(leaderAppendOnly);
    run.becomes('a', leading);
    expect(run.becomes('a', { log: [1, 2, 3, 3] })).toBeUndefined();
    expect(run.watch.sometimes).toEqual({ 'a leader appended': 1 });
    run.becomes('a', { role: 'follower', term: 4 });
    expect(run.becomes('a', { log: [1, 2] })).toBeUndefined();
  });
});

describe('Log Matching', () => {
  it('breaks when an index and a term name two entries', () => {
    const run = new ToldRun(logMatching);
    expect(run.writes('a', [1, 2], 1)).toBeUndefined();
    const other = [entry(1, 1), entry(2, 2, Uint8Array.of(99))];
    expect(run.writes('b', [1, 2], 1, other)).toContain('entry 2 of term 2 differs');
  });

  it('breaks when the logs differ before an entry that both have', () => {
    const run = new ToldRun(logMatching);
    run.writes('a', [1, 1, 3], 1);
    expect(run.writes('b', [1, 2, 3], 1)).toContain('entry 3 of term 3 differs');
  });

  it('breaks when a server starts again with another entry than it had', () => {
    const run = new ToldRun(logMatching);
    run.writes('a', [1, 1], 1);
    run.writes('a', [1, 1, 2], 3);
    expect(run.starts('a', { log: [1, 2, 2] })).toContain('entry 3 of term 2 differs');
  });

  it('breaks where a log that begins behind a snapshot had another entry before (§7)', () => {
    const run = new ToldRun(logMatching);
    run.starts('b', { base: logBase(2, 2), log: [3] });
    expect(run.writes('a', [1, 2, 3], 1)).toBeUndefined();
    run.starts('c', { base: logBase(2, 1), log: [] });
    expect(run.starts('c', { base: logBase(2, 1), log: [3] })).toContain('entry 3 of term 3');
  });

  it('holds for logs with a common beginning, and counts what was tried', () => {
    const run = new ToldRun(logMatching);
    expect(run.writes('a', [1, 1, 2], 1)).toBeUndefined();
    expect(run.writes('b', [1, 1, 3], 1)).toBeUndefined();
    expect(run.writes('a', [1, 1, 3], 3)).toBeUndefined();
    expect(run.starts('b', { log: [1, 1, 3] })).toBeUndefined();
    expect(run.watch.sometimes).toEqual({
      'an entry was in two logs': 6,
      'a suffix was overwritten': 1,
    });
  });
});

describe('Leader Completeness', () => {
  const committed = { term: 2, log: [1, 2], commitIndex: 2, role: 'leader' } as const;

  it('breaks when a later leader lacks an entry that was committed', () => {
    for (const log of [[], [1], [1, 1], [1, 1, 1]]) {
      const run = new ToldRun(leaderCompleteness);
      run.becomes('a', committed);
      const broken = run.becomes('b', { role: 'leader', term: 3, log: [...log] });
      expect(broken, log.join()).toContain('without entry 2 of term 2');
    }
  });

  it('holds for a leader whose snapshot covers it (§7)', () => {
    const run = new ToldRun(leaderCompleteness);
    run.becomes('a', committed);
    for (const [base, log] of [
      [logBase(2, 2), []],
      [logBase(3, 2), []],
      [logBase(1, 1), [2]],
    ] as const) {
      expect(run.becomes('b', { role: 'leader', term: 3, base, log })).toBeUndefined();
      run.becomes('b', { role: 'follower' });
    }
    const base = logBase(1, 1);
    expect(run.becomes('c', { role: 'leader', term: 3, base, log: [] })).toContain(
      'without entry 2',
    );
    expect(run.watch.sometimes).toEqual({ 'a leader was elected after a commit': 4 });
  });

  it('holds for a leader that has it, and for one of an older term that has not', () => {
    const run = new ToldRun(leaderCompleteness);
    run.becomes('a', committed);
    expect(run.becomes('b', { role: 'leader', term: 2, log: [1] })).toBeUndefined();
    expect(run.becomes('c', { role: 'leader', term: 3, log: [1, 2, 2] })).toBeUndefined();
    expect(run.watch.sometimes).toEqual({ 'a leader was elected after a commit': 1 });
  });
});

describe('State Machine Safety', () => {
  it('breaks when two servers apply different entries at one index', () => {
    for (const other of [entry(1, 2), entry(1, 1, Uint8Array.of(99))]) {
      const run = new ToldRun(stateMachineSafety);
      expect(run.applies('a', entry(1, 1))).toBeUndefined();
      expect(run.applies('b', other)).toContain('b applied entry 1');
    }
  });

  it('breaks already when they say that different entries are committed', () => {
    const run = new ToldRun(stateMachineSafety);
    expect(run.becomes('a', { log: [1, 1], commitIndex: 2 })).toBeUndefined();
    expect(run.becomes('b', { log: [1, 2], commitIndex: 2 })).toContain('b committed entry 2');
  });

  it('breaks when a server applies an entry twice, or leaves one out', () => {
    for (const index of [1, 3]) {
      const run = new ToldRun(stateMachineSafety);
      run.starts('a');
      run.applies('a', entry(1, 1));
      expect(run.applies('a', entry(index, 1))).toContain(`applied entry ${index} after 1`);
    }
  });

  it('breaks when a snapshot ends with another entry than was committed there (§7)', () => {
    const run = new ToldRun(stateMachineSafety);
    run.becomes('a', { log: [1, 1], commitIndex: 2 });
    expect(run.starts('b', { base: logBase(2, 2), commitIndex: 2 })).toContain('entry 2 of term 2');
    expect(run.installs('c', logBase(2, 2))).toContain('entry 2 of term 2');
  });

  it('breaks when a server that got a snapshot does not go on behind it (§7)', () => {
    for (const index of [2, 4]) {
      const run = new ToldRun(stateMachineSafety);
      run.installs('a', logBase(2, 1));
      expect(run.applies('a', entry(index, 1))).toContain(`applied entry ${index} after 2`);
    }
  });

  it('holds for servers that go on behind a snapshot, and counts them (§7)', () => {
    const run = new ToldRun(stateMachineSafety);
    run.becomes('a', { log: [1, 1, 1], commitIndex: 3 });
    expect(run.starts('b', { base: logBase(2, 1), commitIndex: 2 })).toBeUndefined();
    expect(run.becomes('b', { log: [1], commitIndex: 3 })).toBeUndefined();
    expect(run.applies('b', entry(3, 1))).toBeUndefined();
    expect(run.installs('c', logBase(2, 1))).toBeUndefined();
    expect(run.applies('c', entry(3, 1))).toBeUndefined();
    expect(run.watch.sometimes).toEqual({
      'a server began from a snapshot': 1,
      'a snapshot was installed': 1,
      'an entry was applied by two servers': 2,
    });
  });

  it('holds for servers that apply the same, also anew after a restart', () => {
    const run = new ToldRun(stateMachineSafety);
    for (const id of ['a', 'b', 'a']) {
      run.starts(id);
      expect(run.becomes(id, { log: [1, 1], commitIndex: 2 })).toBeUndefined();
      for (const index of [1, 2]) expect(run.applies(id, entry(index, 1))).toBeUndefined();
    }
    expect(run.watch.sometimes).toMatchObject({ 'an entry was applied by two servers': 2 });
  });
});

describe('Monotonic Term', () => {
  it('breaks when the term of a server goes back', () => {
    const run = new ToldRun(monotonicTerm);
    expect(run.becomes('a', { term: 3 })).toBeUndefined();
    expect(run.becomes('a', { term: 2 })).toContain('went back');
  });

  it('breaks when a server starts again behind a term that it has led', () => {
    const run = new ToldRun(monotonicTerm);
    run.starts('a');
    run.becomes('a', { role: 'leader', term: 3 });
    expect(run.starts('a', { term: 2 })).toContain('led term 3');
  });

  it('holds over a restart that forgets a term on which nobody has relied', () => {
    const run = new ToldRun(monotonicTerm);
    run.starts('a');
    run.becomes('a', { role: 'leader', term: 3 });
    run.becomes('a', { role: 'candidate', term: 4 });
    expect(run.starts('a', { term: 3 })).toBeUndefined();
    expect(run.watch.sometimes).toEqual({ 'a server restarted': 1 });
  });
});

describe('Fresh Reads', () => {
  it('breaks when a read does not see what was acknowledged before it was asked', () => {
    const { watch } = new ToldRun(readsAreFresh);
    expect(watch.readAnswered?.('a', 4, 5)).toContain('answered from entry 4');
  });

  it('holds when it does, and counts reads', () => {
    const { watch } = new ToldRun(readsAreFresh);
    expect(watch.readAnswered?.('a', 5, 5)).toBeUndefined();
    expect(watch.readAnswered?.('a', 6, 5)).toBeUndefined();
    expect(watch.sometimes).toEqual({ 'a read was answered': 2 });
  });
});

describe('the laws', () => {
  it('are all tried, here or in tests of their own', () => {
    const tried = [
      'Election Safety',
      'Leader Append-Only',
      'Log Matching',
      'Leader Completeness',
      'State Machine Safety',
      'Equal State',
      'Monotonic Term',
      'Monotonic Indexes',
      'Log Time',
      'Configuration Follows the Log',
      'Fresh Reads',
      'Faithful Messages',
      'Election Timeouts',
      'Leader’s Word',
      'Committed Entries Match',
      'Pieces In Order',
      'Fit Leaders',
      'Unreachable Lines',
    ];
    expect(raftLaws.map(({ name }) => name)).toEqual(tried);
    for (const { sentence } of raftLaws) expect(sentence).toMatch(/^[A-Z].*\.$/u);
  });

  it('begin anew with each run', () => {
    for (const law of raftLaws) {
      const first = law.watch();
      expect(Object.values(first.sometimes).every((count) => count === 0)).toBe(true);
      expect(law.watch().sometimes).not.toBe(first.sometimes);
    }
  });
});
