/** Tests of the laws about disks: each must break on a run that breaks it, or it says nothing. */
import { describe, expect, it } from 'vitest';
import type { Leadership } from '../machines/context.js';
import type { ServerId } from '../machines/entry.js';
import { diskLaws } from './diskLaws.js';
import { durableCommits } from './durableCommits.js';
import { durableVotes } from './durableVotes.js';
import { logBase } from './support/script.js';
import { WritingRun } from './support/writingRun.js';
import { wholeRecovery } from './wholeRecovery.js';

const leadership = {} as Leadership;

/** The answer of `from` to a candidate of term 2. */
function vote(from: ServerId) {
  return { type: 'RequestVoteResponse', from, atMs: 0, term: 2, voteGranted: true } as const;
}

/** A candidate of term 2 whose own vote is saved. */
function standing(): WritingRun {
  const run = new WritingRun(durableVotes);
  run.writes('a', { term: 2, votedFor: 'a' });
  expect(run.persisted('a', 1, { votesGranted: ['a'] })).toBeUndefined();
  return run;
}

describe('Durable Votes', () => {
  it('breaks when a vote is counted that its giver has not saved', () => {
    const run = standing();
    run.writes('b', { term: 2, votedFor: 'a' });
    expect(run.steps('a', { votesGranted: ['a', 'b'] }, vote('b'))).toContain('b has not saved');
  });

  it('breaks when a candidate counts its own vote before that is durable', () => {
    const run = new WritingRun(durableVotes);
    run.writes('a', { term: 2, votedFor: 'a' });
    expect(run.steps('a', { votesGranted: ['a', 'c'] }, vote('c'))).toContain('a has not saved');
  });

  it('breaks when a leader has no quorum of votes', () => {
    const run = standing();
    expect(run.steps('a', { leadership }, vote('b'))).toContain('without the votes of a quorum');
  });

  it('breaks when a server saves two votes of one term, also over a restart', () => {
    const run = new WritingRun(durableVotes);
    run.writes('b', { term: 2, votedFor: 'a' });
    expect(run.persisted('b')).toBeUndefined();
    run.writes('b', { term: 2, votedFor: 'c' });
    expect(run.persisted('b')).toContain('b voted for a and c');
    expect(run.starts('b', { term: 2, votedFor: 'c' })).toContain('b voted for a and c');
  });

  it('holds for votes that are saved, and for one that a crash took back before it counted', () => {
    const run = standing();
    run.writes('b', { term: 2, votedFor: 'c' });
    expect(run.starts('b', { term: 1 })).toBeUndefined();
    run.writes('b', { term: 2, votedFor: 'a' });
    expect(run.persisted('b')).toBeUndefined();
    const elected = run.steps('a', { votesGranted: ['a', 'b'], leadership }, vote('b'));
    expect(elected).toBeUndefined();
    expect(run.watch.sometimes).toEqual({
      'a vote was saved': 2,
      'a quorum of saved votes elected a leader': 1,
    });
  });

  it('asks nothing of a server whose folder somebody has replaced', () => {
    const run = new WritingRun(durableVotes);
    run.starts('b', { term: 2, votedFor: 'a' });
    run.watch.folderReplaced?.('b');
    expect(run.starts('b', { term: 2, votedFor: 'c' })).toBeUndefined();
  });

  it('goes on with a server whose folder is harmed while it runs', () => {
    const run = standing();
    run.writes('b', { term: 2, votedFor: 'a' });
    run.watch.folderReplaced?.('b');
    expect(run.persisted('b')).toBeUndefined();
    const elected = run.steps('a', { votesGranted: ['a', 'b'], leadership }, vote('b'));
    expect(elected).toBeUndefined();
  });
});

/** Entry 1 is committed by `a`, which leads and has it, and lies on `b`. */
function committed(): WritingRun {
  const run = new WritingRun(durableCommits);
  for (const id of ['a', 'b']) {
    run.writes(id, { entries: [1] });
    run.persisted(id);
  }
  run.steps('a', { leadership });
  expect(run.steps('a', { commitIndex: 1 })).toBeUndefined();
  return run;
}

describe('Durable Commits', () => {
  it('breaks when an entry is committed that a quorum has only written', () => {
    const run = new WritingRun(durableCommits);
    run.writes('a', { entries: [1] });
    run.persisted('a', 1, { leadership });
    run.writes('b', { entries: [1] });
    expect(run.steps('a', { commitIndex: 1 })).toContain('entry 1 of term 1 is committed');
  });

  it('breaks when a quorum has another entry there', () => {
    const run = new WritingRun(durableCommits);
    run.writes('b', { entries: [2] });
    run.persisted('b');
    run.writes('a', { entries: [1] });
    expect(run.persisted('a', 1, { leadership, commitIndex: 1 })).toContain('entry 1 of term 1');
  });

  it('breaks when a committed entry is overwritten later, or gone after a restart', () => {
    const overwriting = committed();
    overwriting.writes('b', { entries: [2], from: 1 });
    expect(overwriting.persisted('b')).toContain('entry 1 of term 1');
    expect(committed().starts('b')).toContain('entry 1 of term 1');
  });

  it('holds where a snapshot covers it, and where a quorum is left that has it', () => {
    const run = committed();
    run.writes('c', { base: logBase(3, 1) });
    expect(run.persisted('c')).toBeUndefined();
    expect(run.starts('b')).toBeUndefined();
    expect(run.watch.sometimes).toEqual({
      'an entry was durable on a quorum': 1,
      'a leader committed before its own disk had it': 0,
    });
  });

  it('does not count on a server whose folder is harmed, and goes on with it', () => {
    const run = committed();
    run.watch.folderReplaced?.('a');
    run.writes('a', { entries: [1] });
    run.writes('b', { entries: [1] });
    run.persisted('b');
    expect(run.persisted('a', 2, { commitIndex: 2 })).toBeUndefined();
    expect(run.starts('a')).toBeUndefined();
    expect(run.starts('b')).toContain('entry 1 of term 1');
  });

  it('holds for a leader whose own disk is late, and counts it', () => {
    const run = new WritingRun(durableCommits);
    for (const id of ['b', 'c']) {
      run.writes(id, { entries: [1] });
      run.persisted(id);
    }
    run.writes('a', { entries: [1] });
    expect(run.steps('a', { leadership, commitIndex: 1 })).toBeUndefined();
    expect(run.watch.sometimes).toMatchObject({
      'a leader committed before its own disk had it': 1,
    });
  });
});

/** `a` has saved a vote and two entries, and written a third one. */
function written(): WritingRun {
  const run = new WritingRun(wholeRecovery);
  run.writes('a', { term: 2, votedFor: 'b' });
  run.writes('a', { votedFor: 'b', entries: [2, 2] });
  run.persisted('a');
  run.writes('a', { votedFor: 'b', entries: [2] });
  return run;
}

describe('Whole Recovery', () => {
  it('breaks when something is missing that was durable', () => {
    const lost = [
      { term: 1, log: [2, 2] },
      { term: 2, log: [2, 2] },
      { term: 2, votedFor: 'c', log: [2, 2] },
      { term: 2, votedFor: 'b', log: [2] },
      { term: 2, votedFor: 'b', log: [1, 2] },
      { term: 2, votedFor: 'b', base: logBase(1, 2) },
    ];
    for (const found of lost) {
      expect(written().starts('a', found), JSON.stringify(found)).toContain('a had saved term 2');
    }
  });

  it('breaks when something is there that was never written', () => {
    for (const found of [
      { term: 3, votedFor: 'b', log: [2, 2] },
      { term: 2, votedFor: 'b', log: [2, 2, 2, 2] },
      { term: 2, votedFor: 'b', log: [2, 2, 1] },
    ]) {
      expect(written().starts('a', found), JSON.stringify(found)).toContain('which it never was');
    }
  });

  it('breaks when a later write is there without an earlier one', () => {
    const run = written();
    run.writes('a', { term: 3 });
    expect(run.starts('a', { term: 3, log: [2, 2] })).toContain('which it never was');
  });

  it('holds with and without what was not yet durable, and counts both', () => {
    for (const [log, lost, found] of [
      [[2, 2], 1, 0],
      [[2, 2, 2], 0, 1],
    ] as const) {
      const run = written();
      expect(run.starts('a', { term: 2, votedFor: 'b', log })).toBeUndefined();
      expect(Object.values(run.watch.sometimes)).toEqual([lost, found, 0]);
    }
  });

  it('holds behind a snapshot, also one that the log does not meet (Figure 13)', () => {
    const is = { term: 2, votedFor: 'b' } as const;
    expect(written().starts('a', { ...is, base: logBase(1, 2), log: [2] })).toBeUndefined();
    expect(written().starts('a', { ...is, base: logBase(9, 2) })).toBeUndefined();
    expect(written().starts('a', { term: 4, base: logBase(9, 4) })).toBeUndefined();
    expect(written().starts('a', { ...is, base: logBase(9, 2), log: [2] })).toContain('never was');
  });

  it('asks nothing of a folder that somebody has replaced, and hears of torn batches', () => {
    const run = written();
    run.watch.folderReplaced?.('a');
    expect(run.starts('a')).toBeUndefined();
    run.watch.tornTailCut?.('a', 7);
    expect(run.watch.sometimes).toMatchObject({ 'recovery cut a torn batch off': 1 });
  });
});

describe('the laws of disks', () => {
  it('each say what they say in a sentence, and begin anew with each run', () => {
    for (const law of diskLaws) {
      expect(law.sentence).toMatch(/^[A-Z].*\.$/u);
      const first = law.watch();
      expect(Object.values(first.sometimes).every((count) => count === 0)).toBe(true);
      expect(law.watch().sometimes).not.toBe(first.sometimes);
    }
  });
});
