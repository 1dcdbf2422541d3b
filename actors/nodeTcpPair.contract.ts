/**
 * What the tests of the TCP transport begin with: free ports, and a pair of transports on them.
 */
import { createServer, type Server, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import type { TcpOptions } from './nodeTcpLimits.js';
import { tcpTransport } from './nodeTcpTransport.js';
import type { Transport, TransportNotice, TransportOptions } from './transport.js';
import { stopped, type TransportPair } from './transportPair.contract.js';

/** Where everything here listens. */
export const loopback = '127.0.0.1';

/** Ports that nobody listens on now. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(Array.from({ length: count }, () => listening(() => {})));
  const ports = servers.map(portOf);
  await Promise.all(servers.map(closed));
  return ports;
}

/** A bare server, once it listens. */
export function listening(welcome: (socket: Socket) => void, port = 0): Promise<Server> {
  const server = createServer(welcome);
  return new Promise((resolve) => server.listen(port, loopback, () => resolve(server)));
}

/** Where a listening server listens. */
export function portOf(server: Server): number {
  return (server.address() as { port: number }).port;
}

/** Stops a bare server; its sockets must be destroyed besides. */
export function closed(server: Server): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()));
}

/** A pair that knows its ports, and can be joined by more transports. */
export interface TcpPair extends TransportPair {
  readonly ports: { readonly a: number; readonly b: number };
  /** Another transport that this pair closes with its own. */
  readonly another: (options?: TcpOptions) => Transport;
}

/** Two transports on free ports. */
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

/** A pair that is closed when the test is over. */
export async function pairOf(a?: TcpOptions, b?: TcpOptions): Promise<TcpPair> {
  const pair = await tcpPair(a, b);
  onTestFinished(() => pair.close());
  return pair;
}

/** All notices from now on, in a list that grows. */
export function noticesOf(transport: Transport): TransportNotice[] {
  const notices: TransportNotice[] = [];
  transport.notices$.subscribe((notice) => notices.push(notice));
  return notices;
}

/** What was refused, a line each. */
export function reasonsOf(notices: readonly TransportNotice[]): string {
  return notices.map((notice) => (notice.type === 'refused' ? notice.reason : '')).join('\n');
}
