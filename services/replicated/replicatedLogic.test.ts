import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  assign,
  createActor,
  type EventFromLogic,
  emit,
  type SnapshotFrom,
  setup,
  toPromise,
  waitFor,
} from 'xstate';
import { type Cluster, createCluster } from '../../actors/cluster.js';
import { jsonCodec } from '../../actors/stateMachine.js';
import type { ActorConnection } from './follow.js';
import { replicate } from './replicate.js';

const order = setup({
  types: {
    input: {} as { key: string },
    context: {} as { id: string; lines: Map<string, number> },
    events: {} as
      | { type: 'add'; item: string; when?: Date }
      | { type: 'pay' }
      | { type: 'break' }
      | { type: 'hurry' },
    emitted: {} as { type: 'added'; item: string },
    output: {} as { lines: number },
    tags: {} as 'busy',
  },
  actions: {
    add: assign({
      lines: ({ context, event }) =>
        new Map(context.lines).set((event as { item: string }).item, 1),
    }),
    tell: emit(({ event }) => ({ type: 'added', item: (event as { item: string }).item })),
    fail: assign(() => {
      throw new Error('it broke');
    }),
  },
}).createMachine({
  context: ({ input }) => ({ id: input.key, lines: new Map() }),
  initial: 'open',
  states: {
    open: {
      tags: 'busy',
      on: {
        add: { actions: ['add', 'tell'] },
        pay: 'paid',
        break: { actions: 'fail' },
        hurry: 'hurried',
      },
    },
    hurried: { after: { 30: 'paid' } },
    paid: { type: 'final' },
  },
  output: ({ context }) => ({ lines: context.lines.size }),
});

const machines = replicate({ order });

/** As a client elsewhere has it: nothing but JSON gets through, and no server is at hand. */
function remote(cluster: ActorConnection): ActorConnection {
  const carried = (value: unknown) => jsonCodec.decode(jsonCodec.encode(value)) as never;
  return {
    execute: async (command) => carried(await cluster.execute(carried(command))),
    query: async (query) => carried(await cluster.query(carried(query))),
  };
}

let cluster: Cluster<any, any, any, any>;
let made = 0;

beforeAll(async () => {
  cluster = await createCluster({ servers: 3, stateMachine: machines });
});
afterAll(() => cluster.stop());

describe.each([
  ['a cluster', () => cluster as ActorConnection],
  ['a server', () => [...cluster.servers.values()][1] as ActorConnection],
  ['a remote client', () => remote(cluster)],
])('an actor on %s', (name, connection) => {
  const logicOf = (key = `${name} ${++made}`) => machines.actor(connection(), 'order', key);

  it('has snapshots as any other actor', async () => {
    const actor = createActor(logicOf('o1'));
    expect(actor.getSnapshot().context.id).toBe('o1');
    expect(actor.getSnapshot().matches('open')).toBe(true);
    expect(actor.getSnapshot().hasTag('busy')).toBe(true);
    expect(actor.getSnapshot().can({ type: 'pay' })).toBe(true);
    expect(actor.getSnapshot().can({ type: 'nothing' } as never)).toBe(false);
  });

  it('sees what it sends, in order', async () => {
    const actor = createActor(logicOf()).start();
    const sizes: number[] = [];
    actor.subscribe(({ context }) => sizes.push(context.lines.size));
    for (const item of ['apple', 'pear', 'fig']) actor.send({ type: 'add', item });
    const { context } = await waitFor(actor, ({ context }) => context.lines.size === 3);
    expect([...context.lines.keys()]).toEqual(['apple', 'pear', 'fig']);
    expect(sizes).toEqual(sizes.toSorted((a, b) => a - b));
    actor.stop();
  });

  it('sees what others send', async () => {
    const logic = logicOf();
    const actor = createActor(logic).start();
    await logic.execute({ type: 'add', item: 'apple' });
    await waitFor(actor, ({ context }) => context.lines.has('apple'));
    actor.stop();
  });

  it('ends with the output of its machine, also for those who come late', async () => {
    const logic = logicOf();
    const actor = createActor(logic).start();
    actor.send({ type: 'add', item: 'apple' });
    actor.send({ type: 'pay' });
    expect(await toPromise(actor)).toEqual({ lines: 1 });
    expect(actor.getSnapshot().status).toBe('done');
    expect(await toPromise(createActor(logic).start())).toEqual({ lines: 1 });
  });

  it('sees a timer fire', async () => {
    const actor = createActor(logicOf()).start();
    actor.send({ type: 'hurry' });
    expect(await toPromise(actor)).toEqual({ lines: 0 });
  });

  it('emits a refusal of what it sent, and nothing has happened', async () => {
    const logic = logicOf();
    const actor = createActor(logic).start();
    const refused = new Promise<{ event: { type: string }; error: Error }>((resolve) => {
      actor.on('@rejected', (rejected) => resolve(rejected as never));
    });
    actor.send({ type: 'break' });
    const { event, error } = await refused;
    expect(event).toEqual({ type: 'break' });
    expect(error).toMatchObject({ code: 'RAFT_APPLY_THREW', message: 'it broke' });
    expect((await logic.read()).context.lines.size).toBe(0);
    actor.stop();
  });

  it('refuses an event that cannot be sent', async () => {
    const logic = logicOf();
    const event = { type: 'add', item: () => 1 } as never;
    await expect(logic.execute(event)).rejects.toThrow('event.item: a function');
  });

  it('answers an event with the snapshot that it has made, and its place in the log', async () => {
    const logic = logicOf();
    const first = await logic.execute({ type: 'add', item: 'apple', when: new Date(0) });
    const second = await logic.execute({ type: 'add', item: 'pear' });
    expect(second.index).toBeGreaterThan(first.index);
    expect(second.snapshot.context.lines).toEqual(
      new Map([
        ['apple', 1],
        ['pear', 1],
      ]),
    );
    expect((await logic.read()).context).toEqual(second.snapshot.context);
  });

  it('stops, starts again, and shares its logic with others', async () => {
    const logic = logicOf();
    const [one, other] = [createActor(logic).start(), createActor(logic).start()];
    one.stop();
    expect(one.getSnapshot().status).toBe('stopped');
    other.send({ type: 'add', item: 'apple' });
    await waitFor(other, ({ context }) => context.lines.size === 1);
    expect(one.getSnapshot().context.lines.size).toBe(0);
    other.stop();
  });
});

describe('an actor on a cluster in this process', () => {
  it('emits what the machine emits, once and in the order of the log', async () => {
    const logic = machines.actor(cluster, 'order', 'emitting');
    const actor = createActor(logic).start();
    const heard: string[] = [];
    actor.on('added', ({ item }) => heard.push(item));
    const items = Array.from({ length: 20 }, (_, n) => `item ${n}`);
    await Promise.all(items.map((item) => logic.execute({ type: 'add', item })));
    await waitFor(actor, ({ context }) => context.lines.size === 20);
    expect(heard).toEqual(items);
    actor.stop();
  });

  it('goes on where the server that leads is gone', async () => {
    const own = await createCluster({ servers: 3, stateMachine: machines });
    try {
      const logic = machines.actor(own, 'order', 'lasting');
      const actor = createActor(logic).start();
      await logic.execute({ type: 'add', item: 'apple' });
      await own.leader()?.stop();
      await logic.execute({ type: 'hurry' });
      expect(await toPromise(actor)).toEqual({ lines: 1 });
    } finally {
      await own.stop();
    }
  });

  it('knows at once what is known on this machine', async () => {
    const logic = machines.actor(cluster, 'order', 'known');
    await logic.execute({ type: 'add', item: 'apple' });
    expect(createActor(logic).getSnapshot().context.lines.size).toBe(1);
  });

  it('can be kept as JSON and taken up again', () => {
    const logic = machines.actor(cluster, 'order', 'kept');
    const kept = JSON.parse(JSON.stringify(createActor(logic).getPersistedSnapshot()));
    const actor = createActor(logic, { snapshot: kept });
    expect(actor.getSnapshot().context).toEqual({ id: 'kept', lines: new Map() });
    expect(actor.getSnapshot().matches('open')).toBe(true);
  });

  it('fails where the instance ended so long ago that nobody knows how', async () => {
    const short = replicate({ order }, { finalKeptMs: 0 });
    const own = await createCluster({ servers: 1, stateMachine: short });
    try {
      const logic = short.actor(own, 'order', 'gone');
      const far = remote(own);
      let isCutOff = false;
      const query: ActorConnection['query'] = async (asked) => {
        const view = await far.query(asked);
        if (isCutOff) throw new Error('cut off');
        return view;
      };
      const actor = createActor(short.actor({ ...far, query }, 'order', 'gone')).start();
      await logic.execute({ type: 'add', item: 'apple' });
      await waitFor(actor, ({ context }) => context.lines.size === 1);
      const failed = new Promise<unknown>((resolve) => actor.subscribe({ error: resolve }));
      isCutOff = true;
      await logic.execute({ type: 'pay' });
      while ((await own.query({ machine: 'order', key: 'gone' })) !== undefined);
      isCutOff = false;
      expect(await failed).toMatchObject({
        message: 'order/gone was final, and is kept no longer',
      });
      expect(actor.getPersistedSnapshot()).toMatchObject({ status: 'error' });
    } finally {
      await own.stop();
    }
  });

  it('starts again where it was stopped, as a view does that is mounted twice', async () => {
    const logic = machines.actor(cluster, 'order', 'mounted twice');
    const actor = createActor(logic).start();
    const before = actor.getSnapshot();
    actor.stop();
    Object.assign(actor, { _processingStatus: 0, _snapshot: before });
    actor.start();
    await logic.execute({ type: 'add', item: 'apple' });
    await waitFor(actor, ({ context }) => context.lines.size === 1);
    actor.stop();
  });

  it('is refused for a machine that is not there, or no key', () => {
    expect(() => machines.actor(cluster, 'lamp' as never, '1')).toThrow('there is no machine lamp');
    expect(() => machines.actor(cluster, 'order', '')).toThrow('a key is a text');
  });

  it('has the types of its machine', () => {
    type Logic = ReturnType<typeof machines.actor<'order'>>;
    const event: EventFromLogic<Logic> = { type: 'pay' };
    // @ts-expect-error: there is no such event
    const unknown: EventFromLogic<Logic> = { type: 'nothing' };
    const context = (snapshot: SnapshotFrom<Logic>): Map<string, number> => snapshot.context.lines;
    expect([event, unknown, context]).toHaveLength(3);
  });
});
