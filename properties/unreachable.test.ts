/** Tests of the law that holds the reasons for lines that cannot be taken against every step. */
import { describe, expect, it } from 'vitest';
import { WritingRun } from './support/writingRun.js';
import { unreachableLines } from './unreachable.js';

const transfer = { to: 'b', sinceMs: 0, isTold: false };
const leading = (more: object = {}) => ({ leadership: { transfer: undefined, ...more } as never });
const stand = (term: number) => ({ type: 'TimeoutNowRequest', from: 'b', atMs: 0, term }) as const;
const ask = { type: 'ClientRequest', proposals: [], wallMs: 0, atMs: 0 } as const;
const stored = { type: 'snapshotStored', snapshot: undefined as never, atMs: 0 } as const;

function started(): WritingRun {
  const run = new WritingRun(unreachableLines);
  run.starts('a', { term: 3 });
  return run;
}

describe('a line that cannot be taken', () => {
  it('is that of a server told to stand in a term that it has not heard of', () => {
    const run = started();
    expect(run.steps('a', {}, stand(3))).toBeUndefined();
    expect(run.steps('a', {}, stand(2))).toBeUndefined();
    expect(run.watch.sometimes).toEqual({ 'a server was told to stand in a term that it knew': 2 });
    expect(run.steps('a', {}, stand(4))).toMatch(/term 4, and knows only 3/u);
  });

  it('may be taken so by a server that somebody has made forget', () => {
    const run = started();
    run.watch.folderReplaced!('a');
    expect(run.steps('a', {}, stand(4))).toBeUndefined();
  });

  it('is that of a server asked to append while it hands over', () => {
    const run = started();
    run.steps('a', leading());
    expect(run.steps('a', leading({ transfer }), ask)).toBeUndefined();
    expect(run.steps('a', {}, ask)).toMatch(/hands over to b/u);
  });

  it('is that of a leader that hears of a snapshot of another', () => {
    const run = started();
    expect(run.steps('a', {}, stored)).toBeUndefined();
    run.steps('a', leading());
    expect(run.steps('a', {}, stored)).toMatch(/leads/u);
  });
});
