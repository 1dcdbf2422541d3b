import { CommanderError } from 'commander';
import { describe, expect, it } from 'vitest';
import { type Actions, program } from './program.js';

/** What the program would have done, and what it printed. */
async function run(...words: string[]) {
  const done: unknown[][] = [];
  let printed = '';
  const action =
    (name: string) =>
    async (...given: unknown[]) =>
      void done.push([name, ...given]);
  const names = ['start', 'init', 'serve', 'status', 'transfer', 'snapshot', 'get', 'set'];
  const actions = Object.fromEntries(names.map((name) => [name, action(name)]));
  const raftchart = program('1.2.3', actions as unknown as Actions);
  const write = (text: string) => void (printed += text);
  for (const command of [raftchart, ...raftchart.commands]) {
    command.configureOutput({ writeOut: write, writeErr: write });
  }
  let exitCode: number | undefined;
  try {
    await raftchart.parseAsync(words, { from: 'user' });
  } catch (error) {
    exitCode = (error as CommanderError).exitCode;
  }
  return { action: done[0]?.[0], given: done[0]?.slice(1), printed, exitCode };
}

const usualAddress = { host: '127.0.0.1', port: 7001 };

describe('the program', () => {
  it('starts three servers from port 7001 on, with their data in ./data', async () => {
    const { action, given } = await run('start');
    expect(action).toBe('start');
    expect(given).toEqual([{ data: './data', port: 7001, servers: 3, cluster: 'main' }]);
  });

  it('serves as the server that it is told to be', async () => {
    const own = 'serve --id s1 --servers s1=h:1,s2=h:2 --data d --found --cluster c --password p';
    const addresses = '--redis 0.0.0.0:6379 --listen 0.0.0.0:1';
    const { action, given } = await run(...own.split(' '), ...addresses.split(' '));
    expect(action).toBe('serve');
    expect(given).toEqual([
      {
        id: 's1',
        servers: { s1: 'h:1', s2: 'h:2' },
        data: 'd',
        found: true,
        redis: { host: '0.0.0.0', port: 6379 },
        listen: { host: '0.0.0.0', port: 1 },
        cluster: 'c',
        password: 'p',
        drainMs: 5_000,
      },
    ]);
  });

  it('serves with TLS, a token and other times', async () => {
    const own = 'serve --id s1 --servers s1=h:1 --data d --tls-ca a --tls-cert b --tls-key c';
    const more = '--tls-client-ca d --client-token-file e --drain-ms 0 --election-timeout-ms 1000';
    const { given } = await run(...own.split(' '), ...more.split(' '));
    expect(given?.[0]).toMatchObject({
      tlsCa: 'a',
      tlsCert: 'b',
      tlsKey: 'c',
      tlsClientCa: 'd',
      clientTokenFile: 'e',
      drainMs: 0,
      electionTimeoutMs: 1_000,
    });
    const plain = 'serve --id s1 --servers s1=h:1 --data d --plain-text-beyond-loopback';
    expect((await run(...plain.split(' '))).given?.[0]).toMatchObject({
      plainTextBeyondLoopback: true,
    });
  });

  it('founds, hands over and takes snapshots where it is told', async () => {
    const own = 'init --id s1 --servers s1=h:1 --data d --cluster c';
    expect(await run(...own.split(' '))).toMatchObject({
      action: 'init',
      given: [{ id: 's1', servers: { s1: 'h:1' }, data: 'd', cluster: 'c' }],
    });
    const connect = [{ host: 'h', port: 1 }];
    const transfer = await run('transfer', '--to', 's2', '--connect', 'h:1');
    expect(transfer).toMatchObject({ action: 'transfer', given: [{ to: 's2', connect }] });
    const snapshot = await run('snapshot', '--connect', 'h:1');
    expect(snapshot).toMatchObject({ action: 'snapshot', given: [{ connect }] });
    const status = await run('status', '--json', '--watch', '--connect', 'h:1');
    expect(status.given).toEqual([{ json: true, watch: true, connect }]);
  });

  it('gets, sets and asks at the usual addresses, or where it is told', async () => {
    expect((await run('get', 'k')).given).toEqual(['k', { connect: usualAddress }]);
    const connect = { host: '::1', port: 1 };
    const { given } = await run('set', 'k', 'v', '--connect', '[::1]:1');
    expect(given).toEqual(['k', 'v', { connect }]);
    const usual = [7001, 7002, 7003].map((port) => ({ host: '127.0.0.1', port }));
    expect((await run('status')).given).toEqual([{ connect: usual }]);
    expect((await run('get', '--', '--key')).given?.[0]).toBe('--key');
  });

  it.each([
    [['start', '--dta', 'd'], 'Did you mean --data?'],
    [['strat'], 'Did you mean start?'],
    [['start', '--servers', '10'], 'Give a whole number from 1 to 9.'],
    [['serve', '--id', 's1'], "required option '--servers <list>' not specified"],
    [
      ['serve', '--id', 's3', '--servers', 's1=h:1,s2=h:2', '--data', 'd'],
      '--servers names s1, s2, but not this server, s3',
    ],
    [
      ['init', '--id', 's3', '--servers', 's1=h:1', '--data', 'd'],
      '--servers names s1, but not this server, s3',
    ],
    [
      'serve --id s1 --servers s1=h:1 --data d --tls-ca a --tls-key k'.split(' '),
      'TLS needs --tls-ca, --tls-cert and --tls-key',
    ],
    [['transfer', '--to', 's 1'], 'A name has up to 64 letters'],
    [['get'], "missing required argument 'key'"],
    [['get', 'a', 'b'], 'too many arguments'],
  ])('does nothing for %j, and says why in its own name', async (words, reason) => {
    const { action, printed, exitCode } = await run(...words);
    expect(action).toBeUndefined();
    expect(printed).toContain(reason);
    expect(printed).toMatch(/^raftchart: /u);
    expect(exitCode).not.toBe(0);
  });

  it.each([
    [],
    ['start'],
    ['init'],
    ['serve'],
    ['status'],
    ['transfer'],
    ['snapshot'],
    ['get'],
    ['set'],
  ])('explains itself: %s --help', async (...command) => {
    const { printed, exitCode } = await run(...command, '--help');
    expect(printed).toContain(`Usage: raftchart ${command.join(' ')}`.trimEnd());
    expect(printed).not.toContain('supervised');
    expect(exitCode).toBe(0);
  });

  it('says which version it is', async () => {
    expect(await run('--version')).toMatchObject({ printed: '1.2.3\n', exitCode: 0 });
  });

  it('keeps the password out of sight where the environment has it', async () => {
    process.env['RAFTCHART_PASSWORD'] = 'secret';
    try {
      expect((await run('get', 'k')).given?.[1]).toMatchObject({ password: 'secret' });
      expect((await run('get', '--help')).printed).not.toContain('secret');
    } finally {
      delete process.env['RAFTCHART_PASSWORD'];
    }
  });
});
