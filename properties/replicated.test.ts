/** Statecharts as replicated actors under the simulator's faults. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assign, emit, raise, setup } from 'xstate';
import type { Applied } from '../actors/serverActor.js';
import type { ServerId } from '../machines/entry.js';
import type { InstanceAnswer, InstanceCommand } from '../services/replicated/instanceCommand.js';
import { now, random } from '../services/replicated/occasion.js';
import { replicate } from '../services/replicated/replicate.js';
import type { Law, Watch } from '../sim/law.js';
import { lawsFor } from './allLaws.js';
import { assertLaws } from './assertLaws.js';

/** A context that is changed in place, chance, time, history, errors, timers, an end. */
const order = setup({
  types: {
    context: {} as { lines: Map<string, number>; drawn: number[]; at: number; reminded: number },
    events: {} as
      | { type: 'add'; item: string }
      | { type: 'pay' | 'hold' | 'resume' | 'fail' | 'remind' },
    emitted: {} as { type: 'added' },
  },
  delays: { patience: ({ context }) => 100 + 10 * context.lines.size },
  actions: {
    add: assign({
      lines: ({ context, event }) => {
        // In place, as it should not be done: it must not matter.
        const { item } = event as { item: string };
        return context.lines.set(item, (context.lines.get(item) ?? 0) + 1);
      },
      drawn: ({ context }) => [...context.drawn.slice(-3), random()],
      at: () => now(),
    }),
    fail: assign(({ context }) => {
      context.lines.clear();
      throw new Error('half done');
    }),
    remind: assign({ reminded: ({ context }) => context.reminded + 1 }),
  },
}).createMachine({
  context: () => ({ lines: new Map<string, number>(), drawn: [], at: now(), reminded: 0 }),
  initial: 'open',
  states: {
    open: {
      initial: 'filling',
      after: { 400: { target: 'expired' } },
      states: {
        filling: {
          on: { hold: 'held' },
          after: { patience: { target: 'held', actions: 'remind' } },
        },
        held: { on: { resume: 'filling' }, after: { 60: 'filling' } },
        last: { type: 'history' },
      },
      on: {
        add: { actions: ['add', emit({ type: 'added' })] },
        pay: 'paid',
        fail: { actions: 'fail' },
        remind: '.last',
      },
    },
    paid: { after: { 80: 'closed' }, on: { hold: 'open.last' } },
    closed: { type: 'final' },
    expired: { type: 'final' },
  },
});

interface Rung {
  readonly number: number;
  readonly dueMs: number;
  readonly at: number;
}

/** Rings once for each `set`, and writes down when. */
const bell = setup({
  types: {
    context: {} as { set: number; rung: Rung[] },
    events: {} as
      | { type: 'set'; ms: number }
      | { type: 'ring'; number: number; dueMs: number }
      | { type: 'look' },
  },
  actions: {
    count: assign({ set: ({ context }) => context.set + 1 }),
    later: raise(
      ({ context, event }) => {
        const { ms } = event as { ms: number };
        return { type: 'ring' as const, number: context.set, dueMs: now() + ms };
      },
      { delay: ({ event }) => (event as { ms: number }).ms },
    ),
    ring: assign({
      rung: ({ context, event }) => {
        const { number, dueMs } = event as { number: number; dueMs: number };
        return [...context.rung, { number, dueMs, at: now() }];
      },
    }),
  },
}).createMachine({
  context: { set: 0, rung: [] },
  on: { set: { actions: ['count', 'later'] }, ring: { actions: 'ring' }, look: {} },
});

const machines = replicate({ order, bell }, { finalKeptMs: 150, traps: true });

const key = fc.constantFrom('1', '2', '3');
const orderCommand = fc.record({
  machine: fc.constant('order' as const),
  key,
  event: fc.oneof(
    fc.record({ type: fc.constant('add' as const), item: fc.constantFrom('apple', 'pear') }),
    fc.record({ type: fc.constantFrom('pay' as const, 'hold' as const, 'resume' as const) }),
    fc.record({ type: fc.constantFrom('fail' as const, 'remind' as const) }),
  ),
});
const bellCommand = fc.record({
  machine: fc.constant('bell' as const),
  key,
  event: fc.oneof(
    fc.record({ type: fc.constant('set' as const), ms: fc.constantFrom(0, 20, 150, 600) }),
    fc.record({ type: fc.constant('look' as const) }),
  ),
});
const command = fc.oneof(orderCommand, bellCommand);
const query = fc.record({ machine: fc.constantFrom('order' as const, 'bell' as const), key });

/** Each timer fires once, not before it is due by log time, and in the order of what is due. */
const timersFireOnce: Law = {
  name: 'Timers Fire Once',
  sentence: 'A timer fires once, by log time, whoever leads and whoever has restarted.',
  watch: () => new BellWatch(),
};

class BellWatch implements Watch {
  readonly sometimes = {
    'a timer fired': 0,
    'a timer fired in a later term than it was armed in': 0,
    'a machine threw': 0,
    'an event came to an instance that was final': 0,
    'an instance began anew': 0,
  };
  /** By key, how often its bell was set, and in which terms. */
  readonly #terms = new Map<string, number[]>();
  readonly #seen = new Set<number>();
  /** Keys of orders that were final when an event came. */
  readonly #final = new Set<string>();

  applied(_: ServerId, { entry, outcome }: Applied): string | undefined {
    if (entry.kind !== 'command' || this.#seen.has(entry.index)) return undefined;
    this.#seen.add(entry.index);
    const { machine, key: of } = JSON.parse(textOf(entry.bytes)) as InstanceCommand;
    const error = errorOf(outcome);
    if (error !== undefined) this.#threw(of, error);
    if (outcome.type !== 'done' && outcome.type !== 'answered') return undefined;
    if (error !== undefined) return undefined;
    if (machine === 'bell') return this.#bell(of, answerOf(outcome), entry.term);
    if (this.#final.delete(of)) this.sometimes['an instance began anew']++;
    return undefined;
  }

  #threw(of: string, error: string): void {
    if (!error.includes('is final')) this.sometimes['a machine threw']++;
    else {
      this.sometimes['an event came to an instance that was final']++;
      this.#final.add(of);
    }
  }

  #bell(of: string, { snapshot }: InstanceAnswer, term: number): string | undefined {
    const { set, rung } = snapshot.context as unknown as { set: number; rung: Rung[] };
    const terms = this.#terms.get(of) ?? [];
    this.#terms.set(of, terms);
    while (terms.length < set) terms.push(term);
    const numbers = rung.map(({ number }) => number);
    if (new Set(numbers).size < numbers.length) return `bell ${of} rang twice: ${numbers.join()}`;
    if (numbers.some((number) => number > set)) return `bell ${of} was set ${set} times`;
    const early = rung.find(({ at, dueMs }) => at < dueMs);
    if (early !== undefined) return `bell ${of} rang early: ${JSON.stringify(early)}`;
    const isOutOfOrder = rung.some(({ at, dueMs }, place) => {
      const before = rung[place - 1];
      return before !== undefined && before.at === at && before.dueMs > dueMs;
    });
    if (isOutOfOrder) return `bell ${of} rang out of order: ${JSON.stringify(rung)}`;
    this.sometimes['a timer fired'] += rung.length;
    for (const { number } of rung) {
      if (terms[number - 1]! < term) {
        this.sometimes['a timer fired in a later term than it was armed in']++;
      }
    }
    return undefined;
  }
}

function textOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

function errorOf(outcome: Applied['outcome']): string | undefined {
  if (outcome.type === 'threw') return (outcome.error as Error).message;
  const isAnswer = outcome.type === 'answered' && outcome.answer.threw;
  return isAnswer ? textOf(outcome.answer.bytes) : undefined;
}

function answerOf(outcome: Extract<Applied['outcome'], { type: 'done' | 'answered' }>) {
  if (outcome.type === 'done') return outcome.value as InstanceAnswer;
  return JSON.parse(textOf(outcome.answer.bytes)) as InstanceAnswer;
}

describe('replicated statecharts', () => {
  it('are the same on all servers, and their timers fire once, whatever goes wrong', () => {
    const laws = [...lawsFor(), timersFireOnce];
    const { sometimes } = assertLaws({
      stateMachine: machines,
      command,
      query,
      laws,
      runs: 20,
      seed: 1,
    });
    const never = [
      ...Object.keys(new BellWatch().sometimes),
      'a server began from a snapshot',
      'a snapshot was there twice',
      'a snapshot was installed',
      'an entry was answered by two servers',
    ].filter((what) => !((sometimes[what] ?? 0) > 0));
    expect(never).toEqual([]);
  });
});
