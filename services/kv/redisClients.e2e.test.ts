/** Real clients on real sockets, against a front over one state machine. */
import { type ExecFileException, execFile } from 'node:child_process';
import { connect, createServer } from 'node:net';
import { Redis } from 'ioredis';
import { createClient } from 'redis';
import { afterEach, describe, expect, it } from 'vitest';
import { type LocalPort, localPort } from './commandPort.contract.js';
import type { CommandPort } from './commandPort.js';
import { encodeWords } from './conversation.contract.js';
import { type RedisServer, type RedisServerOptions, redisServer } from './nodeRedisServer.js';

const closing: (() => Promise<void> | void)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

const closed = (server: RedisServer) => new Promise<void>((resolve) => server.close(resolve));

async function start(options: Partial<RedisServerOptions> = {}) {
  const port = localPort(Date.now());
  const server = redisServer({ port, tcpPort: 0, lingerMs: 300, ...options });
  await new Promise<void>((resolve, reject) => {
    server.listen((error) => (error === undefined ? resolve() : reject(error)));
  });
  closing.push(() => closed(server));
  return { port, server, tcpPort: server.tcpPort };
}

const patiently = { interval: 5, timeout: 20_000 };

/** A socket without a client library. */
async function raw(tcpPort: number) {
  const socket = connect({ port: tcpPort, host: '127.0.0.1', allowHalfOpen: true });
  await new Promise((resolve) => socket.once('connect', resolve));
  let received = '';
  let isOver = false;
  socket.setEncoding('latin1');
  socket.on('data', (text: string) => {
    received += text;
  });
  socket.on('end', () => {
    isOver = true;
  });
  socket.on('error', () => {});
  closing.push(() => void socket.destroy());
  return {
    socket,
    send: (text: string) => socket.write(text, 'latin1'),
    received: () => received,
    until: (text: string) => expect.poll(() => received, patiently).toContain(text),
    ended: () => expect.poll(() => isOver, patiently).toBe(true),
  };
}

interface Ran {
  readonly stdout: string;
  readonly error: ExecFileException | null;
}

const run = (program: string, args: readonly string[], input = '') =>
  new Promise<Ran>((resolve) => {
    const child = execFile(program, args, { maxBuffer: 2 ** 26 }, (error, stdout) =>
      resolve({ stdout, error }),
    );
    child.stdin?.end(input);
  });

const isInstalled = async (program: string) =>
  (await run(program, ['--version'])).error?.code !== 'ENOENT';

const withoutTools = !(await isInstalled('redis-cli')) || !(await isInstalled('redis-benchmark'));
if (withoutTools) {
  console.warn('redis-cli or redis-benchmark is not installed: their tests are left out.');
}

/** The conversation that every client library has to manage. */
interface AnyClient {
  call(...words: readonly (string | Buffer)[]): Promise<unknown>;
  callForBytes(...words: readonly (string | Buffer)[]): Promise<unknown>;
}

async function checkClient(client: AnyClient, port: LocalPort): Promise<void> {
  expect(await client.call('SET', 'key', 'value')).toBe('OK');
  expect(await client.call('GET', 'key')).toBe('value');
  expect(await client.call('GET', 'other')).toBeNull();
  expect(await client.call('APPEND', 'key', ' and more')).toBe(14);
  expect(await client.call('EXISTS', 'key', 'other')).toBe(1);
  expect(await client.call('MGET', 'key', 'other')).toEqual(['value and more', null]);
  expect(await client.call('DEL', 'key', 'other')).toBe(1);
  await expect(client.call('INCRBY', 'n', 'x')).rejects.toThrow('ERR value is not an integer');

  const bytes = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
  await client.call('SET', bytes, bytes);
  expect(await client.callForBytes('GET', bytes)).toEqual(bytes);

  const large = 'x'.repeat(5_000_000);
  await client.call('SET', 'large', large);
  expect((await client.call('GET', 'large')) === large).toBe(true);

  await client.call('SET', 'brief', 'value', 'EX', '10');
  expect(await client.call('TTL', 'brief')).toBe(10);
  port.nowMs += 10_000;
  expect(await client.call('GET', 'brief')).toBeNull();

  const many = Array.from({ length: 10_000 }, (_, n) =>
    client.call('APPEND', 'many', String(n % 10)),
  );
  expect(await Promise.all(many)).toEqual(many.map((_, n) => n + 1));
  const mixed = Array.from({ length: 2000 }, (_, n) =>
    n % 2 === 0 ? client.call('SET', 'mixed', String(n)) : client.call('GET', 'mixed'),
  );
  expect(await Promise.all(mixed)).toEqual(
    mixed.map((_, n) => (n % 2 === 0 ? 'OK' : String(n - 1))),
  );

  expect(await client.call('CONFIG', 'GET', 'save')).toBeTruthy();
  expect(await client.call('COMMAND', 'DOCS', 'get')).toBeTruthy();
  expect(await client.call('CLIENT', 'INFO')).toMatch(/lib-name=\S+ lib-ver=\S+/);
}

describe('ioredis', () => {
  it.each([2, 3] as const)('works with RESP%d', async (protocol) => {
    const { port, tcpPort } = await start();
    const redis = new Redis({ port: tcpPort, host: '127.0.0.1', protocol });
    closing.push(() => redis.disconnect());
    await checkClient(
      {
        call: (command, ...words) => redis.call(String(command), ...words),
        callForBytes: (command, ...words) => redis.callBuffer(String(command), ...words),
      },
      port,
    );
    expect(await redis.call('CLIENT', 'INFO')).toContain(` resp=${protocol} `);
    expect(await redis.pipeline().set('a', '1').get('a').exec()).toEqual([
      [null, 'OK'],
      [null, '1'],
    ]);
    expect(await redis.quit()).toBe('OK');
  });

  it('authenticates', async () => {
    const { tcpPort } = await start({ password: 'secret' });
    const redis = new Redis({ port: tcpPort, host: '127.0.0.1', password: 'secret' });
    closing.push(() => redis.disconnect());
    expect(await redis.set('a', '1')).toBe('OK');
    const other = new Redis({
      port: tcpPort,
      host: '127.0.0.1',
      password: 'no',
      lazyConnect: true,
    });
    other.on('error', () => {});
    closing.push(() => other.disconnect());
    await expect(other.connect().then(() => other.get('a'))).rejects.toThrow();
  });
});

describe('node-redis', () => {
  it.each([2, 3] as const)('works with RESP%d', async (RESP) => {
    const { port, tcpPort } = await start();
    const redis = createClient({ url: `redis://127.0.0.1:${tcpPort}`, RESP });
    redis.on('error', () => {});
    await redis.connect();
    closing.push(() => redis.destroy());
    const bytes = await import('redis').then(({ RESP_TYPES }) =>
      redis.withTypeMapping({ [RESP_TYPES.BLOB_STRING]: Buffer }),
    );
    await checkClient(
      {
        call: (...words) => redis.sendCommand([...words]),
        callForBytes: (...words) => bytes.sendCommand([...words]),
      },
      port,
    );
    expect(await redis.get('mixed')).toBe('1998');
    await redis.close();
  });
});

describe.skipIf(withoutTools)('redis-cli and redis-benchmark', () => {
  it('speak to it, one command, many, and in RESP3', async () => {
    const { tcpPort } = await start();
    const cli = async (args: readonly string[], input?: string) =>
      (await run('redis-cli', ['-p', String(tcpPort), ...args], input)).stdout.trim();
    expect(await cli(['SET', 'a', '1'])).toBe('OK');
    expect(await cli(['-3', 'GET', 'a'])).toBe('1');
    expect(await cli(['-3', '--json', 'CONFIG', 'GET', 'save'])).toBe('{"save":""}');
    expect(await cli([], 'SET b "two words"\nGET b\nAPPEND b \\n!\nCLIENT ID\n')).toMatch(
      /^OK\ntwo words\n\d+\n\d+$/,
    );
    expect(await cli(['FOO'])).toBe("ERR unknown command 'FOO', with args beginning with:");
    const protocol = Array.from({ length: 1000 }, (_, n) => encodeWords(['SET', `k${n}`, '1']));
    expect(await cli(['--pipe'], protocol.join(''))).toContain('errors: 0, replies: 1000');
    expect(await cli(['DBSIZE'])).toBe('1002');
  });

  it('measure it', async () => {
    const { tcpPort, port } = await start();
    const args = ['-p', String(tcpPort), '-n', '5000', '-c', '20', '-P', '16', '-q', '-r', '100'];
    const { stdout, error } = await run('redis-benchmark', [...args, '-t', 'set,get,incr,mset']);
    expect(error).toBeNull();
    for (const name of ['SET', 'GET', 'INCR', 'MSET']) {
      expect(stdout).toMatch(new RegExp(`${name}\\b.*requests per second`));
    }
    expect(stdout).not.toMatch(/error/i);
    expect(port.store.counts().keys).toBeGreaterThan(100);
  });
});

describe('a socket', () => {
  it('is served inline requests, a byte at a time', async () => {
    const { tcpPort } = await start();
    const client = await raw(tcpPort);
    client.socket.setNoDelay(true);
    for (const byte of 'SET a "x y"\r\nget a\r\n') client.send(byte);
    await client.until('+OK\r\n$3\r\nx y\r\n');
  });

  it.each([
    ['*3000000000\r\n', 'invalid multibulk length'],
    ['*1\r\n$20000000\r\n', 'invalid bulk length'],
    ['*1\r\nfoo\r\n', "expected '$', got 'f'"],
    ['set """a""" b\r\n', 'unbalanced quotes in request'],
    ['x'.repeat(70_000), 'too big inline request'],
  ])('is told of a protocol error after earlier replies, and closed', async (text, error) => {
    const { tcpPort } = await start();
    const client = await raw(tcpPort);
    client.send(`PING\r\n${text}`);
    await client.until(`+PONG\r\n-ERR Protocol error: ${error}\r\n`);
    await client.ended();
    expect(client.received().endsWith(`${error}\r\n`)).toBe(true);
  });

  it('is closed after QUIT, and starts again after RESET', async () => {
    const { tcpPort } = await start();
    const client = await raw(tcpPort);
    client.send('HELLO 3\r\nRESET\r\nGET a\r\nQUIT\r\nPING\r\n');
    await client.ended();
    expect(client.received()).toMatch(/^%7\r\n.*\+RESET\r\n\$-1\r\n\+OK\r\n$/s);
  });

  it('is answered after it has closed its own half', async () => {
    const { tcpPort } = await start();
    const client = await raw(tcpPort);
    client.socket.end(encodeWords(['SET', 'a', '1']).repeat(5000));
    await client.ended();
    expect(client.received()).toBe('+OK\r\n'.repeat(5000));
  });

  it('that takes no answers does not make the server keep them all', async () => {
    const { tcpPort, port } = await start({ limits: { unsentBytesMax: 1_000_000 } });
    const client = await raw(tcpPort);
    client.send(encodeWords(['SET', 'a', 'x'.repeat(500_000)]));
    await client.until('+OK');
    client.socket.pause();
    let asked = 0;
    const counted: CommandPort['query'] = port.query.bind(port);
    port.query = (query, done) => {
      asked++;
      counted(query, done);
    };
    const before = process.memoryUsage().arrayBuffers;
    client.send(encodeWords(['GET', 'a']).repeat(1000));
    await expect.poll(() => asked, patiently).toBeGreaterThan(2);
    await new Promise((resolve) => setImmediate(resolve));
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(100_000_000);
    client.socket.resume();
    await expect
      .poll(() => client.received().length, patiently)
      .toBe(5 + 1000 * (500_000 + '$500000\r\n\r\n'.length));
  });

  it('may be one of a thousand', async () => {
    const { tcpPort } = await start();
    const clients = await Promise.all(Array.from({ length: 1000 }, () => raw(tcpPort)));
    for (const client of clients) client.send('PING\r\n');
    const answered = () => clients.filter((client) => client.received() === '+PONG\r\n').length;
    await expect.poll(answered, patiently).toBe(1000);
  });

  it('is refused beyond the limit, as Redis does', async () => {
    const { tcpPort } = await start({ limits: { clientsMax: 1 } });
    const first = await raw(tcpPort);
    first.send('PING\r\n');
    await first.until('+PONG');
    const second = await raw(tcpPort);
    await second.ended();
    expect(second.received()).toBe('-ERR max number of clients reached\r\n');
    first.socket.destroy();
    await expect
      .poll(async () => {
        const third = await raw(tcpPort);
        third.send('PING\r\n');
        await expect.poll(third.received, patiently).not.toBe('');
        return third.received();
      }, patiently)
      .toBe('+PONG\r\n');
  });

  it('that breaks off in the middle hurts nobody', async () => {
    const { tcpPort } = await start();
    const [first, second] = [await raw(tcpPort), await raw(tcpPort)];
    first.send(encodeWords(['GET', 'a']).repeat(1000));
    first.socket.resetAndDestroy();
    second.send('PING\r\n');
    await second.until('+PONG');
  });

  it('can be killed by another', async () => {
    const { tcpPort } = await start();
    const [first, second] = [await raw(tcpPort), await raw(tcpPort)];
    first.send('CLIENT ID\r\n');
    await first.until('\r\n');
    second.send(`CLIENT KILL ID ${first.received().trim().slice(1)}\r\n`);
    await second.until(':1\r\n');
    await first.ended();
  });
});

describe('redisServer', () => {
  it('says in a line that its port is taken', async () => {
    const { tcpPort } = await start();
    const other = redisServer({ port: localPort(), tcpPort });
    const error = await new Promise<Error | undefined>((resolve) => other.listen(resolve));
    expect(error?.message).toBe(
      `Cannot serve Redis clients on 127.0.0.1:${tcpPort}: another program listens there. ` +
        'Choose another port or address.',
    );
    await closed(other);
  });

  it('closes more than once, and leaves the port free', async () => {
    const { server, tcpPort } = await start();
    const client = await raw(tcpPort);
    await Promise.all([closed(server), closed(server)]);
    await closed(server);
    await client.ended();
    const next = createServer();
    await new Promise<void>((resolve) => next.listen(tcpPort, '127.0.0.1', resolve));
    await new Promise((resolve) => next.close(resolve));
  });

  it('answers what was asked before it closes', async () => {
    const local = localPort();
    const held: (() => void)[] = [];
    const port: CommandPort = {
      ...local,
      execute: (command, done) => held.push(() => local.execute(command, done)),
    };
    const { server, tcpPort } = await start({ port });
    const client = await raw(tcpPort);
    client.send(encodeWords(['SET', 'a', '1']).repeat(3) + encodeWords(['GET', 'a']));
    await expect.poll(() => held.length, patiently).toBe(3);
    const isClosed = closed(server);
    for (const finish of held) finish();
    await client.ended();
    client.socket.end();
    await isClosed;
    expect(client.received()).toBe('+OK\r\n+OK\r\n+OK\r\n');
  });

  it('closes a connection whose write has an unknown outcome, after earlier replies', async () => {
    const local = localPort();
    let count = 0;
    const port: CommandPort = {
      ...local,
      execute: (command, done) =>
        ++count === 2
          ? done({ type: 'unknown', reason: 'the leader is gone' })
          : local.execute(command, done),
    };
    const { tcpPort } = await start({ port });
    const client = await raw(tcpPort);
    client.send(encodeWords(['SET', 'a', '1']).repeat(3));
    await client.ended();
    expect(client.received()).toBe('+OK\r\n');
  });
});
