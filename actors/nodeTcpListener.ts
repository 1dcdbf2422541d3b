/**
 * Where a TCP transport is dialed: who may come in, and what for.
 */
import { createServer, type Server, type Socket } from 'node:net';
import type { ServerId } from '../machines/entry.js';
import type { Address } from './address.js';
import type { Connection } from './nodeTcpConnection.js';
import { receive, type Visit } from './nodeTcpHandshake.js';
import type { TcpStation } from './nodeTcpStation.js';

/** What a listener does with those it lets in. */
export interface Visitors {
  raft(connection: Connection, from: ServerId): void;
  forward(connection: Connection, from: ServerId): void;
}

/** So many connections may be open at a time; more are closed as they come. */
const connectionsMax = 1024;

/** Takes connections, and hands on those whose handshake was accepted. */
export class TcpListener {
  readonly #station: TcpStation;
  readonly #visitors: Visitors;
  readonly #server: Server;

  constructor(station: TcpStation, visitors: Visitors) {
    this.#station = station;
    this.#visitors = visitors;
    this.#server = createServer((socket) => this.#welcome(socket));
    this.#server.maxConnections = connectionsMax;
    this.#server.on('drop', () =>
      station.refusals.add(
        'the listener',
        `${connectionsMax} connections are open; more are closed`,
      ),
    );
  }

  /** Answers once: with undefined when it listens, or with one line that says why it cannot. */
  open(address: Address, done: (error: Error | undefined) => void): void {
    const server = this.#server;
    const failed = (error: NodeJS.ErrnoException) => done(explained(error, address));
    server.once('error', failed);
    server.listen({ host: address.host, port: address.port }, () => {
      server.off('error', failed);
      server.on('error', (error) => this.#station.refusals.add('the listener', error.message));
      done(undefined);
    });
  }

  /** Answers when it no longer listens, and all that came in is gone. */
  close(done: () => void): void {
    if (this.#server.listening) this.#server.close(() => done());
    else done();
  }

  #welcome(socket: Socket): void {
    const connection = this.#station.connection(socket);
    const { remoteHost } = connection;
    receive(connection, this.#station, ({ hello, objection }: Visit) => {
      const { refusals, addresses } = this.#station;
      if (hello !== undefined && objection === undefined) {
        const use = hello.kind === 'raft' ? 'raft' : 'forward';
        return this.#visitors[use](connection, hello.serverId);
      }
      const isKnown = hello !== undefined && addresses.has(hello.serverId);
      refusals.add(isKnown ? hello.serverId : remoteHost, objection!);
    });
  }
}

function explained(error: NodeJS.ErrnoException, { host, port }: Address): Error {
  return Object.assign(new Error(explanation(error, host, port)), { code: error.code });
}

function explanation(error: NodeJS.ErrnoException, host: string, port: number): string {
  const place = `port ${port} on ${host}`;
  switch (error.code) {
    case 'EADDRINUSE':
      return `${place} is taken by another program; free it or choose another with --listen`;
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return `${host} is no address of this machine; choose one that is with --listen`;
    case 'EACCES':
      return `${place} may not be opened by this user; choose one above 1023 with --listen`;
    default:
      return `cannot listen on ${place}: ${error.message}`;
  }
}
