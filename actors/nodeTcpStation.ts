/**
 * What all connections of one TCP transport share: its options, its sockets, and what it says to
 * people.
 */
import { connect, type Socket } from 'node:net';
import type { ServerId } from '../machines/entry.js';
import type { Address } from './address.js';
import type { Handshake } from './handshake.js';
import { Connection, type ConnectionUser } from './nodeTcpConnection.js';
import type { TcpLimits } from './nodeTcpLimits.js';
import type { Refusals } from './refusals.js';

const beforeItsUse: ConnectionUser = { frame: () => {}, ended: () => {} };

/** One for each time that a transport is opened. */
export class TcpStation {
  readonly limits: TcpLimits;
  readonly handshake: Handshake;
  readonly refusals: Refusals;
  readonly addresses: ReadonlyMap<ServerId, Address>;
  readonly #connections = new Map<Socket, Connection>();
  #isClosed = false;
  #whenEmpty: (() => void) | undefined;

  constructor(
    limits: TcpLimits,
    handshake: Handshake,
    refusals: Refusals,
    addresses: ReadonlyMap<ServerId, Address>,
  ) {
    this.limits = limits;
    this.handshake = handshake;
    this.refusals = refusals;
    this.addresses = addresses;
  }

  /** Whether it is being closed, or was: nothing may be dialed any more. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  /**
   * Dials. Where TLS is wanted, its `connect` takes the place of this one, and its server that of
   * the listener's.
   */
  dial(address: Address): Connection {
    return this.connection(connect({ host: address.host, port: address.port }));
  }

  /** A connection over `socket`, which is kept account of until it is closed. */
  connection(socket: Socket): Connection {
    const connection = new Connection(socket, this.limits.frameBytesMax, beforeItsUse);
    this.#connections.set(socket, connection);
    socket.on('close', () => {
      this.#connections.delete(socket);
      if (this.#connections.size === 0) this.#whenEmpty?.();
    });
    return connection;
  }

  /** Closes every connection, and answers when the last is gone. */
  close(done: () => void): void {
    this.#isClosed = true;
    if (this.#connections.size === 0) return done();
    this.#whenEmpty = done;
    for (const connection of this.#connections.values()) connection.close('closed');
  }
}
