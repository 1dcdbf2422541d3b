/** Tests of the promises of a server that end with an event: leadership handed over, a snapshot. */
import { describe, expect, it } from 'vitest';
import { ManualClock } from '../properties/support/manualClock.js';
import { WatchedStore } from '../properties/support/watchedStore.js';
import { fromReducer } from './fromReducer.js';
import { memoryStore } from './memoryStore.js';
import { memoryNetwork } from './memoryTransport.js';
import { createServer, foundServer, type Server } from './server.js';

const counter = fromReducer({
  initial: 0,
  apply: (total, add: number) => ({ state: total + add, result: total + add }),
});

type Counter = Server<number, number, void, number>;

/** Servers of one cluster that have started, over a clock that is wound while somebody waits. */
async function clusterOf(ids: readonly string[]) {
  const clock = new ManualClock();
  const defer = (run: () => void) => clock.defer(run);
  const network = memoryNetwork({ defer });
  const servers = Object.fromEntries(ids.map((id) => [id, id]));
  const stores = new Map<string, WatchedStore>();
  const started: Counter[] = [];
  /** Winds the clock until the promise is settled, for 10 s at most. */
  const wait = async <T>(promise: Promise<T>): Promise<T> => {
    const settled: true[] = [];
    const settle = () => void settled.push(true);
    promise.then(settle, settle);
    for (let turn = 0; settled.length === 0 && turn < 1_000; turn++) {
      clock.advance(10);
      await Promise.resolve();
    }
    return settled.length > 0 ? promise : Promise.reject(new Error('not settled within 10 s'));
  };
  for (const id of ids) {
    const store = new WatchedStore(memoryStore({ defer }));
    stores.set(id, store);
    const founding = { id, cluster: 'proof', servers, store };
    await wait(foundServer(founding));
    const transport = network.transport(id);
    const server = createServer({ ...founding, stateMachine: counter, transport, clock });
    await wait(server.start());
    started.push(server);
  }
  const leader = async (): Promise<Counter> => {
    for (let tries = 0; tries < 100; tries++) {
      clock.advance(50);
      const leads = started.find((server) => server.status().role === 'leader');
      if (leads !== undefined) return leads;
    }
    throw new Error('nobody leads after 5 s');
  };
  const first = await leader();
  await wait(first.execute(1));
  const others = started.filter((server) => server !== first);
  return { clock, network, stores, wait, first, others };
}

const three = ['a', 'b', 'c'];

describe('handing leadership over', () => {
  it('ends when the server that was named leads', async () => {
    const { clock, wait, first, others } = await clusterOf(three);
    const [next] = others;
    await wait(first.transferLeadership(next!.id));
    expect(first.status().role).toBe('follower');
    clock.advance(50);
    expect(next!.status().role).toBe('leader');
    expect(await wait(first.execute(1))).toBe(2);
  });

  it('goes to whoever is furthest, where nobody is named', async () => {
    const { clock, wait, first, others } = await clusterOf(three);
    await wait(first.transferLeadership());
    clock.advance(50);
    expect(others.filter((server) => server.status().role === 'leader')).toHaveLength(1);
  });

  it('is refused by a server that does not lead, and for a server that there is not', async () => {
    const { wait, first, others } = await clusterOf(three);
    const refusal = { code: 'RAFT_NOT_LEADER', outcome: 'notDone' };
    await expect(wait(others[0]!.transferLeadership())).rejects.toMatchObject(refusal);
    await expect(wait(first.transferLeadership('z'))).rejects.toMatchObject(refusal);
    await expect(wait(first.transferLeadership(first.id))).rejects.toMatchObject(refusal);
    expect(first.status()).toMatchObject({ role: 'leader', transferTo: undefined });
  });

  it('is refused while it is being handed over, and that goes on', async () => {
    const { clock, wait, first, others } = await clusterOf(three);
    const [next, other] = others;
    const ended = first.transferLeadership(next!.id);
    for (const to of [other!.id, next!.id, undefined]) {
      const refused = first.transferLeadership(to);
      const refusal = { code: 'RAFT_NOT_LEADER', outcome: 'notDone' };
      await expect(refused).rejects.toMatchObject(refusal);
      await expect(refused).rejects.toThrow(`handing over to ${next!.id}`);
    }
    await wait(ended);
    clock.advance(50);
    expect(next!.status().role).toBe('leader');
  });

  it('is refused where nobody is named and nobody answers', async () => {
    const { clock, network, wait, first, others } = await clusterOf(three);
    for (const { id } of others) {
      network.cut(first.id, id);
      network.cut(id, first.id);
    }
    clock.advance(200);
    expect(first.status().role).toBe('leader');
    const refusal = { code: 'RAFT_NOT_LEADER', outcome: 'notDone' };
    await expect(wait(first.transferLeadership())).rejects.toMatchObject(refusal);
  });

  it('rejects when the other does not take over in time; this one serves on', async () => {
    const { network, wait, first, others } = await clusterOf(three);
    const { id } = others[0]!;
    for (const server of [first, others[1]!]) {
      network.cut(server.id, id);
      network.cut(id, server.id);
    }
    const refusal = { code: 'RAFT_NOT_LEADER', outcome: 'notDone' };
    await expect(wait(first.transferLeadership(id))).rejects.toMatchObject(refusal);
    expect(first.status().role).toBe('leader');
    expect(await wait(first.execute(1))).toBe(2);
  });

  it('rejects when the server stops before it is known how that ends', async () => {
    const { network, wait, first, others } = await clusterOf(three);
    network.cut(first.id, others[0]!.id);
    const ended = first.transferLeadership(others[0]!.id);
    ended.catch(() => {});
    await wait(first.stop());
    await expect(wait(ended)).rejects.toMatchObject({ code: 'RAFT_STOPPED' });
    await expect(wait(first.transferLeadership())).rejects.toMatchObject({ code: 'RAFT_STOPPED' });
  });

  it('rejects when the server fails meanwhile', async () => {
    const { network, stores, wait, first, others } = await clusterOf(three);
    network.cut(first.id, others[0]!.id);
    const ended = first.transferLeadership(others[0]!.id);
    ended.catch(() => {});
    stores.get(first.id)!.fail('the disk failed');
    await expect(wait(ended)).rejects.toThrow('the disk failed');
  });
});

describe('taking a snapshot', () => {
  it('ends when it is in place', async () => {
    const { wait, first, stores } = await clusterOf(['a']);
    await wait(first.takeSnapshot());
    const { snapshotIndex, lastApplied } = first.status();
    expect(snapshotIndex).toBe(lastApplied);
    expect(stores.get('a')!.openSnapshots).toBe(0);
  });

  it('rejects with what the disk has against it', async () => {
    const { wait, first, stores } = await clusterOf(['a']);
    stores.get('a')!.failing.add('commit');
    await expect(wait(first.takeSnapshot())).rejects.toThrow('commit failed');
    stores.get('a')!.failing.clear();
    await wait(first.takeSnapshot());
  });

  it('is refused while another one is under way', async () => {
    const { wait, first } = await clusterOf(['a']);
    const taking = first.takeSnapshot();
    const refusal = { code: 'RAFT_OVERLOADED', outcome: 'notDone' };
    await expect(first.takeSnapshot()).rejects.toMatchObject(refusal);
    await wait(taking);
  });

  it('rejects when the server stops or fails meanwhile, and when it has', async () => {
    const { wait, first } = await clusterOf(['a']);
    const taking = first.takeSnapshot();
    taking.catch(() => {});
    await wait(first.stop());
    await expect(wait(taking)).rejects.toMatchObject({ code: 'RAFT_STOPPED' });
    await expect(wait(first.takeSnapshot())).rejects.toMatchObject({ code: 'RAFT_STOPPED' });

    const second = await clusterOf(['a']);
    const failing = second.first.takeSnapshot();
    failing.catch(() => {});
    second.stores.get('a')!.fail('the disk failed');
    await expect(second.wait(failing)).rejects.toThrow('the disk failed');
  });
});
