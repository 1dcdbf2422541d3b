import { describe, expect, it } from 'vitest';
import type { Outcome } from './appender.js';
import type { SentTag } from './history.js';
import { verifyTags } from './verifyTags.js';

const done: Outcome = { type: 'done' };
const unknown: Outcome = { type: 'unknown', reason: 'hung up' };
const notDone: Outcome = { type: 'notDone', reason: 'no leader' };

function sent(tag: string, outcome: Outcome, [sentMs, settledMs] = [0, 10], key = 'k'): SentTag {
  return { tag, key, sentMs: sentMs!, settledMs: settledMs!, outcome };
}

const broken = (tags: readonly SentTag[], value: string) =>
  verifyTags(tags, new Map([['k', value]])).map(({ promise }) => promise);

describe('the verdict', () => {
  it('is clean where each acknowledged tag stands once', () => {
    expect(broken([sent('a.1;', done), sent('b.1;', done)], 'b.1;a.1;')).toEqual([]);
  });

  it('allows a tag of unknown outcome once, or not at all', () => {
    expect(broken([sent('a.1;', unknown)], '')).toEqual([]);
    expect(broken([sent('a.1;', unknown)], 'a.1;')).toEqual([]);
  });

  it('misses an acknowledged tag that is lost, and says when it was acknowledged', () => {
    const [breach] = verifyTags([sent('a.1;', done, [0, 1_234])], new Map([['k', '']]));
    expect(breach).toEqual({
      promise: 'acknowledged is kept',
      line: 'acknowledged is kept: broken 1 times: a.1; in k, acknowledged at 1.234 s',
    });
  });

  it('misses it where the key itself is lost', () => {
    expect(verifyTags([sent('a.1;', done)], new Map())).toHaveLength(1);
  });

  it('finds what was applied twice, whatever its outcome', () => {
    expect(broken([sent('a.1;', done)], 'a.1;a.1;')).toEqual(['applied once']);
    expect(broken([sent('a.1;', unknown)], 'a.1;a.1;')).toEqual(['applied once']);
  });

  it('finds what was answered not done, and is there', () => {
    expect(broken([sent('a.1;', notDone)], 'a.1;')).toEqual(['not done is not there']);
    expect(broken([sent('a.1;', notDone)], '')).toEqual([]);
  });

  it('finds what was never sent, or to another key, or stands there in part', () => {
    expect(broken([], 'a.1;')).toEqual(['nothing out of nowhere']);
    const other = sent('a.1;', unknown, [0, 10], 'other');
    expect(broken([other], 'a.1;')).toEqual(['nothing out of nowhere']);
    expect(broken([sent('a.1;', unknown)], 'a.1')).toEqual(['nothing out of nowhere']);
  });

  it('finds what ends elsewhere than its answer said', () => {
    const tags = [sent('a.1;', unknown), sent('b.1;', { type: 'done', length: 4 })];
    expect(broken(tags, 'b.1;a.1;')).toEqual([]);
    expect(broken(tags, 'a.1;b.1;')).toEqual(['answered where it stands']);
  });

  it('finds what was sent after an acknowledgement, and stands before it', () => {
    const tags = [sent('a.1;', done, [0, 10]), sent('a.2;', unknown, [11, 20])];
    expect(broken(tags, 'a.1;a.2;')).toEqual([]);
    expect(broken(tags, 'a.2;a.1;')).toEqual(['in the order of real time']);
  });

  it('asks for no order among those that were under way together, or had no answer', () => {
    const together = [sent('a.1;', done, [0, 10]), sent('b.1;', done, [5, 15])];
    expect(broken(together, 'b.1;a.1;')).toEqual([]);
    const unanswered = [sent('a.1;', unknown, [0, 10]), sent('b.1;', done, [15, 20])];
    expect(broken(unanswered, 'b.1;a.1;')).toEqual([]);
  });

  it('keeps to one line a promise, with a few examples', () => {
    const tags = Array.from({ length: 9 }, (_, i) => sent(`a.${i};`, done));
    const [breach, ...others] = verifyTags(tags, new Map());
    expect(others).toEqual([]);
    expect(breach!.line).toMatch(/^acknowledged is kept: broken 9 times: a\.0; .*; …$/u);
  });
});
