/**
 * The handshake over a TCP connection: one frame each way, within a time limit, and nothing else
 * before it is done.
 */
import type { ServerId } from '../machines/entry.js';
import {
  type ConnectionKind,
  decodeHello,
  decodeReply,
  encodeHello,
  encodeReply,
  type Hello,
} from './handshakeFormat.js';
import type { Connection, ConnectionUser } from './nodeTcpConnection.js';
import type { TcpStation } from './nodeTcpStation.js';

/**
 * The dialer's half. Answers `done` once: with undefined when the other side has let us in and is
 * who we wanted, else with why not. The limit of time includes the dialing.
 */
export function introduce(
  connection: Connection,
  station: TcpStation,
  kind: ConnectionKind,
  receiverId: ServerId,
  done: (objection: string | undefined) => void,
): void {
  const { handshake } = station;
  const timer = startLimit(connection, station);
  connection.user = {
    frame(body) {
      const objection = handshake.objectionToReply(decodeReply(body), receiverId);
      if (objection !== undefined) return connection.close(objection);
      clearTimeout(timer);
      connection.admit();
      done(undefined);
    },
    ended(reason) {
      clearTimeout(timer);
      done(reason);
    },
  };
  connection.writeNow((writer) => encodeHello(writer, handshake.hello(kind, receiverId)));
}

/**
 * What a listener learns from the other side: its hello, if it may come in, or why nothing came of
 * it.
 */
export interface Visit {
  readonly hello: Hello | undefined;
  readonly objection: string | undefined;
}

/** The listener's half. Answers `done` once. */
export function receive(
  connection: Connection,
  station: TcpStation,
  done: (visit: Visit) => void,
): void {
  const { handshake } = station;
  const timer = startLimit(connection, station);
  connection.user = {
    frame(body) {
      const hello = decodeHello(body);
      const reply = handshake.answer(hello);
      if (reply.type === 'refused') {
        connection.user = leaving(timer);
        connection.endWith((writer) => encodeReply(writer, reply));
        return done({ hello, objection: reply.reason });
      }
      clearTimeout(timer);
      connection.writeNow((writer) => encodeReply(writer, reply));
      connection.admit();
      done({ hello, objection: undefined });
    },
    ended(reason) {
      clearTimeout(timer);
      done({ hello: undefined, objection: reason });
    },
  };
}

function startLimit(connection: Connection, station: TcpStation): NodeJS.Timeout {
  const { handshakeMs } = station.limits;
  return setTimeout(() => connection.close(`no handshake within ${handshakeMs} ms`), handshakeMs);
}

/**
 * Waits for a refused visitor to read why, and to go, for as long as the handshake might have
 * taken.
 */
function leaving(timer: NodeJS.Timeout): ConnectionUser {
  return {
    frame: () => {},
    ended: () => clearTimeout(timer),
  };
}
