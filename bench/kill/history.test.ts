import { describe, expect, it } from 'vitest';
import { History } from './history.js';

function historyAt() {
  const clock = { ms: 0 };
  return { clock, history: new History(() => clock.ms) };
}

describe('a history', () => {
  it('gives no tag twice, and counts for each worker', () => {
    const { history } = historyAt();
    const tags = ['r1', 'r2', 'r1'].map((worker) => history.send(worker, 'k').tag);
    expect(tags).toEqual(['r1.1;', 'r2.1;', 'r1.2;']);
  });

  it('calls what has no outcome yet unknown', () => {
    const { history } = historyAt();
    history.send('r1', 'k');
    expect(history.counts()).toEqual({ done: 0, notDone: 0, unknown: 1 });
    expect(history.sent[0]!.settledMs).toBe(Number.POSITIVE_INFINITY);
  });

  it('notes when a tag was sent and settled, and when it was acknowledged', () => {
    const { clock, history } = historyAt();
    clock.ms = 5;
    const [first, second] = [history.send('r1', 'k'), history.send('r2', 'k')];
    clock.ms = 7;
    history.settle(second, { type: 'done', length: 5 });
    clock.ms = 9;
    history.settle(first, { type: 'notDone', reason: 'no leader' });
    expect(first).toMatchObject({ sentMs: 5, settledMs: 9 });
    expect(history.acknowledgedMs).toEqual([7]);
    expect(history.counts()).toEqual({ done: 1, notDone: 1, unknown: 0 });
    expect(history.counts('r2')).toEqual({ done: 1, notDone: 0, unknown: 0 });
  });
});
