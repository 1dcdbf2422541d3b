import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { Redis } from 'ioredis';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { clusterPlan } from './clusterPlan.js';
import { type CommandRun, eventually, freeBasePort, Workplace } from './commandRun.contract.js';
import { foundCluster } from './foundCluster.js';

let place: Workplace;
let port: number;
const clients: Redis[] = [];

beforeEach(async () => {
  place = new Workplace();
  port = await freeBasePort();
});

afterEach(async () => {
  for (const client of clients.splice(0)) client.disconnect();
  await place.remove();
});

function client(server: number): Redis {
  const redis = new Redis(port + server - 1, { retryStrategy: null });
  redis.on('error', () => {});
  clients.push(redis);
  return redis;
}

const start = (...words: string[]) => place.run('start', '--port', String(port), ...words);

/** Waits until all are up; answers the leader, and the process of each server. */
async function up(run: CommandRun) {
  const [, list = ''] = await run.printed(/all servers are up: (.*); s\d leads/u);
  const [, leader = ''] = await run.printed(/(s\d) leads in term \d+/u);
  const pids = new Map<string, number>();
  for (const [, id = '', pid] of list.matchAll(/(s\d) is process (\d+)/gu)) {
    pids.set(id, Number(pid));
  }
  return { leader, pids };
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    // One that has ended, and that nobody has asked for its exit code yet, has no command line.
    return process.platform !== 'linux' || readFileSync(`/proc/${pid}/cmdline`, 'utf8') !== '';
  } catch {
    return false;
  }
}

describe('raftchart start', () => {
  it('founds a cluster, serves every port, stops on Ctrl-C, and finds the data again', async () => {
    const first = start();
    const { leader, pids } = await up(first);
    expect(pids.size).toBe(3);
    expect(first.stdout).toContain(`redis-cli -p ${port} SET greeting hello`);
    expect(await client(1).set('greeting', 'hello')).toBe('OK');
    expect(await client(2).get('greeting')).toBe('hello');
    expect(await client(3).get('greeting')).toBe('hello');

    first.signalGroup('SIGINT');
    // npm passes on what its own children have got from the terminal already.
    first.signal('SIGINT');
    expect(await first.ended).toBe(0);
    expect(first.stderr).toBe('');
    const stopped = [...first.stdout.matchAll(/^stopped (s\d)(, the leader)?$/gmu)];
    expect(new Set(stopped.map(([, id]) => id))).toEqual(new Set(['s1', 's2', 's3']));
    expect(stopped.at(-1)?.slice(1)).toEqual([leader, ', the leader']);
    expect([...pids.values()].filter(isRunning)).toEqual([]);

    const second = start();
    await up(second);
    expect(second.stdout).not.toContain('new cluster');
    expect(await client(2).get('greeting')).toBe('hello');
    second.signal('SIGTERM');
    expect(await second.ended).toBe(0);
  });

  it('goes on with two servers when the leader is killed, and says who leads then', async () => {
    const run = start();
    const { leader, pids } = await up(run);
    const other = leader === 's1' ? 2 : 1;
    await client(other).set('key', 'before');
    process.kill(pids.get(leader)!, 'SIGKILL');
    await run.printed(new RegExp(`${leader} is down: ended by SIGKILL; the others go on`, 'u'));
    await eventually(async () => {
      const leaders = [...run.stdout.matchAll(/(s\d) leads/gu)].map(([, id]) => id);
      expect(leaders.at(-1)).not.toBe(leader);
    });
    expect(await client(other).get('key')).toBe('before');
    await client(other).set('key', 'after');
    run.signalGroup('SIGINT');
    expect(await run.ended).toBe(0);
    const again = start();
    await up(again);
    expect(await client(Number(leader.slice(1))).get('key')).toBe('after');
  });

  it('may be interrupted while it founds, and founds again', async () => {
    const first = start();
    await eventually(() => expect(existsSync(path.join(place.folder, 'data', 's1'))).toBe(true));
    first.signalGroup('SIGINT');
    await first.ended;
    await up(start());
  });

  it('kills a server that does not stop in time, and says so', async () => {
    const run = start();
    const { leader, pids } = await up(run);
    const stuck = leader === 's3' ? 's2' : 's3';
    process.kill(pids.get(stuck) ?? 0, 'SIGSTOP');
    run.signalGroup('SIGINT');
    expect(await run.ended).toBe(1);
    expect(run.stdout).toContain(`killed ${stuck}`);
    expect(run.stderr).toBe(`raftchart: server ${stuck} did not stop in time\n`);
    expect([...pids.values()].filter(isRunning)).toEqual([]);
  });

  it('leaves no server behind when it is killed itself', async () => {
    const run = start();
    const { pids } = await up(run);
    run.signal('SIGKILL');
    await eventually(() => expect([...pids.values()].filter(isRunning)).toEqual([]));
  });

  it('takes the password for all of its servers, and shows it to nobody', async () => {
    const run = start('--password', 'secret');
    await up(run);
    await expect(client(1).get('key')).rejects.toThrow('NOAUTH');
    const allowed = new Redis(port, { password: 'secret' });
    clients.push(allowed);
    expect(await allowed.set('key', 'value')).toBe('OK');
    expect(run.stdout).not.toContain('secret');
  });
});

describe('raftchart start refuses in one line, and leaves nothing running, when', () => {
  async function refused(run: CommandRun): Promise<string> {
    expect(await run.ended).toBe(1);
    expect(run.stderr.trimEnd().split('\n')).toHaveLength(1);
    expect(run.stderr).toMatch(/^raftchart: /u);
    return run.stderr;
  }

  async function found(): Promise<void> {
    const data = path.join(place.folder, 'data');
    await foundCluster(clusterPlan({ cluster: 'main', data, port, servers: 3 }));
  }

  it.each([1, 100])('a port is taken (%i above the first)', async (offset) => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(port + offset, '127.0.0.1', resolve));
    try {
      const line = await refused(start());
      expect(line).toContain(`port ${port + offset} on 127.0.0.1`);
      expect(line).toContain('choose others with --port');
    } finally {
      taken.close();
    }
    expect(existsSync(path.join(place.folder, 'data')), 'nothing was founded').toBe(false);
  });

  it('a file stands in the place of the folder', async () => {
    writeFileSync(path.join(place.folder, 'data'), 'a file');
    const line = await refused(start());
    expect(line).toContain('data/s1');
    expect(line).toContain('choose another folder with --data');
  });

  it('a file stands in the place of one server, and then founds all when it is gone', async () => {
    mkdirSync(path.join(place.folder, 'data'));
    writeFileSync(path.join(place.folder, 'data', 's3'), 'a file');
    expect(await refused(start())).toContain('data/s3');
    rmSync(path.join(place.folder, 'data', 's3'));
    await up(start());
  });

  it('the data are of another cluster', async () => {
    await found();
    const line = await refused(start('--cluster', 'other'));
    expect(line).toContain('data/s1 belongs to server s1 of cluster main');
  });

  it('one server has lost its folder', async () => {
    await found();
    rmSync(path.join(place.folder, 'data', 's2'), { recursive: true });
    const line = await refused(start());
    expect(line).toContain('data/s2 is empty although other servers have data');
    expect(line).toContain('backup');
    expect(existsSync(path.join(place.folder, 'data', 's2')), 'it was not founded').toBe(false);
  });

  it('the cluster has more servers than are to be started', async () => {
    await found();
    expect(await refused(start('--servers', '1'))).toContain('data also has a server s2');
  });

  it.runIf(process.platform === 'linux')('its folders are in use by another one', async () => {
    await up(start());
    const elsewhere = await freeBasePort();
    const line = await refused(place.run('start', '--port', String(elsewhere)));
    expect(line).toContain('a server is running on data/s');
  });

  it('a server does not start, and says why', async () => {
    await found();
    writeFileSync(path.join(place.folder, 'data', 's2', 'wal-0000000001.log'), 'rotten');
    const line = await refused(start());
    expect(line).toContain('server s2 did not start');
    expect(line).toContain('wal-0000000001.log');
  });
});
