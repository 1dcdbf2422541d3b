/** Tests of the server as users hold it: typed commands in, promises out. */
import { describe, expect, it } from 'vitest';
import { ManualClock } from '../properties/support/manualClock.js';
import { WatchedStore } from '../properties/support/watchedStore.js';
import { fromReducer } from './fromReducer.js';
import { memoryStore } from './memoryStore.js';
import { memoryNetwork } from './memoryTransport.js';
import {
  createServer,
  foundServer,
  type RaftEvent,
  type Server,
  type ServerOptions,
} from './server.js';
import { type Codec, jsonCodec } from './stateMachine.js';

type Command = number | string | { readonly makes: 'nothing' | 'bigint' };

const counter = fromReducer({
  initial: 0,
  apply(total, command: Command): { state: number; result: unknown } {
    if (typeof command === 'string') throw new Error(`${command} is not a number`);
    if (typeof command === 'number') return { state: total + command, result: total + command };
    return { state: total + 1, result: command.makes === 'bigint' ? 1n : undefined };
  },
});

type Options = ServerOptions<Command, unknown, void, number>;

/** A server that is a cluster of its own, over a clock that is wound while somebody waits. */
async function founded(options: Partial<Options> = {}) {
  const clock = new ManualClock();
  const defer = (run: () => void) => clock.defer(run);
  const store = new WatchedStore(memoryStore({ defer }));
  const transport = memoryNetwork({ defer }).transport('a');
  const { servers = { a: 'a' } } = options;
  const founding = { id: 'a', cluster: 'proof', servers, store };
  await foundingOf(clock, founding);
  const given = { ...founding, stateMachine: counter, transport, clock };
  const server = createServer<Command, unknown, void, number>({ ...given, ...options });
  const wait = <T>(promise: Promise<T>) => waitFor(clock, promise);
  return { clock, store, founding, server, wait };
}

/** The same, once it leads. */
async function leading(options: Partial<Options> = {}) {
  const all = await founded(options);
  await all.wait(all.server.start());
  all.clock.advance(1_000);
  expect(all.server.status().role).toBe('leader');
  return all;
}

function foundingOf(clock: ManualClock, founding: Parameters<typeof foundServer>[0]) {
  return waitFor(clock, foundServer(founding));
}

/** Winds the clock until the promise is settled. */
async function waitFor<T>(clock: ManualClock, promise: Promise<T>): Promise<T> {
  const settled: true[] = [];
  const settle = () => void settled.push(true);
  promise.then(settle, settle);
  for (let turn = 0; settled.length === 0 && turn < 1_000; turn++) {
    clock.advance(10);
    await Promise.resolve();
  }
  return promise;
}

/** Proposes, where a leader is. */
function place<R>(server: Server<Command, R, void, number>, command: Command) {
  const proposed = server.propose(command);
  if (!proposed.isLeader) throw new Error('it does not lead');
  return proposed;
}

describe('founding', () => {
  it('happens once', async () => {
    const { clock, founding, store } = await founded();
    expect(store.closed).toBe(1);
    const again = foundingOf(clock, founding);
    await expect(again).rejects.toMatchObject({ name: 'RaftError', code: 'RAFT_WRONG_CLUSTER' });
    expect(store.closed).toBe(2);
  });

  it('is missed by a server that starts without it', async () => {
    const clock = new ManualClock();
    const store = memoryStore({ defer: (run) => clock.defer(run) });
    const { server } = await founded({ store, clock });
    await expect(waitFor(clock, server.start())).rejects.toMatchObject({
      code: 'RAFT_NOT_FOUNDED',
    });
  });
});

describe('a command', () => {
  it('is executed, and answered with its result', async () => {
    const { server, wait } = await leading();
    expect(await wait(server.execute(41))).toBe(41);
    expect(await wait(server.execute(1))).toBe(42);
    expect(await wait(server.query())).toBe(42);
    expect(await wait(server.execute({ makes: 'nothing' }))).toBeUndefined();
  });

  it('waits until somebody leads', async () => {
    const { server, wait } = await founded();
    const early = server.execute(1);
    await wait(server.start());
    expect(await wait(early)).toBe(1);
  });

  it('is not done when nobody leads in time', async () => {
    const { server, wait } = await founded({ timeoutMs: 100 });
    const error = { name: 'RaftError', code: 'RAFT_TIMEOUT', outcome: 'notDone' };
    await expect(wait(server.execute(1))).rejects.toMatchObject(error);
  });

  it('that is too large is refused before it is sent', async () => {
    const { server, wait } = await leading({ commandBytesMax: 10 });
    const { lastIndex } = server.status();
    const tooLarge = '12345678901';
    const error = { code: 'RAFT_TOO_LARGE', outcome: 'notDone' };
    await expect(wait(server.execute(tooLarge))).rejects.toMatchObject(error);
    await expect(server.execute(tooLarge)).rejects.toThrow('13 bytes');
    expect(() => server.propose(tooLarge)).toThrow(expect.objectContaining(error));
    expect(server.status().lastIndex).toBe(lastIndex);
  });

  it('that the state machine throws at is answered with what it threw', async () => {
    const { server, wait } = await leading();
    await expect(wait(server.execute('one'))).rejects.toMatchObject({
      code: 'RAFT_APPLY_THREW',
      message: 'one is not a number',
    });
    const { outcome } = place(server, 'two');
    const error = { code: 'RAFT_APPLY_THREW', cause: new Error('two is not a number') };
    expect(await wait(outcome)).toMatchObject({ type: 'threw', error });
    expect(await wait(server.query())).toBe(0);
  });

  it('whose result cannot be written down has its effect, and harms nobody', async () => {
    const { server, wait } = await leading();
    const ended = wait(server.execute({ makes: 'bigint' }));
    await expect(ended).rejects.toMatchObject({ code: 'RAFT_APPLY_THREW', outcome: 'done' });
    await expect(ended).rejects.toThrow('BigInt');
    expect(await wait(server.query())).toBe(1);
  });

  it('whose answer cannot be read harms nobody either', async () => {
    const codec: Codec = {
      encode: (value) => jsonCodec.encode(value),
      decode(bytes) {
        const value = jsonCodec.decode(bytes);
        if (value === 13) throw new Error('unlucky');
        return value;
      },
    };
    const { server, wait } = await leading({ codec });
    await wait(server.execute(6));
    await expect(wait(server.execute(7))).rejects.toThrow('unlucky');
    expect(await wait(server.execute(1))).toBe(14);
  });
});

describe('a proposal', () => {
  it('says at once where it is, and settles', async () => {
    const { server, wait } = await leading();
    const first = place(server, 1);
    const second = place(server, 2);
    expect([first.index, second.index]).toEqual([3, 4]);
    expect(await wait(second.outcome)).toEqual({ type: 'done', index: 4, value: 3 });
    expect(await wait(first.outcome)).toEqual({ type: 'done', index: 3, value: 1 });
  });

  it('is not taken by a server that does not lead, which says what it knows', async () => {
    const { server, wait } = await founded({ servers: { a: 'a', b: 'b' } });
    await wait(server.start());
    expect(server.propose(1)).toEqual({ isLeader: false, term: 1, leaderId: undefined });
  });

  it('is refused with an error by a leader that has too much to do', async () => {
    const limits = { commandBytesMax: 20, settings: { uncommittedBytesMax: 20 } };
    const { server, wait, store } = await leading(limits);
    const { outcome } = place(server, '0123456789abcdefgh'); // 20 bytes with its quotes
    const error = { name: 'RaftError', code: 'RAFT_OVERLOADED', outcome: 'notDone' };
    expect(() => server.propose(1)).toThrow(expect.objectContaining(error));
    expect(await wait(outcome)).toMatchObject({ type: 'threw' });
    expect(await wait(place(server, 1).outcome)).toMatchObject({ type: 'done' });
    store.tellRoom(false);
    expect(() => server.propose(1)).toThrow(expect.objectContaining(error));
  });

  it('never rejects, not even when its server stops', async () => {
    const { server, wait } = await leading();
    const { outcome } = place(server, 1);
    await wait(server.stop());
    const error = { code: 'RAFT_STOPPED', outcome: 'unknown' };
    expect(await outcome).toMatchObject({ type: 'unknown', error });
  });
});

describe('a server', () => {
  it('is not made with limits that contradict each other: both are named', async () => {
    const limits = { commandBytesMax: 21, settings: { uncommittedBytesMax: 20 } };
    await expect(founded(limits)).rejects.toThrow(
      expect.objectContaining({
        name: 'RangeError',
        message: expect.stringMatching(/commandBytesMax: 21 .*uncommittedBytesMax, 20/u),
      }),
    );
  });

  it('is stopped once, however often it is asked to', async () => {
    const { server, wait, store, clock } = await leading();
    await wait(Promise.all([server.stop(), server.stop(), server[Symbol.asyncDispose]()]));
    expect(store.closed).toBe(2); // the first time by its founding
    expect([clock.timers, clock.deferred]).toEqual([0, 0]);
    expect(server.status().role).toBe('stopped');
    await expect(server.execute(1)).rejects.toMatchObject({
      code: 'RAFT_STOPPED',
      outcome: 'notDone',
    });
  });

  it('tells its state as it is to whoever asks for no more than that', async () => {
    const { server, wait } = await leading();
    await wait(server.execute(41));
    expect(await server.query(undefined, { consistency: 'local' })).toBe(41);
    await wait(server.stop());
    expect(await server.query(undefined, { consistency: 'local' })).toBe(41);
    await expect(wait(server.query())).rejects.toMatchObject({ code: 'RAFT_STOPPED' });
  });

  it('tells what befalls it, until it stops', async () => {
    const { server, wait } = await founded();
    const events: RaftEvent[] = [];
    const told = (async () => {
      for await (const event of server.events$) events.push(event);
    })();
    await wait(server.start());
    await wait(server.execute(1));
    await wait(server.stop());
    await told;
    const names = events.map((event) =>
      event.type === 'changed' ? event.status.role : event.type,
    );
    expect(names).toEqual(['electionStarted', 'candidate', 'electionWon', 'leader', 'stopped']);
  });

  it('tells what it applied, until it stops', async () => {
    const { server, wait } = await founded();
    const applied: unknown[][] = [];
    const told = (async () => {
      for await (const { entry, outcome } of server.applied$) applied.push([entry.kind, outcome]);
    })();
    await wait(server.start());
    await wait(server.execute(42));
    await wait(server.stop());
    await told;
    const bytes = jsonCodec.encode(42);
    expect(applied).toEqual([
      ['configuration', { type: 'done', index: 1, value: undefined }],
      ['noOp', { type: 'done', index: 2, value: undefined }],
      ['openSession', { type: 'done', index: 3, value: undefined }],
      ['command', { type: 'answered', answer: { index: 4, threw: false, bytes } }],
    ]);
  });

  it('that fails says so, and answers what is asked of it at once', async () => {
    const { server, wait, store, clock } = await leading();
    const events: RaftEvent[] = [];
    server.events$.subscribe((event) => events.push(event));
    await wait(server.execute(1));
    const asked = server.execute(1);
    store.fail('the disk failed');
    await expect(wait(asked)).rejects.toMatchObject({ outcome: 'unknown' });
    expect(events.at(-1)).toEqual({ type: 'failed', error: new Error('the disk failed') });
    const refusal = { code: 'RAFT_STOPPED', outcome: 'notDone' };
    await expect(server.execute(1)).rejects.toMatchObject(refusal);
    expect(clock.timers).toBe(0);
  });
});
