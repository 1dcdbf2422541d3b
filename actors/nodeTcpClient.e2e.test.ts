import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { certificateName } from './handshakeProof.js';
import { type TcpClientOptions, type TcpClientPort, tcpClientPort } from './nodeTcpClient.js';
import {
  closed,
  freePorts,
  listening,
  loopback,
  pairOf,
  type TcpPair,
} from './nodeTcpPair.contract.js';
import { muteServer } from './nodeTcpStranger.contract.js';
import { authority } from './nodeTlsCertificates.contract.js';
import type { ForwardAnswer, Forwarded, Transport } from './transport.js';
import {
  asked,
  converse,
  eventually,
  opened,
  openPair,
  stopped,
} from './transportPair.contract.js';

const fast = { reconnectMinMs: 1, reconnectMaxMs: 10 };

function clientOf(ports: readonly number[], options: Partial<TcpClientOptions> = {}) {
  const servers = ports.map((port) => `${loopback}:${port}`);
  const client = tcpClientPort({ servers, cluster: 'contract', ...fast, ...options });
  onTestFinished(() => new Promise<void>((resolve) => client.close(resolve)));
  const reasons: string[] = [];
  client.notices$.subscribe((notice) => {
    if (notice.type === 'refused') reasons.push(notice.reason);
  });
  return { client, reasons };
}

function ask(client: TcpClientPort, byte = 1): ForwardAnswer[] {
  const answers: ForwardAnswer[] = [];
  client.request(asked('command', Uint8Array.of(byte)), (answer) => answers.push(answer));
  return answers;
}

function requests({ clients$ }: Transport, answer?: (request: Forwarded) => void): Forwarded[] {
  const arrived: Forwarded[] = [];
  clients$.subscribe((request) => {
    arrived.push(request);
    answer?.(request);
  });
  return arrived;
}

const echo = (request: Forwarded) =>
  request.answer({ type: 'done', index: 1, bytes: request.bytes });

/** Asks until it is told that it is done, as a session would. */
async function untilDone(client: TcpClientPort): Promise<void> {
  let answers = ask(client);
  await eventually(() => {
    if (answers.length > 0 && answers[0]!.type !== 'done') answers = ask(client);
    return answers[0]?.type === 'done';
  }, 'a request is done');
}

describe('a client', () => {
  it('has its requests answered, in any order, with all that they say', async () => {
    const pair = await pairOf();
    await openPair(pair);
    const arrived = requests(pair.a);
    let forwarded = 0;
    pair.a.forwarded$.subscribe(() => forwarded++);
    const { client } = clientOf([pair.ports.a]);
    const session = { sessionId: 7, sequence: 8, firstUnacknowledged: 9 };
    const answers: ForwardAnswer[] = [];
    const bytes = Uint8Array.of(1);
    const kinds = ['command', 'query', 'openSession', 'closeSession'] as const;
    for (const kind of kinds)
      client.request({ kind, ...session, bytes }, (answer) => answers.push(answer));
    expect(answers).toEqual([]);
    await eventually(() => arrived.length === kinds.length, 'all arrive');
    expect(arrived.map(({ kind }) => kind)).toEqual(kinds);
    expect(arrived[0]).toMatchObject({ ...session, bytes, term: undefined });
    for (const [i, request] of [...arrived.entries()].toReversed())
      request.answer({ type: 'expired', reason: String(i) });
    await eventually(() => answers.length === kinds.length, 'all are answered');
    expect(answers.map((answer) => 'reason' in answer && answer.reason)).toEqual([
      '3',
      '2',
      '1',
      '0',
    ]);
    expect(forwarded, 'none of them came as from a server').toBe(0);
  });

  it('goes to the next server when one is lost, and what was under way is unknown', async () => {
    const pair = await pairOf();
    await openPair(pair);
    const arrived = { a: requests(pair.a), b: requests(pair.b) };
    const { client } = clientOf([pair.ports.a, pair.ports.b]);
    const answers = ask(client);
    await eventually(() => arrived.a.length + arrived.b.length === 1, 'it arrives somewhere');
    const [first, second] = arrived.a.length === 1 ? (['a', 'b'] as const) : (['b', 'a'] as const);
    requests(pair[second], echo);
    await stopped(pair[first]);
    await eventually(() => answers.length === 1, 'it is answered');
    expect(answers[0]!.type).toBe('unknown');
    await untilDone(client);
  });

  it('answers not done what was never sent, says why, and tries again without haste', async () => {
    const [dead] = await freePorts(1);
    let dialed = 0;
    const unwilling = await listening((socket) => {
      dialed++;
      socket.destroy();
    });
    onTestFinished(() => closed(unwilling));
    const { port } = unwilling.address() as { port: number };
    const { client, reasons } = clientOf([dead!, port], { reconnectMinMs: 20, reconnectMaxMs: 20 });
    const beganMs = performance.now();
    for (let i = 0; i < 6; i++) {
      const answers = ask(client);
      await eventually(() => answers.length > 0, 'it is answered');
      expect(answers[0]).toMatchObject({ type: 'notDone', reason: /^no connection: / });
    }
    expect(performance.now() - beganMs).toBeGreaterThanOrEqual(5 * 20 - 5);
    expect(dialed).toBeGreaterThan(0);
    expect(reasons.filter((reason) => reason.includes('ECONNREFUSED'))).toHaveLength(1);
  });

  it('gives up a server that leaves a request without any answer', async () => {
    const pair = await pairOf();
    const mute = await muteServer(pair);
    const { client, reasons } = clientOf([pair.ports.b], { silenceMs: 30 });
    const answers = ask(client);
    await eventually(() => answers.length > 0, 'it is answered');
    expect(answers[0]!.type).toBe('unknown');
    expect(reasons.join()).toContain('without any answer for 30 ms');
    expect(mute.sockets.length).toBeGreaterThan(0);
  });

  it('keeps a server that has nothing to answer', async () => {
    vi.useFakeTimers({ toFake: ['performance'] });
    onTestFinished(() => void vi.useRealTimers());
    const pair = await pairOf();
    await opened(pair.a, pair.options('a'));
    requests(pair.a, echo);
    const { client, reasons } = clientOf([pair.ports.a], { silenceMs: 50 });
    for (let i = 0; i < 3; i++) {
      await untilDone(client);
      vi.advanceTimersByTime(60_000);
    }
    expect(reasons).toEqual([]);
  });

  it('answers what waits when it is closed, and leaves no socket behind', async () => {
    const pair = await pairOf();
    await opened(pair.a, pair.options('a'));
    const arrived = requests(pair.a);
    const { client } = clientOf([pair.ports.a]);
    const sent = ask(client);
    await eventually(() => arrived.length === 1, 'it arrives');
    await new Promise<void>((resolve) => client.close(resolve));
    expect(sent).toMatchObject([{ type: 'unknown' }]);
    const late = ask(client);
    await eventually(() => late.length > 0, 'it is answered');
    expect(late).toMatchObject([{ type: 'notDone' }]);
    await new Promise<void>((resolve) => client.close(resolve));
  });

  it('is told so when more is asked than may wait', async () => {
    const pair = await pairOf();
    await opened(pair.a, pair.options('a'));
    requests(pair.a);
    const { client } = clientOf([pair.ports.a], { requestsMax: 2 });
    const answers = [ask(client), ask(client), ask(client)];
    await eventually(() => answers[2]!.length > 0, 'the third is answered');
    expect(answers).toMatchObject([[], [], [{ type: 'notDone', reason: 'overloaded' }]]);
  });
});

describe('options of a client', () => {
  const make = (options: Partial<TcpClientOptions>) => () =>
    tcpClientPort({ servers: ['127.0.0.1:1'], cluster: 'c', ...options });

  it('are refused with a line that says what to do', () => {
    expect(make({ servers: [] })).toThrow(/needs the address of a server/);
    expect(make({ servers: ['a'] })).toThrow(/is "a"; write it as host:port/);
    expect(make({ servers: ['127.0.0.1:1', 'db:1'] })).toThrow(/db:1, is beyond this machine/);
    expect(make({ token: 'x'.repeat(1025) })).toThrow(/1 to 1024 bytes, and this one 1025/);
    expect(make({ token: '' })).toThrow(/1 to 1024 bytes/);
  });
});

describe('the limits of a server on its clients', () => {
  it('are their number: one more is refused, servers are not', async () => {
    const pair = await pairOf({ client: { connectionsMax: 2 } });
    await opened(pair.a, pair.options('a'));
    requests(pair.a, echo);
    const clients = [1, 2, 3].map(() => clientOf([pair.ports.a]));
    await untilDone(clients[0]!.client);
    await untilDone(clients[1]!.client);
    const refused = ask(clients[2]!.client);
    await eventually(() => refused.length > 0, 'it is answered');
    expect(refused).toMatchObject([{ type: 'notDone', reason: /2 client connections.*the most/ }]);
    await opened(pair.b, pair.options('b'));
    await converse(pair.b, 'b', pair.a, 'a');
    await new Promise<void>((resolve) => clients[0]!.client.close(resolve));
    await untilDone(clients[2]!.client);
  });
});

describe('a client in plain text', () => {
  it('needs the token, if there is one', async () => {
    const pair = await pairOf({ clientToken: 'secret' });
    await opened(pair.a, pair.options('a'));
    requests(pair.a, echo);
    await untilDone(clientOf([pair.ports.a], { token: 'secret' }).client);
    for (const token of [undefined, 'guess']) {
      const answers = ask(clientOf([pair.ports.a], token === undefined ? {} : { token }).client);
      await eventually(() => answers.length > 0, 'it is answered');
      expect(answers).toMatchObject([{ type: 'notDone', reason: /refuses us: .*token/ }]);
    }
  });

  it('is told when that server takes no requests', async () => {
    const pair = await pairOf();
    await opened(pair.a, pair.options('a'));
    const answers = ask(clientOf([pair.ports.a]).client);
    await eventually(() => answers.length > 0, 'it is answered');
    expect(answers).toMatchObject([{ type: 'notDone', reason: 'that server takes no requests' }]);
  });
});

describe('a client with TLS', () => {
  const ca = authority('the servers');
  const tls = (id: string) => ({
    tls: { ca: ca.cert, ...ca.issue({ uris: [certificateName('contract', id)] }) },
    clientToken: 'secret',
  });
  const openA = async (): Promise<TcpPair> => {
    const pair = await pairOf(tls('a'), tls('b'));
    await opened(pair.a, pair.options('a'));
    requests(pair.a, echo);
    return pair;
  };

  it.each([
    ['its token', { tls: { ca: ca.cert }, token: 'secret' }],
    ['its certificate', { tls: { ca: ca.cert, ...ca.issue({}) } }],
  ])('is let in with %s', async (_, options) => {
    const pair = await openA();
    await untilDone(clientOf([pair.ports.a], options).client);
  });

  const elsewhere = authority('somebody else');
  it.each([
    ['has neither', { tls: { ca: ca.cert } }, /it refuses us: a client needs a token, or a cert/],
    ['has another token', { tls: { ca: ca.cert }, token: 'x' }, /its token is not the one/],
    ['speaks no TLS', { token: 'secret' }, /./],
    [
      'trusts another CA',
      { tls: { ca: elsewhere.cert }, token: 'secret' },
      /not accepted here .*our ca/,
    ],
    [
      'looks for another cluster',
      { tls: { ca: ca.cert }, cluster: 'x' },
      /needs the name raftchart:\/\/x\//,
    ],
  ])('is told why not when it %s', async (_, options, reason) => {
    const pair = await openA();
    const { client, reasons } = clientOf([pair.ports.a], options);
    const answers = ask(client);
    await eventually(() => answers.length > 0, 'it is answered');
    expect(answers[0]!.type).toBe('notDone');
    expect(reasons.join()).toMatch(reason);
  });
});
