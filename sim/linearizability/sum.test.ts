import { describe, expect, it } from 'vitest';
import { checkLinearizable } from './checkLinearizable.js';
import type { Operation } from './operation.js';
import { type SumInput, sum } from './sum.js';

const add = (value: number): SumInput => ({ type: 'add', value });
const read: SumInput = { type: 'read' };
const done = (input: SumInput, called: number, output?: number): Operation<SumInput, number> => ({
  client: 0,
  input,
  called,
  returned: called + 1,
  outcome: 'done',
  ...(output !== undefined && { output }),
});

describe('the model of a sum in a file', () => {
  it('is 0 at first, and answers what it has come to', () => {
    const history = [done(read, 0, 0), done(add(3), 2, 3), done(add(-1), 4, 2), done(read, 6, 2)];
    expect(checkLinearizable(history, sum)).toMatchObject({ order: [0, 1, 2, 3] });
    expect(checkLinearizable([...history, done(read, 8, 3)], sum)).toMatchObject({
      verdict: 'violated',
      stuckAt: [4],
    });
  });

  it('may keep to itself what an addition came to', () => {
    const history = [done(add(3), 0), done(add(4), 2), done(read, 4, 7)];
    expect(checkLinearizable(history, sum)).toMatchObject({ verdict: 'linearizable' });
  });

  it('is quickly checked however many reads had no answer', () => {
    const open = Array.from(
      { length: 60 },
      (_, client): Operation<SumInput, number> => ({
        client,
        input: read,
        called: client,
        outcome: 'unknown',
      }),
    );
    const wrong = [done(add(1), 100, 1), done(read, 102, 5)];
    const verdict = checkLinearizable([...open, ...wrong], sum, { states: 100 });
    expect(verdict).toMatchObject({ verdict: 'violated', stuckAt: [61] });
  });
});
