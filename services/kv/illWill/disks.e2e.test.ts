/** Disks that are slow, hang, fill up, or fail. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { defaultSettings } from '../../../machines/settings.js';
import { type Id, IllCluster, redisClient } from './illCluster.contract.js';
import { eventually } from './illServer.contract.js';
import { Ledger } from './ledger.contract.js';

/** Two election timeouts, and what a busy machine adds to them, ms. */
const servesAgainMs = 2 * defaultSettings.electionTimeoutMaxMs + 2_000;
/** Five of these fill a segment of 16 MiB: so the next one is wanted. */
const ballastBytes = 4 * 1024 * 1024;

let cluster: IllCluster;
let ledger: Ledger;
let leader: Id;
let follower: Id;

beforeAll(async () => {
  cluster = await IllCluster.found();
});
afterAll(() => cluster.end());

beforeEach(async () => {
  leader = (await cluster.recover()).id;
  follower = cluster.others(leader)[0]!;
  ledger = new Ledger(cluster);
  ledger.begin();
  await ledger.acknowledged(100);
});
afterEach(() => ledger.stop());

/** Writes through a server until a segment is full, or until nothing more is done. */
async function fillSegment(through: Id) {
  for (let i = 0; i < 5; i++) {
    const line = await ledger.write(through, ballastBytes);
    if (line.fate === 'notDone') return line;
  }
  return undefined;
}

/** Reads through a server, one time after the other, for as long as it answers. */
async function readUntilItEnds(through: Id): Promise<void> {
  const client = redisClient(cluster.redisPort(through));
  try {
    await client.connect();
    while (cluster.server(through).isRunning) await client.get('ballast');
  } catch {
    // It has ended.
  } finally {
    client.disconnect();
  }
}

const complaint = (id: Id, pattern: RegExp) =>
  eventually(() => expect(cluster.server(id).stderr).toMatch(pattern));

describe('the disk of a follower', () => {
  for (const disk of [{ type: 'slow', ms: 200 }, { type: 'hanging' }] as const)
    it(`does not slow the others (${disk.type})`, async () => {
      await cluster.server(follower).disk(disk);
      const sinceMs = performance.now();
      await ledger.acknowledged(200);
      const others = cluster.others(follower);
      expect(ledger.medianMs(sinceMs, others)).toBeLessThan(100);
      expect(ledger.longestSilenceMs(sinceMs, others)).toBeLessThan(servesAgainMs);
      await cluster.server(follower).disk({ type: 'well' });
      await ledger.verify();
    });
});

describe('the disk of the leader', () => {
  it('if it hangs, loses it the leadership, and nobody anything', async () => {
    const hungMs = performance.now();
    await cluster.server(leader).disk({ type: 'hanging' });
    await eventually(async () => expect((await cluster.leader()).id).not.toBe(leader));
    const movedMs = performance.now() - hungMs;
    await ledger.acknowledged(100);
    const others = cluster.others(leader);
    expect(ledger.longestSilenceMs(hungMs, others)).toBeLessThan(servesAgainMs);
    expect(movedMs).toBeLessThan(servesAgainMs);
    await complaint(leader, /the disk has not answered for an election timeout/u);
    await cluster.server(leader).disk({ type: 'well' });
    await ledger.verify();
    await cluster.caughtUp();
    await complaint(leader, /the disk serves again/u);
  });
});

describe('a full disk', () => {
  it('of the leader loses it the leadership, but it stays up, and has all in the end', async () => {
    await cluster.server(leader).disk({ type: 'full' });
    const sinceMs = performance.now();
    await fillSegment(follower);
    await complaint(leader, /the disk has no room: .*; make room/u);
    await eventually(async () => expect((await cluster.leader()).id).not.toBe(leader));
    await ledger.acknowledged(100);
    expect(ledger.longestSilenceMs(sinceMs)).toBeLessThan(servesAgainMs);
    expect(cluster.server(leader).isRunning).toBe(true);
    await cluster.server(leader).disk({ type: 'well' });
    await complaint(leader, /the disk serves again/u);
    await ledger.acknowledged(20);
    await ledger.verify();
    await cluster.caughtUp();
  });

  it('of all servers means that nothing is done, as they say, until there is room', async () => {
    await ledger.stop();
    for (const id of cluster.ids) await cluster.server(id).disk({ type: 'full' });
    const refused = (await fillSegment(leader)) ?? (await ledger.write(leader));
    expect(refused.fate).toBe('notDone');
    expect(refused.reason).toMatch(/^CLUSTERDOWN .*nothing was done/u);
    for (const id of cluster.ids) await complaint(id, /the disk has no room/u);
    expect(cluster.ids.filter((id) => cluster.server(id).isRunning)).toEqual(cluster.ids);
    for (const id of cluster.ids) await cluster.server(id).disk({ type: 'well' });
    ledger.begin();
    await ledger.acknowledged(100);
    await ledger.verify();
  });
});

describe('a disk that fails', () => {
  for (const type of ['failingWrites', 'failingSyncs'] as const)
    it(`ends its server at once, in one line, and the others go on (${type})`, async () => {
      const failed = cluster.server(leader);
      const readers = Array.from({ length: 8 }, () => readUntilItEnds(leader));
      await ledger.acknowledged(50);
      const sinceMs = performance.now();
      await failed.disk({ type, code: 'EIO' });
      expect(await failed.ended).toBe(1);
      await Promise.all(readers);
      expect(performance.now() - sinceMs).toBeLessThan(servesAgainMs);
      expect(failed.stderr.split('\n').filter((line) => line.startsWith('raftchart:'))).toEqual([
        `raftchart: cannot write wal-${/\d{10}/u.exec(failed.stderr)?.[0]}.log ` +
          `in ${cluster.folder(leader)}: the disk failed; ` +
          'replace the disk, and let the server join anew with an empty folder',
      ]);
      await ledger.acknowledged(100);
      expect(ledger.longestSilenceMs(sinceMs)).toBeLessThan(servesAgainMs);
      await cluster.recover();
      await ledger.verify();
    });

  it('of a follower ends that one only', async () => {
    const failed = cluster.server(follower);
    await failed.disk({ type: 'failingSyncs', code: 'EIO' });
    expect(await failed.ended).toBe(1);
    await ledger.acknowledged(100);
    const others = cluster.others(follower);
    expect((await cluster.leader(others)).id).toBe(leader);
    await cluster.recover();
    await ledger.verify();
  });
});
