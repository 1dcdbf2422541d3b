/**
 * Dialing: a connection to an address, with TLS or without, and what the other side proves by it.
 */
import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { Address } from './address.js';
import { nothingProven, type Proof } from './handshakeProof.js';
import { Connection } from './nodeTcpConnection.js';
import type { TlsCredentials } from './nodeTls.js';

/** A connection that is being made. */
export interface Dialed {
  readonly socket: Socket;
  readonly connection: Connection;
  /** Calls back once, when something may be said: never, if it comes to nothing. */
  readonly whenProven: (proven: (proof: Proof) => void) => void;
}

/** Dials `address`. Without credentials in plain text. */
export function dial(
  { host, port }: Address,
  credentials: TlsCredentials | undefined,
  messageBytesMax: number,
): Dialed {
  if (credentials === undefined) {
    const socket = connect({ host, port });
    const connection = new Connection(socket, messageBytesMax);
    // What is written before it is connected waits in the socket.
    return { socket, connection, whenProven: (proven) => proven(nothingProven) };
  }
  const socket = connectTls({ host, port, ...credentials.dialOptions() });
  const connection = new Connection(socket, messageBytesMax);
  return {
    socket,
    connection,
    whenProven: (proven) =>
      void socket.once('secureConnect', () => {
        if (!connection.isEnded) proven(credentials.proofOf(socket));
      }),
  };
}
