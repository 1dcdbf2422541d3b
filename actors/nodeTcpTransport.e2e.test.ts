import { describe, expect, it, onTestFinished, vi } from 'vitest';
import {
  closed,
  listening,
  loopback,
  noticesOf,
  pairOf,
  reasonsOf,
  tcpPair,
} from './nodeTcpPair.contract.js';
import { muteServer } from './nodeTcpStranger.contract.js';
import { transportContract } from './transport.contract.js';
import {
  asked,
  converse,
  eventually,
  heartbeat,
  opened,
  openPair,
  stopped,
} from './transportPair.contract.js';

describe('tcpTransport, as a transport', () => {
  transportContract(() => tcpPair(), { describe, it });
});

describe('opening and closing', () => {
  it('answers one clear line when the port is taken, and opens once it is free', async () => {
    const { a, ports, options } = await pairOf();
    const other = await listening(() => {}, ports.a);
    const error: NodeJS.ErrnoException = await opened(a, options('a')).catch((reason) => reason);
    expect(error.code).toBe('EADDRINUSE');
    expect(error.message).toBe(
      `port ${ports.a} on ${loopback} is taken by another program; ` +
        'free it or choose another with --listen',
    );
    await closed(other);
    await opened(a, options('a'));
  });

  it('answers one clear line for an address that is none', async () => {
    const { a, options } = await pairOf();
    const servers = { ...options('a').servers, b: 'localhost' };
    await expect(opened(a, { ...options('a'), servers })).rejects.toThrow(
      'the address of server b is "localhost"; write it as host:port, for example 127.0.0.1:7101',
    );
  });

  it('listens where it is told, and not at its own address', async () => {
    const { ports, options, another, b } = await pairOf();
    const a = another({ listen: `${loopback}:${ports.b}` });
    await opened(a, options('a'));
    await expect(opened(b, options('b'))).rejects.toThrow(/is taken/);
  });

  it('leaves no socket and no timer behind', async () => {
    const open = () => process.getActiveResourcesInfo();
    const handles = () => open().filter((name) => /TCP|Timeout/.test(name)).length;
    // The sockets of the tests before this one may take a turn of the loop to go.
    await eventually(() => !open().some((name) => name.startsWith('TCP')), 'nothing is open');
    const before = handles();
    const pair = await tcpPair();
    const notices = noticesOf(pair.a);
    await openPair(pair);
    await converse(pair.a, 'a', pair.b, 'b');
    pair.a.forward('b', 1).request(asked('query'), () => {});
    await stopped(pair.b);
    await eventually(() => reasonsOf(notices).includes('ECONNREFUSED'), 'a waits to dial again');
    expect(open()).toContain('TCPServerWrap');
    await pair.close();
    await eventually(() => handles() <= before, 'nothing is left');
  });
});

describe('reconnecting', () => {
  it('finds a server that was restarted, in both directions', async () => {
    const pair = await pairOf({ reconnectMinMs: 1, reconnectMaxMs: 10 });
    await openPair(pair);
    await converse(pair.a, 'a', pair.b, 'b');
    let { b } = pair;
    for (let restart = 0; restart < 3; restart++) {
      await stopped(b);
      b = pair.another({ reconnectMinMs: 1, reconnectMaxMs: 10 });
      await opened(b, pair.options('b'));
      await converse(pair.a, 'a', b, 'b');
      await converse(b, 'b', pair.a, 'a');
    }
  });

  it('dials at once a server that has dialed it', async () => {
    const pair = await pairOf({ reconnectMinMs: 3_600_000, reconnectMaxMs: 3_600_000 });
    const notices = noticesOf(pair.a);
    await opened(pair.a, pair.options('a'));
    await eventually(() => reasonsOf(notices).includes('ECONNREFUSED'), 'a could not reach b');
    await opened(pair.b, pair.options('b'));
    await converse(pair.a, 'a', pair.b, 'b');
  });

  it('says once that a server cannot be reached, however often it tries', async () => {
    const pair = await pairOf({ reconnectMinMs: 1, reconnectMaxMs: 1 });
    const notices = noticesOf(pair.a);
    let dialed = 0;
    const unwilling = await listening((socket) => {
      dialed++;
      socket.destroy();
    }, pair.ports.b);
    onTestFinished(() => closed(unwilling));
    await opened(pair.a, pair.options('a'));
    await eventually(() => dialed > 20, 'it tries again and again');
    expect(notices.length).toBeLessThanOrEqual(2);
    expect(reasonsOf(notices)).toContain(
      `${loopback}:${pair.ports.b}: closed by the other side; trying again`,
    );
  });

  it('gives up a connection on which nothing comes back', async () => {
    const pair = await pairOf({ silenceMs: 20, reconnectMinMs: 1 });
    const mute = await muteServer(pair);
    await opened(pair.a, pair.options('a'));
    await eventually(() => {
      pair.a.send('b', 0, heartbeat('a', 1));
      return mute.sockets.length >= 3;
    }, 'it dials again, and again');
  });

  it('keeps a connection on which a message went unanswered long ago', async () => {
    vi.useFakeTimers({ toFake: ['performance'] });
    onTestFinished(() => void vi.useRealTimers());
    const pair = await pairOf({ silenceMs: 5_000 });
    let received = 0;
    const mute = await muteServer(pair, () => received++);
    await opened(pair.a, pair.options('a'));
    for (let i = 1; i <= 3; i++) {
      pair.a.send('b', 0, heartbeat('a', i));
      await eventually(() => received === i, 'the message arrives');
      vi.advanceTimersByTime(60_000);
    }
    expect(mute.sockets).toHaveLength(1);
  });

  it('names both servers when another one answers at an address', async () => {
    const pair = await pairOf();
    const { a, b, options } = pair;
    const servers = { ...options('a').servers, c: `${loopback}:${pair.ports.b}` };
    const notices = noticesOf(a);
    await opened(b, options('b'));
    await opened(a, { ...options('a'), servers });
    await eventually(() => reasonsOf(notices).includes('this is "b", not "c"'), 'a is told');
  });
});
