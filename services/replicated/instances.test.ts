import { describe, expect, it } from 'vitest';
import { assign, createMachine, emit, enqueueActions, raise, setup } from 'xstate';
import { InstancesLog as Log } from './instancesLog.contract.js';
import { limits } from './limits.js';
import { now, random } from './occasion.js';

const counter = setup({
  types: { context: {} as { n: number; list: number[] } },
  actions: {
    add: assign({ n: ({ context }) => context.n + 1 }),
    inPlace: assign(({ context }) => {
      context.list.push(1);
      return {};
    }),
    half: assign(({ context }) => {
      context.list.push(2);
      throw new Error('half done');
    }),
  },
}).createMachine({
  context: { n: 0, list: [] },
  on: { add: { actions: ['add', emit({ type: 'added' })] }, push: { actions: 'inPlace' } },
  initial: 'on',
  states: {
    on: { on: { half: { actions: ['add', 'half'] }, end: 'off' } },
    off: { type: 'final' },
  },
});

describe('an instance', () => {
  it('begins with its first event, and each key has its own', () => {
    const log = new Log(counter);
    expect(log.state()).toBeUndefined();
    expect(log.send({ type: 'add' })).toEqual({
      index: 1,
      version: 1,
      snapshot: { status: 'active', value: 'on', context: { n: 1, list: [] } },
    });
    log.send({ type: 'add' }, 0, 'other');
    expect(log.send({ type: 'add' }, 0, 'other').snapshot.context).toEqual({ n: 2, list: [] });
    expect(log.state()?.context).toEqual({ n: 1, list: [] });
    expect(log.instances.size).toEqual({ instances: 2, timers: 0 });
  });

  it('shares nothing with others, also where a machine changes its context in place', () => {
    const log = new Log(counter);
    expect(log.send({ type: 'push' }).snapshot.context).toEqual({ n: 0, list: [1] });
    expect(log.send({ type: 'push' }, 0, 'other').snapshot.context).toEqual({ n: 0, list: [1] });
    expect(log.send({ type: 'push' }).snapshot.context).toEqual({ n: 0, list: [1, 1] });
  });

  it('begins with a context of its own, also where its first state changes that in place', () => {
    const machine = createMachine({
      context: { list: [] as number[] },
      entry: assign(({ context }) => {
        context.list.push(1);
        return {};
      }),
    });
    const log = new Log(machine);
    for (const key of ['one', 'other']) {
      expect(log.send({ type: 'go' }, 0, key).snapshot.context).toEqual({ list: [1] });
    }
  });

  it('is as it was where its machine throws, and the proposer is told', () => {
    const log = new Log(counter);
    expect(() => log.send({ type: 'half' })).toThrow('half done');
    expect(log.state()).toBeUndefined();
    log.send({ type: 'add' });
    const seen = log.watch();
    const digest = log.instances.digest();
    expect(() => log.send({ type: 'half' })).toThrow('half done');
    expect(log.state()?.context).toEqual({ n: 1, list: [] });
    expect(log.instances.digest()).toBe(digest);
    expect(seen).toHaveLength(1);
  });

  it('has no new version where an event changes nothing', () => {
    const log = new Log(counter);
    const { version } = log.send({ type: 'add' });
    expect(log.send({ type: 'unheard' })).toMatchObject({ index: 2, version });
    expect(log.instances.query({ machine: 'm', key: 'k', known: version })).toEqual({ version });
  });

  it.each([
    [{ machine: 'x', key: 'k', event: { type: 'add' } }, 'there is no machine x; there are: m'],
    [{ machine: 'm', key: '', event: { type: 'add' } }, 'a key is a text'],
    [{ machine: 'm', key: 7, event: { type: 'add' } }, 'a key is a text'],
    [{ machine: 'm', key: 'k'.repeat(1_025), event: { type: 'add' } }, 'a key is a text'],
    [{ machine: 'm', key: 'k', event: 'add' }, 'an event is an object with a type'],
    [{ machine: 'm', key: 'k' }, 'an event is an object with a type'],
    [{ machine: 'm', key: 'k', event: { type: 'xstate.stop' } }, 'one of XState'],
    [{ machine: 'm', key: 'k', event: { type: '*' } }, 'one of XState'],
  ])('refuses %j', (command, message) => {
    const { instances } = new Log(counter);
    const entry = { index: 1, term: 1, at: 0, random: () => 0 };
    expect(() => instances.apply(command as never, entry)).toThrow(message);
    expect(instances.size.instances).toBe(0);
  });

  it('takes no event once it is final, stays for a while, and begins anew after that', () => {
    const log = new Log(counter);
    log.send({ type: 'add' }, 1_000);
    log.send({ type: 'end' }, 1_000);
    expect(() => log.send({ type: 'add' }, 1_050)).toThrow('m/k is final');
    expect(log.instances.dueMs()).toBe(1_100);
    log.instances.tick(1_099);
    expect(log.state()?.status).toBe('done');
    const seen = log.watch();
    log.instances.tick(1_100);
    expect(log.state()).toBeUndefined();
    expect(seen.at(-1)).toMatchObject({ state: undefined });
    expect(seen.at(-1)!.version).toBeGreaterThan(seen[0]!.version);
    expect(log.instances.digest()).toBe('0'.repeat(16));
    expect(log.send({ type: 'add' }, 1_200).snapshot.context).toEqual({ n: 1, list: [] });
  });

  it('emits in order, to those who watch', () => {
    const log = new Log(counter);
    const seen = log.watch();
    log.send({ type: 'add' });
    log.send({ type: 'push' });
    log.send({ type: 'add' }, 0, 'other');
    expect(seen.map(({ version, emitted }) => [version, emitted])).toEqual([
      [0, []],
      [1, [{ type: 'added' }]],
      [2, []],
    ]);
  });
});

describe('what a step may not do', () => {
  function refusal(actions: unknown, options: object = {}) {
    const log = new Log(createMachine({ on: { go: { actions } } } as never), options);
    log.send({ type: 'begin' });
    const digest = log.instances.digest();
    try {
      log.send({ type: 'go' });
    } catch (error) {
      expect(log.instances.digest()).toBe(digest);
      return (error as Error).message;
    }
    return 'nothing';
  }

  it.each([
    ['keep a function', assign({ run: () => () => 1 }), 'context.run: a function'],
    ['enqueue a function', enqueueActions(({ enqueue }) => enqueue(() => {})), 'every server'],
    [
      'enqueue an event for others',
      enqueueActions(({ enqueue }) => enqueue.sendTo(({ self }: any) => self, { type: 'y' })),
      'action xstate.sendTo would happen on every server',
    ],
    [
      'send to itself from a guard or an assign',
      assign(({ self }) => {
        self.send({ type: 'x' });
        return {};
      }),
      'use raise()',
    ],
    [
      'spawn',
      assign(({ spawn }) => ({ child: (spawn as any)(createMachine({}), { id: 'c' }).id })),
      'child actor c would run on every server',
    ],
    ['ask for the time', assign({ at: () => Date.now() }), 'use now()'],
    ['draw', assign({ drawn: () => Math.random() }), 'use random()'],
    ['wait for ever', raise({ type: 'x' }, { delay: Number.POSITIVE_INFINITY }), 'a delay of'],
    ['wait for nothing', raise({ type: 'x' }, { delay: Number.NaN }), 'a delay of NaN'],
    ['run for ever', raise({ type: 'go' }), 'Infinite loop'],
    [
      'arm too many timers',
      enqueueActions(({ enqueue }) => {
        for (let n = 0; n <= limits.timersPerInstanceMax; n++) {
          enqueue.raise({ type: 'x' }, { delay: 1 });
        }
      }),
      '257 timers of one instance',
    ],
    ['grow too large', assign({ text: () => 'x'.repeat(2 ** 20) }), 'stateLengthMax'],
  ])('it may not %s', (_, actions, message) => {
    expect(refusal(actions)).toContain(message);
  });

  it('it may ask for the time where the traps are off', () => {
    expect(refusal(assign({ at: () => Date.now() }), { traps: false })).toBe('nothing');
  });

  it('now() and random() are those of the entry, alike on every server', () => {
    const machine = createMachine({
      on: { go: { actions: assign({ at: () => now(), drawn: () => [random(), random()] }) } },
    });
    const [one, other] = [new Log(machine), new Log(machine)];
    const answer = one.send({ type: 'go' }, 77);
    expect(answer.snapshot.context).toMatchObject({ at: 77 });
    expect(other.send({ type: 'go' }, 77)).toEqual(answer);
    expect(one.send({ type: 'go' }, 77, 'other').snapshot).not.toEqual(answer.snapshot);
    expect(one.send({ type: 'go' }, 77).snapshot).not.toEqual(answer.snapshot);
  });
});
