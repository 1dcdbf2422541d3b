import { describe, expect, it } from 'vitest';
import type { Leadership } from '../machines/context.js';
import type { Progress } from '../machines/progress.js';
import { unknownProgress } from '../machines/progress.js';
import { WritingRun } from './support/writingRun.js';
import { trueProgress } from './trueProgress.js';

/** A leader that takes so much for durable: of its own, and of `b`'s. */
function office(durableIndex: number, of: Partial<Progress>): Partial<{ leadership: Leadership }> {
  const progress = { b: { ...unknownProgress(4, 0), ...of } };
  return { leadership: { durableIndex, noOpWrite: 1, progress } as unknown as Leadership };
}

/** Server `a` has three entries of term 1 on its disk, and `b` two of them. */
function written(): WritingRun {
  const run = new WritingRun(trueProgress);
  run.starts('a', { log: [1, 1, 1] });
  run.starts('b', { log: [1, 1] });
  return run;
}

describe('True Progress', () => {
  it('breaks when a leader counts what a follower’s disk does not have', () => {
    const run = written();
    expect(run.steps('a', office(3, { matchIndex: 2, nextIndex: 4 }))).toBeUndefined();
    expect(run.steps('a', office(3, { matchIndex: 3, nextIndex: 4 }))).toContain('not on its disk');
  });

  it('breaks when what matched does not match any more, or is sent again', () => {
    for (const [of, words] of [
      [{ matchIndex: 1, nextIndex: 4 }, 'up to 1 only'],
      [{ matchIndex: 2, nextIndex: 2 }, 'matches already'],
    ] as const) {
      const run = written();
      run.steps('a', office(3, { matchIndex: 2, nextIndex: 4 }));
      expect(run.steps('a', office(3, of))).toContain(words);
    }
  });

  it('breaks when a leader counts an entry of its own before its disk has it', () => {
    const run = written();
    run.writes('a', { entries: [1] });
    expect(run.steps('a', office(4, {}))).toContain('which its disk does not have');
  });

  it('breaks when it does not count what its disk has told it of', () => {
    const run = written();
    run.steps('a', office(3, {}));
    run.writes('a', { entries: [1, 1] });
    expect(run.persisted('a', 1, office(4, {}))).toContain('up to 4, and has 5 on disk');
  });

  it('holds in a new term, which knows of nothing, and for a disk that somebody has harmed', () => {
    const run = written();
    run.steps('a', office(3, { matchIndex: 2, nextIndex: 4 }));
    const next = { ...office(3, { matchIndex: 0, nextIndex: 4 }), currentTerm: 2 };
    expect(run.steps('a', next)).toBeUndefined();
    run.watch.folderReplaced?.('b');
    expect(run.steps('a', office(3, { matchIndex: 3, nextIndex: 4 }))).toBeUndefined();
    expect(run.watch.sometimes).toEqual({ 'a leader learned what a follower has': 2 });
  });
});
