/**
 * Where a TCP transport is dialed: who may come in, and what for.
 */
import { createServer, type Server, type Socket } from 'node:net';
import {
  createServer as createTlsServer,
  type TLSSocket,
  type Server as TlsServer,
} from 'node:tls';
import type { ServerId } from '../machines/entry.js';
import type { Address } from './address.js';
import type { ConnectionKind, Hello } from './handshakeFormat.js';
import { nothingProven, type Proof } from './handshakeProof.js';
import { Connection } from './nodeTcpConnection.js';
import { connectionError, listenError } from './nodeTcpError.js';
import { receive, type Visit } from './nodeTcpHandshake.js';
import type { TcpStation } from './nodeTcpStation.js';
import { TcpStrangers } from './nodeTcpStrangers.js';

/** What a listener does with those it lets in, by what they have come for. */
export type Visitors = Readonly<
  Record<ConnectionKind, (connection: Connection, from: ServerId) => void>
>;

/** Takes connections, and hands on those whose handshake was accepted. */
export class TcpListener {
  readonly #station: TcpStation;
  readonly #visitors: Visitors;
  readonly #server: Server;
  readonly #strangers: TcpStrangers;
  readonly #open: Record<ConnectionKind, number> = { raft: 0, forward: 0, client: 0 };

  constructor(station: TcpStation, visitors: Visitors) {
    this.#station = station;
    this.#visitors = visitors;
    const { strangersMax } = station.limits;
    this.#strangers = new TcpStrangers(strangersMax, () =>
      this.#complain(`${strangersMax} connections are at their handshake; the oldest is closed`),
    );
    this.#server = station.credentials === undefined ? this.#plainServer() : this.#tlsServer();
  }

  /** Answers once: with undefined when it listens, or with one line that says why it cannot. */
  open(address: Address, done: (error: Error | undefined) => void): void {
    const server = this.#server;
    const failed = (error: NodeJS.ErrnoException) => done(listenError(error, address));
    server.once('error', failed);
    server.listen({ host: address.host, port: address.port }, () => {
      server.off('error', failed);
      server.on('error', (error) => this.#complain(error.message));
      done(undefined);
    });
  }

  /** Answers when it no longer listens, and all that came in is gone. */
  close(done: () => void): void {
    if (this.#server.listening) this.#server.close(() => done());
    else done();
  }

  #plainServer(): Server {
    return createServer((socket) => {
      this.#strangers.add(socket);
      this.#welcome(socket, nothingProven);
    });
  }

  #tlsServer(): Server {
    const credentials = this.#station.credentials!;
    const handshakeTimeout = this.#station.limits.handshakeMs;
    const server: TlsServer = createTlsServer(
      { ...credentials.listenOptions(), handshakeTimeout },
      (socket) => this.#welcome(socket, credentials.proofOf(socket)),
    );
    let { edition } = credentials;
    // Ahead of the server's own, so that it takes up this very connection with what is new.
    server.prependListener('connection', (socket) => {
      socket.on('error', () => {});
      this.#station.keep(socket);
      this.#strangers.add(socket);
      credentials.renew();
      if (credentials.edition === edition) return;
      edition = credentials.edition;
      server.setSecureContext(credentials.listenOptions());
    });
    server.on('tlsClientError', (error, socket: TLSSocket) => {
      const from = socket.remoteAddress ?? 'an unknown address';
      this.#station.refusals.add(from, connectionError(error));
      socket.destroy();
    });
    return server;
  }

  #welcome(socket: Socket, proof: Proof): void {
    const { messageBytesMax } = this.#station.limits;
    const connection = new Connection(socket, messageBytesMax);
    this.#station.keep(socket, connection);
    const { remoteHost } = connection;
    const isFull = (hello: Hello) => this.#isFull(hello);
    receive(connection, this.#station, proof, isFull, ({ hello, objection }: Visit) => {
      const { refusals, addresses } = this.#station;
      if (hello !== undefined && objection === undefined)
        return this.#admit(socket, connection, hello);
      // What a name is worth that somebody merely claims: where there are certificates, nothing.
      const name = proof.flaw === undefined ? hello?.serverId : undefined;
      const isKnown = name !== undefined && addresses.has(name);
      refusals.add(isKnown ? name : remoteHost, objection!);
    });
  }

  #admit(socket: Socket, connection: Connection, { kind, serverId }: Hello): void {
    this.#strangers.remove(socket);
    this.#open[kind]++;
    socket.once('close', () => this.#open[kind]--);
    this.#visitors[kind](connection, serverId);
  }

  /** A server has one connection for its messages, and takes its own place: those have no limit. */
  #isFull({ kind }: Hello): string | undefined {
    if (kind === 'raft') return undefined;
    const { connectionsMax } = this.#station.limits[kind];
    return this.#open[kind] < connectionsMax
      ? undefined
      : `${connectionsMax} ${kind} connections are open here, the most; try another server`;
  }

  #complain(reason: string): void {
    this.#station.refusals.add('the listener', reason);
  }
}
