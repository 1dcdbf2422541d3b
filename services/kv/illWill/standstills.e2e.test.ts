/** Processes that stand still: their event loop for a moment, or all of them (SIGSTOP). */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { defaultSettings } from '../../../machines/settings.js';
import { type Id, IllCluster, redisClient } from './illCluster.contract.js';
import { Ledger } from './ledger.contract.js';

/** Two election timeouts, and what a busy machine adds to them, ms. */
const servesAgainMs = 2 * defaultSettings.electionTimeoutMaxMs + 2_000;

let cluster: IllCluster;
let ledger: Ledger;
let leader: Id;
let follower: Id;
let term: number;

beforeAll(async () => {
  cluster = await IllCluster.found();
});
afterAll(() => cluster.end());

beforeEach(async () => {
  ({ id: leader, term } = await cluster.recover());
  follower = cluster.others(leader)[0]!;
  ledger = new Ledger(cluster);
  ledger.begin();
  await ledger.acknowledged(100);
  return () => ledger.stop();
});

describe('an event loop that stands still', () => {
  it('on a follower, for 300 ms, makes nobody elect', async () => {
    for (let i = 0; i < 3; i++) {
      await cluster.server(follower).suffers({ type: 'stall', ms: 300 });
      await ledger.acknowledged(30);
    }
    await ledger.verify();
    expect(await cluster.caughtUp()).toMatchObject({ id: leader, term });
  });

  it('on the leader, for a second, makes one election at most', async () => {
    const before = cluster.termsLed();
    await cluster.server(leader).suffers({ type: 'stall', ms: 1_000 });
    await ledger.acknowledged(100);
    await ledger.verify();
    await cluster.caughtUp();
    expect(cluster.termsLed().size - before.size).toBeLessThanOrEqual(1);
  });
});

describe('a process that is stopped (SIGSTOP)', () => {
  it('if it leads, is replaced within two election timeouts, and reads nothing stale', async () => {
    const reader = redisClient(cluster.redisPort(leader));
    await reader.connect();
    const stoppedMs = performance.now();
    cluster.server(leader).signal('SIGSTOP');
    // Asked of the one that still believes to lead, and is to answer when all is different.
    const reading = reader.get('news');
    const next = await cluster.leader(cluster.others(leader));
    expect(next.id).not.toBe(leader);
    await ledger.acknowledged(100);
    const writer = redisClient(cluster.redisPort(next.id));
    await writer.connect();
    await writer.set('news', 'of the new leader');
    writer.disconnect();
    cluster.server(leader).signal('SIGCONT');
    expect(await reading).toBe('of the new leader');
    reader.disconnect();
    expect(ledger.longestSilenceMs(stoppedMs)).toBeLessThan(servesAgainMs);
    await ledger.verify();
    expect((await cluster.caughtUp()).term).toBe(next.term);
  });

  it('if it follows, delays nobody, and disturbs nobody when it comes back', async () => {
    const stoppedMs = performance.now();
    cluster.server(follower).signal('SIGSTOP');
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    const others = cluster.others(follower);
    expect(ledger.longestSilenceMs(stoppedMs, others)).toBeLessThan(500);
    cluster.server(follower).signal('SIGCONT');
    await ledger.acknowledged(100);
    await ledger.verify();
    expect(await cluster.caughtUp()).toMatchObject({ id: leader, term });
  });
});
