/**
 * What all connections of one TCP transport share: its options, its sockets, and what it says to
 * people.
 */
import type { Socket } from 'node:net';
import type { ServerId } from '../machines/entry.js';
import type { Address } from './address.js';
import { Allowance } from './frameFragments.js';
import type { Handshake } from './handshake.js';
import type { Connection } from './nodeTcpConnection.js';
import { type Dialed, dial } from './nodeTcpDial.js';
import type { TcpLimits } from './nodeTcpLimits.js';
import type { TlsCredentials } from './nodeTls.js';
import type { Refusals } from './refusals.js';

/** What a station is made of. */
export interface TcpStationParts {
  readonly limits: TcpLimits;
  readonly handshake: Handshake;
  readonly refusals: Refusals;
  readonly addresses: ReadonlyMap<ServerId, Address>;
  /** Undefined: everything is in plain text. */
  readonly credentials: TlsCredentials | undefined;
}

/** One for each time that a transport is opened. */
export class TcpStation implements TcpStationParts {
  readonly limits: TcpLimits;
  readonly handshake: Handshake;
  readonly refusals: Refusals;
  readonly addresses: ReadonlyMap<ServerId, Address>;
  readonly credentials: TlsCredentials | undefined;
  /** For requests of clients that have arrived in part. */
  readonly unfinished: Allowance;
  readonly #sockets = new Map<Socket, Connection | undefined>();
  #isClosed = false;
  #whenEmpty: (() => void) | undefined;

  constructor(parts: TcpStationParts) {
    this.limits = parts.limits;
    this.handshake = parts.handshake;
    this.refusals = parts.refusals;
    this.addresses = parts.addresses;
    this.credentials = parts.credentials;
    this.unfinished = new Allowance(parts.limits.client.unfinishedBytesMax);
  }

  /** Whether it is being closed, or was: nothing may be dialed any more. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  dial(address: Address): Dialed {
    const dialed = dial(address, this.credentials, this.limits.messageBytesMax);
    this.keep(dialed.socket, dialed.connection);
    return dialed;
  }

  /** Keeps account of a socket, and of the connection over it if there is one, until it closes. */
  keep(socket: Socket, connection?: Connection): void {
    this.#sockets.set(socket, connection);
    socket.on('close', () => {
      this.#sockets.delete(socket);
      if (this.#sockets.size === 0) this.#whenEmpty?.();
    });
  }

  /** Closes every connection, and answers when the last is gone. */
  close(done: () => void): void {
    this.#isClosed = true;
    if (this.#sockets.size === 0) return done();
    this.#whenEmpty = done;
    for (const connection of this.#sockets.values()) connection?.close('closed');
    for (const socket of this.#sockets.keys()) socket.destroy();
  }
}
