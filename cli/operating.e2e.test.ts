import { readdirSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CommandRun, eventually, Workplace } from './commandRun.contract.js';
import { ServedCluster, type ServedServer } from './serveRun.contract.js';

// One cluster for all of them, in this order: processes take their time.
let place: Workplace;
let cluster: ServedCluster;

beforeAll(async () => {
  place = new Workplace();
  cluster = await ServedCluster.of(place, 3);
  for (const server of cluster.servers) cluster.serve(server);
  await cluster.leader();
});

afterAll(async () => {
  cluster.closeClients();
  await place.remove();
});

async function outcome(run: CommandRun) {
  const exitCode = await run.ended;
  return { exitCode, stdout: run.stdout, stderr: run.stderr };
}

const ask = (...words: string[]) => outcome(place.run(...words, '--connect', cluster.connect));

async function statusDocument() {
  const { exitCode, stdout } = await ask('status', '--json');
  return { exitCode, document: JSON.parse(stdout) };
}

describe('operating a cluster', () => {
  it('shows how far each follower is behind', async () => {
    const { exitCode, stdout } = await ask('status');
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/LAG +LAG MS/u);
    expect(stdout.match(/^127\.0\.0\.1:\d+ +s\d +follower .* +\d+ +\d+ +ok +\d+$/gmu)).toHaveLength(
      2,
    );
  });

  it('hands leadership over to whom it is told, and says so', async () => {
    const leader = await cluster.leader();
    const other = cluster.servers.find((server) => server !== leader) as ServedServer;
    const { exitCode, stdout } = await ask('transfer', '--to', other.id);
    expect(stdout).toMatch(
      new RegExp(`^${other.id} leads in term \\d+, after \\d+ ms; before it ${leader.id}\n$`, 'u'),
    );
    expect(exitCode).toBe(0);
    const again = await ask('transfer', '--to', other.id);
    expect(again).toMatchObject({ exitCode: 0 });
    expect(again.stdout).toContain(`${other.id} leads already`);
  });

  it('refuses to hand over to a stranger, in one line', async () => {
    const { exitCode, stderr } = await ask('transfer', '--to', 's9');
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/^raftchart: [^\n]*server s9 is no other voter[^\n]*\n$/u);
  });

  it('has every server take a snapshot', async () => {
    await cluster.client(cluster.servers[0]!).set('key', 'value');
    const { exitCode, stdout } = await ask('snapshot');
    expect(exitCode).toBe(0);
    expect(stdout.match(/^s\d: a snapshot up to index \d+ is in place/gmu)).toHaveLength(3);
    for (const { id } of cluster.servers) {
      const names = readdirSync(path.join(place.folder, id));
      expect(names.filter((name) => name.endsWith('.snap'))).toHaveLength(1);
    }
  });

  it('has figures for monitoring in INFO', async () => {
    const leader = await cluster.leader();
    const text = await cluster.client(leader).info('raftchart');
    const names = [...text.matchAll(/^(\w+):/gmu)].map(([, name]) => name);
    expect(names).toEqual(
      expect.arrayContaining(['snapshot_index', 'base_index', 'sessions', 'disk', 'transfer_to']),
    );
    const follower =
      /^follower_s\d:state=replicating,match=\d+,lag_entries=\d+,lag_bytes=\d+,lag_ms=\d+/gmu;
    expect(text.match(follower)).toHaveLength(2);
  });

  it('watches until it is interrupted, and ends well', async () => {
    const run = place.run('status', '--watch', '--connect', cluster.connect);
    await eventually(() => {
      expect(run.stdout.match(/ leader /gu)?.length).toBeGreaterThan(1);
    });
    run.signal('SIGINT');
    expect(await run.ended).toBe(0);
    expect(run.stdout.match(/^REDIS CLIENTS/gmu)).toHaveLength(1);
    expect(run.stderr).toBe('');
  });

  it('says as JSON what is known, and which server does not answer', async () => {
    const [first] = cluster.servers as [ServedServer];
    first.run!.signal('SIGTERM');
    expect(await first.run!.ended).toBe(0);
    const { document } = await eventually(async () => {
      const found = await statusDocument();
      expect(found.document.leaderId).not.toBe(null);
      expect(found.exitCode).toBe(1);
      return found;
    });
    const [down, ...up] = document.servers;
    expect(down).toMatchObject({ address: `127.0.0.1:${first.redisPort}`, status: null });
    expect(down.error).toContain('no server at');
    for (const { status, error } of up) {
      expect(error).toBe(null);
      expect(status).toMatchObject({ leaderId: document.leaderId, term: document.term, keys: 1 });
      expect(status).toHaveProperty('transferTo', null);
    }
  });
});

describe('raftchart init', () => {
  const init = (...words: string[]) =>
    outcome(place.run('init', '--id=s1', '--servers=s1=127.0.0.1:1', '--data=new', ...words));

  it('founds a folder once, and starts nothing', async () => {
    expect(await init('--cluster=north')).toEqual({
      exitCode: 0,
      stdout: 'founded server s1 of cluster north in new\n',
      stderr: '',
    });
    const again = await init('--cluster=north');
    expect(again.exitCode).toBe(1);
    expect(again.stderr).toMatch(/^raftchart: new holds server s1 of cluster north[^\n]+\n$/u);
  });
});
