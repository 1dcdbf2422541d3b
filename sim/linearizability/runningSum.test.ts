import { describe, expect, it } from 'vitest';
import { checkLinearizable } from './checkLinearizable.js';
import type { Operation } from './operation.js';
import { runningSum } from './runningSum.js';

describe('the model of a running sum', () => {
  it('adds, and answers the sum; nothing to add is a read', () => {
    expect(runningSum.step(3, 2, 5)).toBe(5);
    expect(runningSum.step(3, 2, 4)).toBe(false);
    expect(runningSum.step(3, undefined, 3)).toBe(3);
    expect(runningSum.step(3, -4)).toBe(-1);
  });

  it('takes of many additions of which nothing is known just those that a sum needs', () => {
    const history: Operation<number | undefined, number>[] = [];
    for (let i = 0; i < 30; i++) {
      history.push({ client: i, input: 2 ** i, called: i, outcome: 'unknown' });
    }
    const input = undefined;
    const times = { client: 0, called: 50, returned: 51, outcome: 'done' } as const;
    history.push({ ...times, input, output: 5 });
    expect(checkLinearizable(history, runningSum)).toMatchObject({ order: [0, 2, 30] });
  });
});
