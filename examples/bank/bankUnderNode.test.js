/** The same under the test runner of Node: `node --test examples/bank`. */
import { test } from 'node:test';
import * as fc from 'fast-check';
import { fromReducer } from 'raftchart';
import { assertLaws } from 'raftchart/properties';
import { reducerModel } from 'raftchart/sim';
import { bank } from './bank.js';

const name = fc.constantFrom('ann', 'bob', 'cora');
const command = fc.record({ from: name, to: name, amount: fc.integer({ min: 1, max: 9 }) });

test('the bank keeps every promise, whatever goes wrong', () => {
  assertLaws({
    stateMachine: fromReducer(bank),
    command,
    model: reducerModel(bank),
    servers: [3],
    faults: ['crash', 'isolate', 'loss'],
    runs: 30,
  });
});
