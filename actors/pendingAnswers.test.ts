import { describe, expect, it } from 'vitest';
import { PendingAnswers } from './pendingAnswers.js';
import type { ForwardAnswer } from './transport.js';

const notDone: ForwardAnswer = { type: 'notDone', reason: 'no' };
const unknown: ForwardAnswer = { type: 'unknown', reason: 'lost' };

describe('PendingAnswers', () => {
  it('settles each request once, and knows those that do not wait', () => {
    const pending = new PendingAnswers();
    const taken: ForwardAnswer[] = [];
    const id = pending.add((answer) => taken.push(answer));
    expect(pending.settle(id + 1, notDone)).toBe(false);
    expect(pending.settle(id, notDone)).toBe(true);
    expect(pending.settle(id, unknown)).toBe(false);
    pending.settleAll(unknown);
    expect(taken).toEqual([notDone]);
  });

  it('settles all that wait, in order, and not those that are added meanwhile', () => {
    const pending = new PendingAnswers();
    const taken: string[] = [];
    pending.add(() => {
      taken.push('first');
      pending.add(() => taken.push('added meanwhile'));
    });
    pending.add(() => taken.push('second'));
    pending.settleAll(unknown);
    expect(taken).toEqual(['first', 'second']);
    expect(pending.size).toBe(1);
  });
});
