import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assign, createActor, emit, raise, setup } from 'xstate';
import { HostedMachine } from './hostedMachine.js';
import type { PackedState } from './packedState.js';

/** Of everything that XState's statecharts have, something. */
const machine = setup({
  types: { context: {} as { n: number; seen: Set<string> } },
  guards: {
    even: ({ context }) => context.n % 2 === 0,
    above: (_, { min }: { min: number }) => min > 1,
  },
  actions: {
    count: assign({ n: ({ context }) => context.n + 1 }),
    see: assign({ seen: ({ context, event }) => new Set([...context.seen, event.type]) }),
    tell: emit(({ context }) => ({ type: 'told', n: context.n })),
  },
}).createMachine({
  context: { n: 0, seen: new Set() },
  type: 'parallel',
  states: {
    left: {
      initial: 'a',
      states: {
        a: {
          initial: 'x',
          states: { x: { on: { go: 'y' } }, y: { on: { go: 'x' }, exit: 'count' } },
          on: { out: 'b' },
        },
        b: { entry: raise({ type: 'inner' }), on: { back: 'deep', again: 'shallow' } },
        deep: { type: 'history' },
        shallow: { type: 'history', history: 'deep', target: 'a' },
      },
      on: { inner: { actions: ['count', 'tell'] } },
    },
    right: {
      initial: 'odd',
      states: {
        odd: { always: { guard: 'even', target: 'even' } },
        even: { always: { guard: { type: 'even' }, target: 'even2', actions: 'see' } },
        even2: {
          on: { go: 'odd', '*': { guard: { type: 'above', params: { min: 2 } }, actions: 'see' } },
        },
      },
    },
  },
  on: { stay: {}, see: { actions: ['see', 'tell'] } },
});

const occasion = { at: 0, seed: 0 };

describe('a hosted machine', () => {
  it('does what an actor does, from nothing but JSON', () => {
    const types = fc.constantFrom('go', 'out', 'back', 'again', 'see', 'stay', 'unknown');
    fc.assert(
      fc.property(fc.array(types, { maxLength: 30, size: 'max' }), (events) => {
        const actor = createActor(machine);
        const told: unknown[] = [];
        actor.on('*' as never, (event) => told.push(event));
        actor.start();
        const hosted = new HostedMachine({ name: 'm', machine, input: () => ({}), traps: true });
        let state = hosted.begin('k', occasion).state;
        const emitted: unknown[] = [];
        for (const type of events) {
          actor.send({ type });
          const kept = JSON.parse(JSON.stringify(state)) as PackedState;
          const stepped = hosted.step(kept, { type }, occasion);
          emitted.push(...(stepped?.emitted ?? []));
          state = stepped?.state ?? state;
          const { value, context, status } = actor.getSnapshot();
          expect(state.value).toEqual(value);
          expect(state.context).toEqual({ n: context.n, seen: { $set: [...context.seen] } });
          expect(state.status).toBe(status);
        }
        expect(emitted).toEqual(told);
      }),
      { seed: 1, numRuns: 100 },
    );
  });

  it('goes on as before after a step that threw, and answers nothing where nothing changes', () => {
    const throwing = setup({
      actions: {
        half: assign(() => {
          throw new Error('half');
        }),
        tell: emit({ type: 'told' }),
      },
    }).createMachine({ on: { half: { actions: ['tell', 'half'] }, whole: { actions: 'tell' } } });
    const options = { name: 'm', machine: throwing, input: () => ({}), traps: true };
    const hosted = new HostedMachine(options);
    const { state } = hosted.begin('k', occasion);
    expect(() => hosted.step(state, { type: 'half' }, occasion)).toThrow('half');
    expect(hosted.step(state, { type: 'whole' }, occasion)?.emitted).toEqual([{ type: 'told' }]);
    expect(hosted.step(state, { type: 'unknown' }, occasion)).toBeUndefined();
  });

  it('says which state it does not know', () => {
    const hosted = new HostedMachine({ name: 'm', machine, input: () => ({}), traps: true });
    const state: PackedState = { status: 'active', value: { left: 'gone' }, context: {} };
    expect(() => hosted.step(state, { type: 'go' }, occasion)).toThrow('gone');
  });
});
