import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type CommandRun, freePorts, Workplace } from './commandRun.contract.js';

let place: Workplace;
let ports: { redis: number; raft: number };

beforeEach(async () => {
  place = new Workplace();
  const [redis = 0, raft = 0] = await freePorts(2);
  ports = { redis, raft };
});

afterEach(() => place.remove());

/** A cluster of one server: it elects itself. */
function serve(...words: string[]): CommandRun {
  return place.run(
    'serve',
    '--id=s1',
    `--servers=s1=127.0.0.1:${ports.raft}`,
    '--data=folder',
    `--redis=127.0.0.1:${ports.redis}`,
    ...words,
  );
}

const here = () => ['--connect', `127.0.0.1:${ports.redis}`];

async function outcome(run: CommandRun) {
  const exitCode = await run.ended;
  return { exitCode, stdout: run.stdout, stderr: run.stderr };
}

const ask = (...words: string[]) => outcome(place.run(...words, ...here()));

async function refused(run: CommandRun): Promise<string> {
  const { exitCode, stderr } = await outcome(run);
  expect(exitCode).toBe(1);
  expect(stderr).toMatch(/^raftchart: [^\n]+\n$/u);
  return stderr;
}

describe('raftchart serve', () => {
  it('founds on demand, serves get, set and status, and stops on a signal', async () => {
    const first = serve('--found');
    await first.printed(/leader in term/u);
    expect(await ask('set', 'key', 'vålue')).toEqual({ exitCode: 0, stdout: 'OK\n', stderr: '' });
    expect(await ask('get', 'key')).toEqual({ exitCode: 0, stdout: 'vålue\n', stderr: '' });
    const missing = await ask('get', 'other');
    expect(missing).toMatchObject({ exitCode: 1, stdout: '' });
    expect(missing.stderr).toBe('raftchart: there is no key "other"\n');
    const status = await ask('status');
    expect(status.exitCode).toBe(0);
    expect(status.stdout).toMatch(/s1 +leader +\d+ +s1 +\d+ +\d+ +- +- +- +ok +1\n/u);
    first.signal('SIGINT');
    expect(await first.ended).toBe(0);

    const second = serve();
    await second.printed(/leader in term/u);
    expect((await ask('get', 'key')).stdout).toBe('vålue\n');
  });

  it('refuses a folder that was never founded, and leaves it alone', async () => {
    const line = await refused(serve());
    expect(line).toContain('server s1 was never founded in folder');
    expect(line).toContain('--found');
    expect(existsSync(path.join(place.folder, 'folder'))).toBe(false);
  });

  it('refuses what belongs to another server or cluster, or is founded already', async () => {
    const run = serve('--found');
    await run.printed(/leader in term/u);
    run.signal('SIGINT');
    await run.ended;
    const other = serve('--id=s2', `--servers=s2=127.0.0.1:${ports.raft}`);
    expect(await refused(other)).toContain('folder belongs to server s1 of cluster main');
    expect(await refused(serve('--cluster=c'))).toContain('not to server s1 of cluster c');
    expect(await refused(serve('--found'))).toContain('without --found');
  });

  it.each(['redis', 'raft'] as const)('refuses a taken port (%s)', async (which) => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(ports[which], '127.0.0.1', resolve));
    try {
      expect(await refused(serve('--found'))).toMatch(new RegExp(`\\b${ports[which]}\\b`, 'u'));
    } finally {
      taken.close();
    }
  });

  it('refuses a file in the place of the folder', async () => {
    writeFileSync(path.join(place.folder, 'folder'), 'a file');
    expect(await refused(serve('--found'))).toContain('choose another folder with --data');
  });

  it.runIf(process.platform === 'linux')('refuses a folder in which it may not write', async () => {
    const locked = path.join(place.folder, 'locked');
    mkdirSync(locked, { mode: 0o555 });
    // Even the superuser makes no folders in /sys.
    const folder = process.getuid?.() === 0 ? '/sys/raftchart' : path.join(locked, 'folder');
    const line = await refused(serve('--found', `--data=${folder}`));
    expect(line).toContain(`${folder}: permission denied; choose another folder with --data`);
  });

  it.runIf(process.platform === 'linux')('refuses a folder on which a server runs', async () => {
    await serve('--found').printed(/leader in term/u);
    const [redis, raft] = await freePorts(2);
    const second = serve(`--servers=s1=127.0.0.1:${raft}`, `--redis=127.0.0.1:${redis}`);
    expect(await refused(second)).toContain('a server is running on folder already');
  });

  it('founds what was not founded to the end before', async () => {
    mkdirSync(path.join(place.folder, 'folder'));
    writeFileSync(path.join(place.folder, 'folder', 'wal-0000000001.log'), new Uint8Array(4096));
    await serve('--found').printed(/leader in term/u);
  });
});

describe('raftchart get, set and status', () => {
  it('say in one line where no server answers', async () => {
    const address = `127.0.0.1:${ports.redis}`;
    for (const words of [['get', 'key'], ['set', 'key', 'value'], ['status']]) {
      const { exitCode, stderr } = await ask(...words);
      expect(exitCode).toBe(1);
      expect(stderr).toContain(`no server at ${address}`);
      expect(stderr).toContain('raftchart start');
    }
  });

  it('say that a set may have taken effect when the answer does not come', async () => {
    const deaf = createServer((socket) => socket.once('data', () => socket.destroy()));
    await new Promise<void>((resolve) => deaf.listen(ports.redis, '127.0.0.1', resolve));
    try {
      const { exitCode, stderr } = await ask('set', 'key', 'value');
      expect(exitCode).toBe(1);
      expect(stderr).toContain('may have taken effect');
    } finally {
      deaf.close();
    }
  });

  it('say what the server says, when that is an error', async () => {
    await serve('--found', '--password=secret').printed(/leader in term/u);
    const { exitCode, stderr } = await ask('get', 'key');
    expect(exitCode).toBe(1);
    expect(stderr).toContain('NOAUTH');
    expect((await ask('set', 'key', 'value', '--password=secret')).stdout).toBe('OK\n');
    expect((await ask('get', 'key', '--password=wrong')).stderr).toContain('WRONGPASS');
  });
});

describe('bad usage', () => {
  it('has exit code 2, and the word that was meant', async () => {
    const { exitCode, stdout, stderr } = await outcome(place.run('start', '--dta', 'x'));
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toContain('Did you mean --data?');
    expect(await place.run().ended).toBe(2);
    expect(await place.run('--help').ended).toBe(0);
  });
});
