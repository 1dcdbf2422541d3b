/**
 * Those whom the tests of the TCP transport let loose on it: a stranger who sends any bytes, and a
 * server that lets everybody in and never says a word.
 */
import { connect, type Server, type Socket } from 'node:net';
import { connect as connectTls, createServer as createTlsServer } from 'node:tls';
import { onTestFinished } from 'vitest';
import { ByteWriter } from './bytes.js';
import { beginFrame, endFrame, FrameReader, type TakeFrame } from './frame.js';
import { encodeHello, encodeReply, type Hello } from './handshakeFormat.js';
import type { TcpOptions } from './nodeTcpLimits.js';
import { closed, listening, loopback, pairOf, type TcpPair } from './nodeTcpPair.contract.js';
import type { TlsOptions } from './nodeTls.js';
import { converse, eventually, openPair } from './transportPair.contract.js';

/** One frame around what `write` writes. */
export function frame(write: (writer: ByteWriter) => void): Uint8Array {
  const writer = new ByteWriter();
  const start = beginFrame(writer);
  write(writer);
  endFrame(writer, start);
  return writer.finish();
}

/** What server b says when it dials server a of the pair, unless told otherwise. */
export function helloFrame(changes: Partial<Hello> = {}): Uint8Array {
  const versions = { lowestVersion: 1, highestVersion: 1, recoveryEpoch: 0, featureLevel: 1 };
  const names = { clusterId: 'contract', serverId: 'b', storeId: 'store of b', receiverId: 'a' };
  return frame((writer) =>
    encodeHello(writer, { ...versions, ...names, kind: 'raft', token: '', ...changes }),
  );
}

/** Somebody who dials and sends bytes; what comes back is cut into frames. */
export class Stranger {
  readonly socket: Socket;
  readonly frames: Uint8Array[] = [];
  isClosed = false;
  /** The serial number of the certificate that it was shown. */
  peer: string | undefined;

  /** With `tls` it believes whoever answers. */
  constructor(port: number, tls?: TlsOptions) {
    const reader = new FrameReader();
    if (tls === undefined) this.socket = connect(port, loopback);
    else {
      const socket = connectTls({ ...tls, port, host: loopback, rejectUnauthorized: false });
      socket.on('secureConnect', () => {
        this.peer = socket.getPeerX509Certificate()?.serialNumber;
      });
      this.socket = socket;
    }
    this.socket.on('data', (chunk) => reader.push(chunk, (body) => this.frames.push(body)));
    this.socket.on('error', () => {});
    this.socket.on('close', () => {
      this.isClosed = true;
    });
  }

  send(bytes: Uint8Array): void {
    this.socket.write(bytes);
  }
}

/** A server that listens and never speaks. */
export interface MuteServer {
  readonly server: Server;
  readonly sockets: Socket[];
}

/** Listens as server b, lets everybody in, and says nothing more. */
export async function muteServer(
  pair: TcpPair,
  onFrame: TakeFrame = () => {},
): Promise<MuteServer> {
  const sockets: Socket[] = [];
  const names = { serverId: 'b', storeId: 'store of b' };
  const reply = {
    type: 'accepted',
    version: 1,
    ...names,
    recoveryEpoch: 0,
    featureLevel: 1,
  } as const;
  const server = await listening((socket) => {
    sockets.push(socket);
    const reader = new FrameReader();
    let isFirst = true;
    socket.on('error', () => {});
    socket.on('data', (chunk) =>
      reader.push(chunk, (body, part) => {
        if (isFirst) socket.write(frame((writer) => encodeReply(writer, reply)));
        else onFrame(body, part);
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

/** Listens with a certificate, and counts the bytes that it hears. */
export async function listeningWith(tls: TlsOptions, port: number): Promise<{ heard: number }> {
  const listener = { heard: 0 };
  const sockets: Socket[] = [];
  const server = createTlsServer({ ...tls, rejectUnauthorized: false }, (socket) => {
    sockets.push(socket);
    socket.on('error', () => {});
    socket.on('data', (chunk) => {
      listener.heard += chunk.length;
    });
  });
  server.on('tlsClientError', () => {});
  await new Promise<void>((resolve) => server.listen(port, loopback, resolve));
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy();
    await closed(server);
  });
  return listener;
}

/** An open pair that talks; whatever a stranger does to a, it must go on talking. */
export async function talkingPair(
  options: TcpOptions = {},
): Promise<TcpPair & { reasons: string[] }> {
  const pair = await pairOf(options);
  const reasons: string[] = [];
  pair.a.notices$.subscribe((notice) => {
    if (notice.type === 'refused') reasons.push(`${notice.peer}: ${notice.reason}`);
  });
  await openPair(pair);
  await converse(pair.b, 'b', pair.a, 'a');
  return { ...pair, reasons };
}

/** A stranger is closed, and the pair does not mind. */
export async function closesAndTalksOn(pair: TcpPair, stranger: Stranger): Promise<void> {
  await eventually(() => stranger.isClosed, 'the stranger is closed');
  await converse(pair.b, 'b', pair.a, 'a');
  await converse(pair.a, 'a', pair.b, 'b');
}

/** The same bytes in every run (xorshift32). */
export function randomBytes(length: number, seed: number): Uint8Array<ArrayBuffer> {
  let state = seed;
  return Uint8Array.from({ length }, () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state & 0xff;
  });
}
