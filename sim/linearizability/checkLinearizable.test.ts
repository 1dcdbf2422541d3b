import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkLinearizable } from './checkLinearizable.js';
import { type KvInput, type KvValue, kv } from './kv.js';
import { kvHistory } from './kvHistory.js';
import type { Model } from './model.js';
import { isDone, type Operation } from './operation.js';
import { type RegisterInput, type RegisterOutput, register } from './register.js';
import { runningSum } from './runningSum.js';

/** Whether `one` returned before `other` was called: then it has to come first. */
function isBefore(one: Operation, other: Operation): boolean {
  return isDone(one) && one.returned! < other.called;
}

/** Whether some order of the operations, tried one after the other, explains every answer. */
function bruteForce<S, I, O>(history: readonly Operation<I, O>[], model: Model<S, I, O>): boolean {
  const tried = history.filter(({ outcome }) => outcome !== 'notDone');
  function goOn(state: S, left: readonly Operation<I, O>[]): boolean {
    if (!left.some(isDone)) return true;
    return left.some((one) => {
      const rest = left.filter((other) => other !== one);
      if (rest.some((other) => isBefore(other, one))) return false;
      const next = model.step(state, one.input, isDone(one) ? one.output : undefined);
      return next !== false && goOn(next, rest);
    });
  }
  const parts = new Map<string | undefined, Operation<I, O>[]>();
  const isWhole = tried.some(({ input }) => model.key?.(input) === undefined);
  for (const one of tried) {
    const key = isWhole ? undefined : model.key?.(one.input);
    parts.set(key, [...(parts.get(key) ?? []), one]);
  }
  return [...parts.values()].every((part) => goOn(model.initial, part));
}

/** Whether an order takes every done operation, and is one that may be. */
function explains<S, I, O>(
  order: readonly number[],
  history: readonly Operation<I, O>[],
  model: Model<S, I, O>,
): boolean {
  const done = [...history.keys()].filter((place) => isDone(history[place]!));
  return done.every((place) => order.includes(place)) && mayBe(order, history, model);
}

/** Whether an order takes no operation twice or too early, and explains the answer of each. */
function mayBe<S, I, O>(
  order: readonly number[],
  history: readonly Operation<I, O>[],
  model: Model<S, I, O>,
): boolean {
  const states = new Map<string | undefined, S>();
  const isWhole = history.some(
    ({ input, outcome }) => outcome !== 'notDone' && model.key?.(input) === undefined,
  );
  const answersFit = order.every((place) => {
    const one = history[place]!;
    const key = isWhole ? undefined : model.key?.(one.input);
    const state = states.has(key) ? states.get(key)! : model.initial;
    const next = model.step(state, one.input, isDone(one) ? one.output : undefined);
    if (next !== false) states.set(key, next);
    return next !== false && one.outcome !== 'notDone';
  });
  const inTime = order.every((place, i) =>
    order.slice(0, i).every((earlier) => !isBefore(history[place]!, history[earlier]!)),
  );
  return answersFit && inTime && new Set(order).size === order.length;
}

/** Short histories whose times often are equal, and whose answers often are wrong. */
function histories<I, O>(
  input: fc.Arbitrary<I>,
  output: fc.Arbitrary<O>,
): fc.Arbitrary<Operation<I, O>[]> {
  const operation = fc
    .record({
      client: fc.nat(3),
      input,
      output,
      called: fc.nat(8),
      took: fc.nat(5),
      outcome: fc.constantFrom('done', 'done', 'done', 'unknown', 'notDone' as const),
      ends: fc.constantFrom('returns', 'returns', 'returns', 'is open' as const),
    })
    .map(({ took, ends, outcome, called, ...asked }): Operation<I, O> => {
      const returned = ends === 'returns' ? { returned: called + took } : {};
      return { ...asked, called, ...returned, outcome: outcome as Operation['outcome'] };
    });
  return fc.array(operation, { minLength: 1, maxLength: 6 });
}

/** Compares with the brute force; answers how many were linearizable. */
function agree<S, I, O>(
  name: string,
  model: Model<S, I, O>,
  input: fc.Arbitrary<I>,
  output: fc.Arbitrary<O>,
  numRuns = 1000,
): void {
  const counts = { linearizable: 0, violated: 0, undecided: 0 };
  const holds = fc.property(histories(input, output), (history) => {
    const found = checkLinearizable(history, model);
    counts[found.verdict]++;
    const { verdict } = found;
    if (verdict !== (bruteForce(history, model) ? 'linearizable' : 'violated')) return false;
    if (verdict === 'linearizable') return explains(found.order, history, model);
    const isStuck = found.verdict === 'violated' && found.stuckAt.length > 0;
    return isStuck && mayBe(found.longest, history, model);
  });
  fc.assert(holds, { seed: 1, numRuns });
  expect(Math.min(counts.linearizable, counts.violated), name).toBeGreaterThan(numRuns / 10);
}

const value = fc.constantFrom('a', 'b');
const key = fc.constantFrom('x', 'y');
const registerInput: fc.Arbitrary<RegisterInput> = fc.oneof(
  fc.record({ type: fc.constant('read' as const), key }),
  fc.record({ type: fc.constant('write' as const), key, value }),
  fc.record({ type: fc.constant('cas' as const), key, expected: value, value }),
);
const registerOutput: fc.Arbitrary<RegisterOutput> = fc.constantFrom('a', 'b', null, true, false);
const kvInput: fc.Arbitrary<KvInput> = fc.oneof(
  fc.record({ type: fc.constant('get' as const), key }),
  fc.record({ type: fc.constant('put' as const), key, value }),
  fc.record({ type: fc.constant('append' as const), key, value }),
);
const kvOutput: fc.Arbitrary<KvValue> = fc.constantFrom('a', 'b', 'ab', 'ba', 'aa', null);

describe('a check agrees with trying every order', () => {
  it('of registers', () => {
    const output = fc.oneof(registerOutput, fc.constant(undefined));
    const one = registerInput.map((input) => ({ ...input, key: 'x' }));
    agree('one', register, one, output as fc.Arbitrary<RegisterOutput>);
    agree('many', register, registerInput, output as fc.Arbitrary<RegisterOutput>);
  });

  it('of a key-value store', () => {
    agree(
      'one',
      kv,
      kvInput.map((input) => ({ ...input, key: 'x' })),
      kvOutput,
    );
    agree('many', kv, kvInput, kvOutput);
  });

  it('of a running sum, which may also go down', () => {
    const input = fc.option(fc.integer({ min: -2, max: 3 }), { nil: undefined });
    agree('sum', runningSum, input, fc.integer({ min: -1, max: 4 }));
  });

  it('of an object without parts, whose states are records', () => {
    const input = fc.oneof(
      fc.record({ type: fc.constant('set' as const), key, value }),
      fc.record({ type: fc.constant('swap' as const) }),
      fc.record({ type: fc.constant('both' as const) }),
    );
    const output = fc.constantFrom('ab', 'ba', 'aa', '-a', '-b', 'b-', '--');
    agree('by their content', pair, input, output);
    const plain: typeof pair = {
      initial: pair.initial,
      step: (state, asked, answered) => pair.step(state, asked, answered),
    };
    agree('each by itself', plain, input, output, 500);
    agree('in parts where it can', { ...pair, key: pairKey }, input, output, 500);
  });

  it('of a store that works, or that does not, and of answers that are lost', () => {
    let violated = 0;
    for (let seed = 0; seed < 300; seed++) {
      const defect = ([undefined, 'staleRead', 'lostAppend', 'duplicatedAppend'] as const)[
        seed % 4
      ];
      const size = { clients: 4, operations: 8, keys: 1, unknownPercent: 30 };
      const history = kvHistory({ seed, ...size, ...(defect && { defect }) });
      const { verdict } = checkLinearizable(history, kv);
      expect(verdict, `${seed}`).toBe(bruteForce(history, kv) ? 'linearizable' : 'violated');
      if (defect === undefined) expect(verdict).toBe('linearizable');
      if (verdict === 'violated') violated++;
    }
    expect(violated).toBeGreaterThan(20);
  });
});

interface Pair {
  readonly x: string;
  readonly y: string;
}

type PairInput =
  | { readonly type: 'set'; readonly key: string; readonly value: string }
  | { readonly type: 'swap' | 'both' };

/** Two registers that can be swapped, and read both at once. */
const pair: Model<Pair, PairInput, string> = {
  initial: { x: '-', y: '-' },
  step(state, input, output) {
    if (input.type === 'set') return { ...state, [input.key]: input.value };
    if (input.type === 'swap') return { x: state.y, y: state.x };
    return output === undefined || output === state.x + state.y ? state : false;
  },
  canonical: ({ x, y }) => x + y,
};

function pairKey(input: PairInput): string | undefined {
  return input.type === 'set' ? input.key : undefined;
}

describe('a history of 50 clients and 1,700 operations', () => {
  const size = { clients: 50, operations: 1_700, keys: 10 };

  it.each([0, 5, 20])('is decided with %i of a hundred operations unknown', (unknownPercent) => {
    const history = kvHistory({ seed: 1, ...size, unknownPercent });
    const found = checkLinearizable(history, kv);
    expect(found.verdict).toBe('linearizable');
    if (found.verdict === 'linearizable') expect(explains(found.order, history, kv)).toBe(true);
  });

  it.each(['staleRead', 'lostAppend', 'duplicatedAppend'] as const)(
    'is violated by a %s',
    (defect) => {
      for (const unknownPercent of [0, 5]) {
        const history = kvHistory({ seed: 2, ...size, unknownPercent, defect });
        expect(checkLinearizable(history, kv).verdict, `${unknownPercent}`).toBe('violated');
      }
    },
  );

  it('costs no more for writes of which nothing is known and nothing is seen', () => {
    const input = { type: 'put', key: 'x', value: '' } as const;
    const unseen = Array.from({ length: 40 }, (_, i): Operation<KvInput, KvValue> => {
      return { client: i, input: { ...input, value: `${i}!` }, called: i, outcome: 'unknown' };
    });
    const done = Array.from({ length: 40 }, (_, i): Operation<KvInput, KvValue> => {
      const times = { client: i, called: i, returned: i + 3, outcome: 'done' } as const;
      return { ...times, input: { type: 'append', key: 'x', value: `${i};` } };
    });
    const last = { client: 0, called: 99, returned: 99, outcome: 'done' } as const;
    const get = { ...last, input: { type: 'get', key: 'x' } as const, output: '0;' };
    const found = checkLinearizable([...unseen, ...done, get], kv, { states: 10_000 });
    expect(found.verdict).toBe('violated');
  });
});
