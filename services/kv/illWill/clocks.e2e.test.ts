/** Wall clocks that jump: what expires goes by log time, which the leader's clock moves. */
import type { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Id, IllCluster, redisClient } from './illCluster.contract.js';
import { eventually } from './illServer.contract.js';

const dayMs = 24 * 60 * 60 * 1000;

let cluster: IllCluster;
let leader: Id;
let client: Redis;

beforeAll(async () => {
  cluster = await IllCluster.found();
});
afterAll(() => cluster.end());

beforeEach(async () => {
  leader = (await cluster.recover()).id;
  client = redisClient(cluster.redisPort(leader));
  await client.connect();
  await client.flushall();
  return () => client.disconnect();
});

const jump = (shiftMs: number) => cluster.server(leader).suffers({ type: 'clock', shiftMs });

describe('a wall clock', () => {
  for (const [where, shiftMs] of [
    ['ahead', dayMs],
    ['back', -dayMs],
  ] as const)
    it(`of the leader is not followed where it jumps a day ${where}`, async () => {
      await client.set('brief', 'value', 'PX', 1_000);
      await client.set('long', 'value', 'PX', 60_000);
      await jump(shiftMs);
      expect(await client.get('long')).toBe('value');
      await client.set('later', 'value', 'PX', 60_000);
      expect(await client.get('later')).toBe('value');
      // The one whose clock is wrong subtracts that one, as is documented.
      for (const id of cluster.others(leader)) {
        const reader = redisClient(cluster.redisPort(id));
        await reader.connect();
        for (const key of ['long', 'later']) {
          const leftMs = await reader.pttl(key);
          expect(leftMs, `${key} through ${id}`).toBeGreaterThan(30_000);
          expect(leftMs, `${key} through ${id}`).toBeLessThanOrEqual(61_000);
        }
        reader.disconnect();
      }
      await eventually(async () => expect(await client.get('brief')).toBeNull());
    });

  it('of the leader that jumps a day is told of', async () => {
    await jump(dayMs);
    await client.set('key', 'value');
    await eventually(() =>
      expect(cluster.server(leader).stderr).toMatch(
        /the wall clock jumped by -?86(39|40)\d{4} ms and is not followed/u,
      ),
    );
  });

  it('of a follower moves nothing', async () => {
    const follower = cluster.others(leader)[0]!;
    await client.set('long', 'value', 'PX', 60_000);
    await cluster.server(follower).suffers({ type: 'clock', shiftMs: 2 * 60_000 });
    const reader = redisClient(cluster.redisPort(follower));
    await reader.connect();
    expect(await reader.get('long')).toBe('value');
    reader.disconnect();
    expect(await client.get('long')).toBe('value');
  });

  it('of the leader is followed where it jumps by ten seconds', async () => {
    // The last of these tests: log time does not go back with the clock afterwards.
    await client.set('short', 'value', 'PX', 9_000);
    await client.set('long', 'value', 'PX', 60_000);
    await jump(10_000);
    expect(await client.mget('short', 'long')).toEqual([null, 'value']);
    // By the clock of the leader; that of another server is ten seconds behind.
    expect(await client.pttl('long')).toBeLessThanOrEqual(50_000);
  });
});
