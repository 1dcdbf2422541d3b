import type { Server, Socket } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Message } from '../machines/messages.js';
import { FrameReader } from './frame.js';
import { encodeReply } from './handshakeFormat.js';
import {
  closed,
  frame,
  listening,
  loopback,
  type TcpPair,
  tcpPair,
} from './nodeTcpPair.contract.js';
import type { TcpOptions } from './nodeTcpTransport.js';
import { transportContract } from './transport.contract.js';
import type { ForwardAnswer, Transport, TransportNotice } from './transport.js';
import {
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

/** A pair that is closed when the test is over. */
async function pairOf(a?: TcpOptions, b?: TcpOptions): Promise<TcpPair> {
  const pair = await tcpPair(a, b);
  onTestFinished(() => pair.close());
  return pair;
}

function noticesOf(transport: Transport): TransportNotice[] {
  const notices: TransportNotice[] = [];
  transport.notices$.subscribe((notice) => notices.push(notice));
  return notices;
}

function reasonsOf(notices: readonly TransportNotice[]): string {
  return notices.map((notice) => (notice.type === 'refused' ? notice.reason : '')).join('\n');
}

function bigMessage(bytes: number): Message {
  const positions = { index: 41, term: 1, stampMs: 0, sessionId: 0, sequence: 0 };
  const entry = { ...positions, firstUnacknowledged: 0, bytes: new Uint8Array(bytes) };
  return { ...heartbeat('a', 1), entries: [{ ...entry, kind: 'command' }] };
}

describe('opening and closing', () => {
  it('answers one clear line when the port is taken, and can be opened once it is free', async () => {
    const { a, ports, options } = await pairOf();
    const other = await listening(() => {}, ports.a);
    const error: NodeJS.ErrnoException = await opened(a, options('a')).catch((reason) => reason);
    expect(error.code).toBe('EADDRINUSE');
    expect(error.message).toBe(
      `port ${ports.a} on ${loopback} is taken by another program; free it or choose another with --listen`,
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
    pair.a.forward('b').request('query', Uint8Array.of(1), () => {});
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
    expect(reasonsOf(notices)).toContain(`${loopback}:${pair.ports.b}: `);
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

/** Listens as server b, lets everybody in, and says nothing more. */
async function muteServer(
  pair: TcpPair,
  onFrame: (body: Uint8Array) => void = () => {},
): Promise<{ server: Server; sockets: Socket[] }> {
  const sockets: Socket[] = [];
  const names = { serverId: 'b', storeId: 'store of b' };
  const reply = { type: 'accepted', version: 1, ...names, recoveryEpoch: 0, featureLevel: 1 } as const;
  const server = await listening((socket) => {
    sockets.push(socket);
    const reader = new FrameReader();
    let isFirst = true;
    socket.on('error', () => {});
    socket.on('data', (chunk) =>
      reader.push(chunk, (body) => {
        if (isFirst) socket.write(frame((writer) => encodeReply(writer, reply)));
        else onFrame(body);
        isFirst = false;
      }),
    );
  }, pair.ports.b);
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy();
    await closed(server);
  });
  return { server, sockets };
}

describe('limits', () => {
  it('drops messages while too much is unsent, says so once, and sends again when it has drained', async () => {
    const pair = await pairOf({ queueBytesMax: 100_000, silenceMs: 60_000 });
    const notices = noticesOf(pair.a);
    let largestTerm = 0;
    const mute = await muteServer(pair, (body) => {
      largestTerm = Math.max(largestTerm, new DataView(body.buffer, body.byteOffset).getUint32(6, true));
    });
    await opened(pair.a, pair.options('a'));
    await eventually(() => mute.sockets.length === 1, 'a is connected');
    await eventually(() => {
      pair.a.send('b', 0, heartbeat('a', 1));
      return largestTerm === 1;
    }, 'the first message arrives');
    mute.sockets[0]!.pause();
    const big = bigMessage(60_000);
    const before = process.memoryUsage().arrayBuffers;
    await eventually(() => {
      for (let i = 0; i < 100; i++) pair.a.send('b', 0, big);
      return reasonsOf(notices).includes('messages are dropped');
    }, 'messages are dropped');
    for (let i = 0; i < 10_000; i++) pair.a.send('b', 0, big);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(50_000_000);
    expect(reasonsOf(notices).match(/dropped/g)).toHaveLength(1);
    mute.sockets[0]!.resume();
    await eventually(() => {
      pair.a.send('b', 0, heartbeat('a', 77));
      return largestTerm === 77;
    }, 'messages flow again');
  });

  it('drops a message that no frame can hold, says so, and sends what follows', async () => {
    const pair = await pairOf({ frameBytesMax: 10_000 });
    const notices = noticesOf(pair.a);
    await openPair(pair);
    await converse(pair.a, 'a', pair.b, 'b');
    const terms: number[] = [];
    pair.b.messages$.subscribe(({ term }) => terms.push(term));
    pair.a.send('b', 0, heartbeat('a', 501));
    pair.a.send('b', 0, bigMessage(10_000));
    pair.a.send('b', 0, heartbeat('a', 502));
    await eventually(() => terms.length >= 2, 'the others arrive');
    expect(terms).toEqual([501, 502]);
    expect(reasonsOf(notices)).toContain('raise frameBytesMax');
  });

  it('answers what is too large or too much to forward', async () => {
    const pair = await pairOf({ frameBytesMax: 10_000, forward: { requestsMax: 2 } });
    await openPair(pair);
    pair.b.forwarded$.subscribe(() => {});
    const stream = pair.a.forward('b');
    const answers: ForwardAnswer[] = [];
    const ask = (bytes: number) =>
      stream.request('command', new Uint8Array(bytes), (answer) => answers.push(answer));
    for (const bytes of [20_000, 10, 10]) ask(bytes);
    await eventually(() => answers.length === 2, 'two are answered');
    expect(answers).toEqual([
      { type: 'notDone', reason: 'a request of 20000 bytes does not fit a frame of 10000' },
      { type: 'notDone', reason: 'overloaded' },
    ]);
  });

  it('answers unknown when the answer is too large to send', async () => {
    const pair = await pairOf({ frameBytesMax: 10_000 });
    await openPair(pair);
    pair.b.forwarded$.subscribe((request) =>
      request.answer({ type: 'done', index: 1, bytes: new Uint8Array(20_000) }),
    );
    const answers: ForwardAnswer[] = [];
    pair.a.forward('b').request('query', Uint8Array.of(1), (answer) => answers.push(answer));
    await eventually(() => answers.length > 0, 'it is answered');
    const reason = 'the answer does not fit a frame of 10000 bytes';
    expect(answers).toEqual([{ type: 'unknown', reason }]);
  });

  it('reads no further request of someone who does not read the answers', async () => {
    const pair = await pairOf({ queueBytesMax: 100_000 });
    await openPair(pair);
    let asked = 0;
    pair.b.forwarded$.subscribe((request) => {
      asked++;
      request.answer({ type: 'done', index: 1, bytes: new Uint8Array(50_000) });
    });
    const stream = pair.a.forward('b');
    let answered = 0;
    const count = 2_000;
    for (let i = 0; i < count; i++)
      stream.request('query', new Uint8Array(10), ({ type }) => {
        if (type === 'done') answered++;
      });
    await eventually(() => answered === count, 'all are answered all the same');
    expect(asked).toBe(count);
  });
});
