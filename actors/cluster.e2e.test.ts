/**
 * Tests of a whole cluster in one process, as its users write programs against it, on the clock of
 * this machine.
 */
import { describe, expect, it } from 'vitest';
import { type Cluster, createCluster } from './cluster.js';
import { fromReducer } from './fromReducer.js';
import type { RaftEvent } from './server.js';
import type { Applied } from './serverActor.js';

const counter = fromReducer({
  initial: 0,
  apply: (total, add: number) => ({ state: total + add, result: total + add }),
});

/** A counter that does not count backwards. */
const upwards = fromReducer({
  initial: 0,
  apply(total, add: number) {
    if (add < 0) throw new RangeError(`${add} is negative`);
    return { state: total + add, result: total + add };
  },
});

type Counter = Cluster<number, number, void, number>;

function startCounter(servers = 3): Promise<Counter> {
  return createCluster({ servers, stateMachine: counter });
}

describe('the program of the README', () => {
  it('counts on when the leader stops', async () => {
    const cluster = await startCounter();
    try {
      expect(await cluster.execute(41)).toBe(41);
      const leader = cluster.leader()!;
      await leader.stop();
      expect(await cluster.execute(1)).toBe(42);
      expect(await cluster.query()).toBe(42);
      expect(cluster.leader()).not.toBe(leader);
    } finally {
      await cluster.stop();
    }
  });
});

describe('a cluster', () => {
  it('is stopped at the end of its block', async () => {
    let outside: Counter;
    {
      await using cluster = await startCounter(1);
      outside = cluster;
      expect(await cluster.execute(1)).toBe(1);
    }
    const roles = [...outside.servers.values()].map((server) => server.status().role);
    expect(roles).toEqual(['stopped']);
    expect(outside.leader()).toBeUndefined();
    await expect(outside.execute(1)).rejects.toMatchObject({ code: 'RAFT_STOPPED' });
    await outside.stop();
  });

  it('takes commands and queries at each of its servers', async () => {
    await using cluster = await startCounter();
    for (const server of cluster.servers.values()) await server.execute(1);
    for (const server of cluster.servers.values()) expect(await server.query()).toBe(3);
  });

  it('applies many commands at once, each once, and in the order of each server', async () => {
    await using cluster = await startCounter();
    const counts = Array.from({ length: 200 }, () => 1);
    const [first] = cluster.servers.values();
    const totals = await Promise.all(counts.map((one) => first!.execute(one)));
    expect(totals).toEqual(counts.map((_, i) => i + 1));
  });

  it('answers what the state machine threw, and counts on', async () => {
    await using cluster = await createCluster({ servers: 3, stateMachine: upwards });
    for (const server of cluster.servers.values()) {
      await expect(server.execute(-1)).rejects.toMatchObject({
        code: 'RAFT_APPLY_THREW',
        message: '-1 is negative',
      });
    }
    expect(await cluster.execute(1)).toBe(1);
  });

  it('refuses a command that is too large, at once', async () => {
    const texts = fromReducer({
      initial: 0,
      apply: (total, text: string) => ({ state: total + text.length, result: text.length }),
    });
    await using cluster = await createCluster({ servers: 1, stateMachine: texts });
    const text = 'x'.repeat(8 * 1024 * 1024);
    await expect(cluster.execute(text)).rejects.toMatchObject({
      code: 'RAFT_TOO_LARGE',
      outcome: 'notDone',
    });
    expect(await cluster.execute(text.slice(2))).toBe(text.length - 2);
  });

  it('tells what befalls it, until it is stopped', async () => {
    const cluster = await startCounter();
    const first = cluster.leader()!.id;
    const leaders = new Set<string>();
    const seen: RaftEvent[] = [];
    const told = (async () => {
      for await (const event of cluster.events$) {
        seen.push(event);
        if (event.type === 'changed' && event.status.role === 'leader')
          leaders.add(event.status.id);
      }
    })();
    await cluster.leader()!.stop();
    await cluster.execute(1);
    await cluster.stop();
    await told;
    expect(leaders.size).toBeGreaterThan(0);
    expect(leaders).not.toContain(first);
    expect(seen.filter(({ type }) => type === 'failed')).toEqual([]);
  });

  it('tells what it applies, and ends the loop of whoever does not listen', async () => {
    await using cluster = await startCounter(1);
    const [server] = cluster.servers.values();
    const slow = server!.applied$[Symbol.asyncIterator]();
    const quick: Applied[] = [];
    const subscription = server!.applied$.subscribe((applied) => quick.push(applied));
    await Promise.all(Array.from({ length: 1_100 }, () => cluster.execute(1)));
    subscription.unsubscribe();
    expect(quick.filter(({ entry }) => entry.kind === 'command')).toHaveLength(1_100);
    for (let kept = 0; kept < 1_024; kept++)
      expect(await slow.next()).toMatchObject({ done: false });
    await expect(slow.next()).rejects.toMatchObject({ code: 'RAFT_SLOW_CONSUMER' });
  });

  it('has one to seven servers', async () => {
    for (const servers of [0, 8, 1.5, Number.NaN]) {
      await expect(startCounter(servers)).rejects.toThrow('from 1 to 7');
    }
    await using seven = await startCounter(7);
    expect(await seven.execute(1)).toBe(1);
  });
});
