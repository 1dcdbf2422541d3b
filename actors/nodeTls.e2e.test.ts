import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { decodeReply, type Hello } from './handshakeFormat.js';
import { certificateName } from './handshakeProof.js';
import type { TcpOptions } from './nodeTcpLimits.js';
import {
  loopback,
  noticesOf,
  pairOf,
  reasonsOf,
  type TcpPair,
  tcpPair,
} from './nodeTcpPair.contract.js';
import { helloFrame, listeningWith, Stranger } from './nodeTcpStranger.contract.js';
import { type TlsOptions, tlsFiles } from './nodeTls.js';
import { authority, type Claims } from './nodeTlsCertificates.contract.js';
import { transportContract } from './transport.contract.js';
import { converse, eventually, heartbeat, opened, openPair } from './transportPair.contract.js';

const ca = authority('the servers');
const clientCa = authority('the clients');
const elsewhere = authority('somebody else');

function serverTls(id: string, from = ca, claims: Claims = {}): TlsOptions {
  const uris = [certificateName('contract', id)];
  return { ca: ca.cert, clientCa: clientCa.cert, ...from.issue({ uris, ...claims }) };
}

const [tlsOfA, tlsOfB] = [{ tls: serverTls('a') }, { tls: serverTls('b') }];

describe('tcpTransport with TLS, as a transport', () => {
  // Some facts are about a server that believes to be of another cluster.
  const clusters = ['contract', 'another'];
  const certifiedTwice = (id: string) => ({
    tls: serverTls(id, ca, { uris: clusters.map((cluster) => certificateName(cluster, id)) }),
  });
  const [a, b] = [certifiedTwice('a'), certifiedTwice('b')];
  transportContract(() => tcpPair(a, b), { describe, it });
});

describe('a server', () => {
  const impostors: readonly [string, TlsOptions, RegExp][] = [
    ['the certificate of another server', serverTls('c'), /certificate for "raftchart:.*\/c"/],
    [
      'one of another cluster',
      serverTls('b', ca, { uris: [certificateName('south', 'b')] }),
      /south\/b/,
    ],
    [
      'one that names no server',
      serverTls('b', ca, { uris: [], dnsNames: ['b'] }),
      /for no server/,
    ],
    ['one of another CA', serverTls('b', elsewhere), /not accepted/],
    [
      'one of the client CA, in its name',
      serverTls('b', clientCa),
      /not signed by the CA of the serv/,
    ],
    ['one that has ended', serverTls('b', ca, { years: [2000, 2001] }), /CERT_HAS_EXPIRED/],
    ['one that has not begun', serverTls('b', ca, { years: [2098, 2099] }), /NOT_YET_VALID/],
    ['no certificate', { ca: ca.cert }, /shows no certificate/],
  ];
  for (const kind of ['raft', 'forward'] as const)
    it.each(impostors)(`is not let in on a ${kind} connection with %s`, async (_, tls, reason) => {
      const pair = await pairOf(tlsOfA, tlsOfB);
      const notices = noticesOf(pair.a);
      let arrived = 0;
      pair.a.messages$.subscribe(() => arrived++);
      pair.a.forwarded$.subscribe(() => arrived++);
      await opened(pair.a, pair.options('a'));
      const stranger = new Stranger(pair.ports.a, tls);
      stranger.send(helloFrame({ kind }));
      await eventually(() => stranger.frames.length > 0, 'it is answered');
      const reply = decodeReply(stranger.frames[0]!);
      expect(reply.type === 'refused' && reply.reason).toMatch(reason);
      expect(reasonsOf(notices)).toMatch(reason);
      await eventually(() => stranger.isClosed || stranger.socket.readableEnded, 'it has to go');
      expect(arrived).toBe(0);
      stranger.socket.destroy();
    });

  it.each([
    ['another server', serverTls('c'), /"b" comes with a certificate for "raftchart:.*\/c"/],
    ['another CA', serverTls('b', elsewhere), /not accepted here .*our ca did not sign/],
  ])('is not talked to with a certificate of %s', async (_, tls, reason) => {
    const pair = await pairOf({ ...tlsOfA, reconnectMinMs: 1 });
    const notices = noticesOf(pair.a);
    const listener = await listeningWith(tls, pair.ports.b);
    await opened(pair.a, pair.options('a'));
    await eventually(() => reason.test(reasonsOf(notices)), 'a says why');
    pair.a.send('b', 0, heartbeat('a', 1));
    expect(listener.heard).toBe(0);
  });

  it('does not listen with a certificate that is not its own', async () => {
    const pair = await pairOf({ tls: serverTls('b') });
    await expect(opened(pair.a, pair.options('a'))).rejects.toThrow(/is not for raftchart:.*\/a/);
  });

  it('says what is wrong when only one side speaks TLS', async () => {
    const pair = await pairOf(tlsOfA, { reconnectMinMs: 1 });
    const notices = { a: noticesOf(pair.a), b: noticesOf(pair.b) };
    await openPair(pair);
    await eventually(() => reasonsOf(notices.a).includes('does not speak TLS'), 'a says so');
    await eventually(() => reasonsOf(notices.b).length > 0, 'b notices that it fails');
  });

  it('is not kept out by a stranger that never begins its TLS handshake', async () => {
    const pair = await pairOf({ ...tlsOfA, handshakeMs: 100 }, tlsOfB);
    await openPair(pair);
    const strangers = Array.from({ length: 20 }, () => new Stranger(pair.ports.a));
    strangers.forEach((stranger, i) => i % 2 === 0 && stranger.send(Uint8Array.of(22, 3, 1)));
    await converse(pair.b, 'b', pair.a, 'a');
    await eventually(() => strangers.every(({ isClosed }) => isClosed), 'they are closed');
    await converse(pair.b, 'b', pair.a, 'a');
  });
});

describe('a client', () => {
  const client = (changes: Partial<Hello> = {}) =>
    helloFrame({ kind: 'client', serverId: '', storeId: '', receiverId: '', ...changes });
  const secret: TcpOptions = { ...tlsOfA, clientToken: 'secret' };
  const verdicts: readonly [string, TcpOptions, TlsOptions, Uint8Array, RegExp][] = [
    ['a certificate of the client CA', tlsOfA, certified(clientCa.issue({})), client(), /accepted/],
    [
      'the token and no certificate',
      secret,
      { ca: ca.cert },
      client({ token: 'secret' }),
      /accepted/,
    ],
    ['no token and no certificate', secret, { ca: ca.cert }, client(), /shows neither/],
    ['another token', secret, { ca: ca.cert }, client({ token: 'secre' }), /its token is not/],
    [
      'a token where none is known',
      tlsOfA,
      { ca: ca.cert },
      client({ token: 'x' }),
      /its token is not/,
    ],
    [
      'a certificate of another CA',
      tlsOfA,
      certified(elsewhere.issue({})),
      client(),
      /shows neither/,
    ],
    ['a certificate of the servers', tlsOfA, certified(ca.issue({})), client(), /shows neither/],
    [
      'a certificate, for another cluster',
      tlsOfA,
      certified(clientCa.issue({})),
      client({ clusterId: 'south' }),
      /belongs to cluster/,
    ],
  ];
  it.each(verdicts)(
    'with %s is answered as it deserves',
    async (_, options, tls, hello, verdict) => {
      const pair = await pairOf(options, tlsOfB);
      await opened(pair.a, pair.options('a'));
      const stranger = new Stranger(pair.ports.a, tls);
      stranger.send(hello);
      await eventually(() => stranger.frames.length > 0, 'it is answered');
      const reply = decodeReply(stranger.frames[0]!);
      expect(reply.type === 'refused' ? reply.reason : reply.type).toMatch(verdict);
      stranger.socket.destroy();
    },
  );

  it('may be anyone that the one CA signed, where there is only one', async () => {
    const one = { tls: { ...tlsOfA.tls, clientCa: undefined } };
    const pair = await pairOf(one, tlsOfB);
    await opened(pair.a, pair.options('a'));
    const stranger = new Stranger(pair.ports.a, certified(ca.issue({})));
    stranger.send(client());
    await eventually(() => stranger.frames.length > 0, 'it is answered');
    expect(decodeReply(stranger.frames[0]!).type).toBe('accepted');
    stranger.socket.destroy();
  });
});

function certified(own: { cert: string; key: string }): TlsOptions {
  return { ca: ca.cert, ...own };
}

describe('plain text', () => {
  const beyond = '192.0.2.1:7101';

  it.each([
    ['listen', (pair: TcpPair) => pair.another({ listen: beyond }), {}],
    [
      'dial',
      (pair: TcpPair) => pair.another({ listen: `${loopback}:${pair.ports.a}` }),
      { b: beyond },
    ],
  ])('is not spoken beyond this machine, to %s, without saying so', async (_, make, others) => {
    const pair = await pairOf();
    const servers = { ...pair.options('a').servers, ...others };
    const remedy = /192\.0\.2\.1:7101, is beyond this machine.*give tls.*plainTextBeyondLoopback$/;
    await expect(opened(make(pair), { ...pair.options('a'), servers })).rejects.toThrow(remedy);
  });

  it('is, to whoever says so', async () => {
    const pair = await pairOf({ plainTextBeyondLoopback: true });
    const servers = { ...pair.options('a').servers, c: beyond };
    await opened(pair.a, { ...pair.options('a'), servers });
  });
});

describe('a certificate that is replaced', () => {
  it('is used for the connections that follow, on both sides', async () => {
    vi.useFakeTimers({ toFake: ['performance'] });
    onTestFinished(() => void vi.useRealTimers());
    let current = serverTls('a');
    const pair = await pairOf({ tls: () => current }, { ...tlsOfB, reconnectMinMs: 1 });
    await openPair(pair);
    const shown = async () => {
      const stranger = new Stranger(pair.ports.a, tlsOfB.tls);
      await eventually(() => stranger.peer !== undefined, 'a shows its certificate');
      stranger.socket.destroy();
      return stranger.peer;
    };
    const before = await shown();
    current = serverTls('a');
    expect(await shown(), 'it is not asked for every connection').toBe(before);
    vi.advanceTimersByTime(10_000);
    // Whoever asks first, the dialer or the listener: both get what is new.
    pair.a.forward('b', 1).close();
    const after = await shown();
    expect(after).not.toBe(before);
    expect(await shown()).toBe(after);
    vi.useRealTimers();
    await converse(pair.a, 'a', pair.b, 'b');
  });
});

describe('certificates in files', () => {
  it('are as good as their text', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'tls-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const { ca: caText, cert, key } = serverTls('a');
    const texts = { ca: caText, cert: cert!, key: key! };
    for (const [name, text] of Object.entries(texts)) writeFileSync(join(folder, name), text);
    const paths = { ca: join(folder, 'ca'), cert: join(folder, 'cert'), key: join(folder, 'key') };
    expect(tlsFiles(paths)()).toEqual({ ...texts, clientCa: undefined });
    const pair = await pairOf({ tls: tlsFiles(paths) }, tlsOfB);
    await openPair(pair);
    await converse(pair.a, 'a', pair.b, 'b');
  });

  it('are missed in one line', async () => {
    const pair = await pairOf({ tls: tlsFiles({ ca: 'nowhere.pem', cert: 'x', key: 'y' }) });
    await expect(opened(pair.a, pair.options('a'))).rejects.toThrow(
      /^tls cannot be had: ENOENT.*nowhere\.pem/,
    );
  });
});
