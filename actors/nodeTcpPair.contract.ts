/**
 * What the tests of the TCP transport are made of: free ports, a pair of transports, and a stranger who may send any
 * bytes.
 */
import { createServer, type Server, type Socket, connect } from 'node:net';
import { ByteWriter } from './bytes.js';
import { beginFrame, endFrame, FrameReader } from './frame.js';
import { encodeHello, type Hello } from './handshakeFormat.js';
import { type TcpOptions, tcpTransport } from './nodeTcpTransport.js';
import type { Transport, TransportOptions } from './transport.js';
import { stopped, type TransportPair } from './transportPair.contract.js';

export const loopback = '127.0.0.1';

/** Ports that nobody listens on now. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(Array.from({ length: count }, () => listening(() => {})));
  const ports = servers.map(portOf);
  await Promise.all(servers.map(closed));
  return ports;
}

export function listening(welcome: (socket: Socket) => void, port = 0): Promise<Server> {
  const server = createServer(welcome);
  return new Promise((resolve) => server.listen(port, loopback, () => resolve(server)));
}

export function portOf(server: Server): number {
  return (server.address() as { port: number }).port;
}

export function closed(server: Server): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()));
}

export interface TcpPair extends TransportPair {
  readonly ports: { readonly a: number; readonly b: number };
  /** Another transport that this pair closes with its own. */
  another(options?: TcpOptions): Transport;
}

/** Two transports on free ports, which allow themselves little so that limits are met soon. */
export async function tcpPair(a: TcpOptions = {}, b: TcpOptions = a): Promise<TcpPair> {
  const [portA, portB] = (await freePorts(2)) as [number, number];
  const servers = { a: `${loopback}:${portA}`, b: `${loopback}:${portB}` };
  const made = [tcpTransport(a), tcpTransport(b)] as const;
  const all: Transport[] = [...made];
  return {
    a: made[0],
    b: made[1],
    ports: { a: portA, b: portB },
    another(options) {
      const transport = tcpTransport(options);
      all.push(transport);
      return transport;
    },
    options: (id): TransportOptions => ({
      clusterId: 'contract',
      serverId: id,
      storeId: `store of ${id}`,
      servers,
      knownStores: {},
    }),
    close: async () => void (await Promise.all(all.map(stopped))),
  };
}

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
  return frame((writer) => encodeHello(writer, { ...versions, ...names, kind: 'raft', ...changes }));
}

/** Somebody who dials and sends bytes; what comes back is cut into frames. */
export class Stranger {
  readonly socket: Socket;
  readonly frames: Uint8Array[] = [];
  isClosed = false;

  constructor(port: number) {
    const reader = new FrameReader();
    this.socket = connect(port, loopback);
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
