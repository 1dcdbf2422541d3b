import { describe, expect, it } from 'vitest';
import { assign, createActor, setup, waitFor } from 'xstate';
import { createCluster } from '../../actors/cluster.js';
import { replicate } from './replicate.js';

const turnstile = setup({
  types: {
    context: {} as { passed: number },
    events: {} as { type: 'coin' } | { type: 'push' },
  },
  actions: { count: assign({ passed: ({ context }) => context.passed + 1 }) },
}).createMachine({
  context: { passed: 0 },
  initial: 'locked',
  states: {
    locked: { on: { coin: 'unlocked' } },
    unlocked: { on: { push: { target: 'locked', actions: 'count' } } },
  },
});

describe('a replicated machine', () => {
  it('is an actor that lives on all servers', async () => {
    const machines = replicate({ turnstile });
    const cluster = await createCluster({ servers: 3, stateMachine: machines });
    try {
      const north = machines.actor(cluster, 'turnstile', 'north');
      const view = createActor(north).start();
      view.send({ type: 'coin' });
      await waitFor(view, (snapshot) => snapshot.matches('unlocked'));
      expect((await north.execute({ type: 'push' })).snapshot.context).toEqual({ passed: 1 });
      await waitFor(view, ({ context }) => context.passed === 1);
      expect((await north.read()).value).toBe('locked');
      view.stop();
    } finally {
      await cluster.stop();
    }
  });

  it('has a name without a slash, and whole numbers of ms', () => {
    expect(() => replicate({ 'turn/stile': turnstile })).toThrow('turn/stile: a name without');
    expect(() => replicate({ turnstile }, { finalKeptMs: -1 })).toThrow('finalKeptMs: -1 is no');
    expect(() => replicate({ turnstile }, { finalKeptMs: 1e300 })).toThrow('finalKeptMs');
  });
});
