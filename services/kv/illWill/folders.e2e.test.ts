/** Data folders that are emptied, swapped, taken twice, or older than what was promised. */
import { cpSync, existsSync, renameSync, rmSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Id, IllCluster, redisClient } from './illCluster.contract.js';
import { eventually, IllServer } from './illServer.contract.js';
import { Ledger } from './ledger.contract.js';

let cluster: IllCluster;
let ledger: Ledger;
let leader: Id;
/** Those that follow. */
let one: Id;
let other: Id;

beforeAll(async () => {
  cluster = await IllCluster.found();
});
afterAll(() => cluster.end());

beforeEach(async () => {
  leader = (await cluster.recover()).id;
  [one, other] = cluster.others(leader) as [Id, Id];
  ledger = new Ledger(cluster);
  ledger.begin();
  await ledger.acknowledged(100);
  return () => ledger.stop();
});

/** That a server does not start, and what it says about it, in one line. */
async function refused(server: IllServer): Promise<string> {
  expect(await server.ended).toBe(1);
  expect(server.stderr).toMatch(/^raftchart: [^\n]+\n$/u);
  return server.stderr;
}

describe('an emptied folder', () => {
  const aside = (): string => `${cluster.folder(one)}.aside`;

  beforeEach(async () => {
    await cluster.kill(one);
    renameSync(cluster.folder(one), aside());
    return async () => {
      await cluster.kill(one);
      rmSync(cluster.folder(one), { recursive: true, force: true });
      renameSync(aside(), cluster.folder(one));
    };
  });

  it('is not started on, and not touched', async () => {
    const line = await refused(cluster.start(one));
    expect(line).toContain(`server ${one} was never founded in ${cluster.folder(one)}`);
    expect(existsSync(cluster.folder(one))).toBe(false);
    await ledger.acknowledged(100);
  });

  it('founded anew is refused by the others, who name the remedy, and does not vote', async () => {
    const wiped = cluster.start(one, ['--found']);
    await wiped.listens();
    const reason = new RegExp(
      `${one}.* was known with store .*: its folder was emptied or replaced; ` +
        `remove .*${one}.* from the cluster and add it anew`,
      'u',
    );
    for (const id of [leader, other]) {
      await eventually(() => expect(cluster.server(id).stderr).toMatch(reason));
    }
    await eventually(() => expect(wiped.stderr).toMatch(reason));
    await ledger.acknowledged(100);
    // One that knows what was promised, and one that forgot it, are no majority.
    cluster.server(leader).signal('SIGSTOP');
    const led = cluster.termsLed();
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    expect(cluster.termsLed()).toEqual(led);
    expect(wiped.stdout).not.toMatch(/leads/u);
    cluster.server(leader).signal('SIGCONT');
    await ledger.acknowledged(100);
  });
});

describe('folders that were swapped', () => {
  it('are refused, by both servers', async () => {
    await Promise.all([cluster.kill(one), cluster.kill(other)]);
    const swap = (): void => {
      renameSync(cluster.folder(one), `${cluster.folder(one)}.aside`);
      renameSync(cluster.folder(other), cluster.folder(one));
      renameSync(`${cluster.folder(one)}.aside`, cluster.folder(other));
    };
    swap();
    const line = (id: Id, found: Id): string =>
      `raftchart: ${cluster.folder(id)} belongs to server ${found} of cluster ill, ` +
      `not to server ${id} of cluster ill; choose another folder with --data\n`;
    expect(await refused(cluster.start(one))).toBe(line(one, other));
    expect(await refused(cluster.start(other))).toBe(line(other, one));
    swap();
    await cluster.recover();
    await ledger.verify();
  });
});

describe('a second process on a folder', () => {
  it('is refused in one line, and the first goes on', async () => {
    // Ports of its own, so that it is the folder that is taken.
    const words = cluster.words(leader, [
      `--redis=127.0.0.1:${await cluster.freePort()}`,
      `--listen=127.0.0.1:${await cluster.freePort()}`,
    ]);
    expect(await refused(new IllServer(words))).toBe(
      `raftchart: a server is running on ${cluster.folder(leader)} already; ` +
        'stop that one first, or choose another folder with --data\n',
    );
    await ledger.acknowledged(100);
    expect((await cluster.caughtUp()).id).toBe(leader);
    await ledger.verify();
  });
});

describe('an older copy of a folder', () => {
  const copy = (): string => `${cluster.folder(one)}.copy`;

  beforeEach(async () => {
    await cluster.kill(one);
    cpSync(cluster.folder(one), copy(), { recursive: true });
    cluster.start(one);
    await ledger.acknowledged(100);
    await ledger.stop();
    await cluster.caughtUp();
    return () => rmSync(copy(), { recursive: true, force: true });
  });

  const restore = (): void => {
    rmSync(cluster.folder(one), { recursive: true });
    renameSync(copy(), cluster.folder(one));
  };

  it('is not noticed, and loses nothing while the others remember', async () => {
    await cluster.kill(one);
    restore();
    const restored = cluster.start(one);
    await restored.listens();
    await ledger.verify();
    // The leader goes on from what the folder had before; the next one finds out what it has.
    await cluster.kill(leader);
    expect((await cluster.leader([one, other])).id).toBe(other);
    cluster.start(leader);
    await cluster.caughtUp();
    await ledger.verify();
    expect(restored.stderr).not.toMatch(/folder|store/u);
  });

  it('loses what was acknowledged where it is needed to remember, as is documented', async () => {
    await cluster.kill(other);
    const line = await ledger.write(leader);
    expect(line.fate).toBe('done');
    await Promise.all([cluster.kill(one), cluster.kill(leader)]);
    restore();
    cluster.start(one);
    cluster.start(other);
    await cluster.leader([one, other]);
    const reader = redisClient(cluster.redisPort(other));
    await reader.connect();
    expect(await reader.get(line.key)).toBeNull();
    reader.disconnect();
  });
});
