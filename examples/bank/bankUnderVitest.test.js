/** The bank under every fault that there is, in ten lines. This one runs under vitest. */
import * as fc from 'fast-check';
import { fromReducer } from 'raftchart';
import { assertLaws } from 'raftchart/properties';
import { reducerModel } from 'raftchart/sim';
import { expect, it } from 'vitest';
import { bank } from './bank.js';

const name = fc.constantFrom('ann', 'bob', 'cora');
const command = fc.record(
  { from: name, to: name, amount: fc.integer({ min: 1, max: 9 }) },
  { requiredKeys: ['to', 'amount'] },
);

it('keeps every promise, whatever goes wrong', { timeout: 60_000 }, () => {
  const model = reducerModel(bank);
  const { runs } = assertLaws({ stateMachine: fromReducer(bank), command, model, runs: 60 });
  expect(runs).toBe(60);
});

it('and would be found out if it made money', { timeout: 60_000 }, () => {
  const apply = (accounts, order) => {
    const { state, result } = bank.apply(accounts, order);
    return { state, result: order.amount === 7 ? result + 1 : result };
  };
  const crooked = fromReducer({ ...bank, apply });
  const search = { stateMachine: crooked, command, model: reducerModel(bank), shrinkRunsMax: 40 };
  expect(() => assertLaws(search)).toThrow('One order of all operations explains');
});
