import { describe, expect, it } from 'vitest';
import { checkLinearizable } from './checkLinearizable.js';
import { reducerModel } from './reducerModel.js';

type Accounts = Readonly<Record<string, number>>;

const bank = reducerModel({
  initial: {} as Accounts,
  apply: (accounts, { to, amount }: { to: string; amount: number }) => {
    const balance = (accounts[to] ?? 0) + amount;
    return { state: { ...accounts, [to]: balance }, result: balance };
  },
});

const called = { client: 0, outcome: 'done' } as const;

describe('the model of a reducer', () => {
  it('explains what the reducer answers, command after command, and what its state is', () => {
    const history = [
      { ...called, input: { to: 'ann', amount: 5 }, output: 5, called: 0, returned: 1 },
      { ...called, input: { to: 'ann', amount: 2 }, output: 7, called: 2, returned: 3 },
      { ...called, input: undefined, output: { ann: 7 }, called: 4, returned: 5 },
    ];
    expect(checkLinearizable(history, bank)).toEqual({ verdict: 'linearizable', order: [0, 1, 2] });
  });

  it('explains nothing else', () => {
    const history = [
      { ...called, input: { to: 'ann', amount: 5 }, output: 5, called: 0, returned: 1 },
      { ...called, input: { to: 'ann', amount: 2 }, output: 2, called: 2, returned: 3 },
    ];
    expect(checkLinearizable(history, bank)).toMatchObject({ verdict: 'violated', stuckAt: [1] });
  });
});
