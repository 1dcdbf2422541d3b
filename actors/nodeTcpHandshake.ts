/**
 * The handshake over a TCP connection: one frame each way, within a time limit, and nothing else
 * before it is done.
 */
import type { Introduction } from './handshake.js';
import {
  decodeHello,
  decodeReply,
  encodeHello,
  encodeReply,
  type Hello,
} from './handshakeFormat.js';
import type { Proof } from './handshakeProof.js';
import type { Connection, ConnectionUser } from './nodeTcpConnection.js';
import type { Dialed } from './nodeTcpDial.js';
import type { TcpStation } from './nodeTcpStation.js';

/**
 * The dialer's half. Answers `done` once: with undefined when the other side has let us in and is
 * who we wanted, else with why not. The limit of time includes the dialing.
 */
export function introduce(
  { connection, whenProven }: Dialed,
  introduction: Introduction,
  handshakeMs: number,
  done: (objection: string | undefined) => void,
): void {
  const timer = startLimit(connection, handshakeMs);
  const ended = (reason: string) => {
    clearTimeout(timer);
    done(reason);
  };
  connection.user = { frame: () => connection.close('it answers before it was asked'), ended };
  whenProven((proof) => {
    const stranger = introduction.objectionToProof(proof);
    if (stranger !== undefined) return connection.close(stranger);
    connection.user = {
      frame(body) {
        const objection = introduction.objectionToReply(decodeReply(body), proof);
        if (objection !== undefined) return connection.close(objection);
        clearTimeout(timer);
        connection.admit();
        done(undefined);
      },
      ended,
    };
    connection.writeNow((writer) => encodeHello(writer, introduction.hello()));
  });
}

/**
 * What a listener learns from the other side: its hello, if it may come in, or why nothing came of
 * it.
 */
export interface Visit {
  readonly hello: Hello | undefined;
  readonly objection: string | undefined;
}

/** The listener's half. `isFull` may object to one more of a kind. Answers `done` once. */
export function receive(
  connection: Connection,
  station: TcpStation,
  proof: Proof,
  isFull: (hello: Hello) => string | undefined,
  done: (visit: Visit) => void,
): void {
  const { handshake, limits, unfinished } = station;
  const timer = startLimit(connection, limits.handshakeMs);
  connection.user = {
    frame(body) {
      const hello = decodeHello(body);
      const full = isFull(hello);
      const reply =
        full === undefined
          ? handshake.answer(hello, proof)
          : ({ type: 'refused', reason: full } as const);
      if (reply.type === 'refused') {
        connection.user = leaving(timer);
        connection.endWith((writer) => encodeReply(writer, reply));
        return done({ hello, objection: reply.reason });
      }
      clearTimeout(timer);
      connection.writeNow((writer) => encodeReply(writer, reply));
      connection.admit(hello.kind === 'client' ? unfinished : undefined);
      done({ hello, objection: undefined });
    },
    ended(reason) {
      clearTimeout(timer);
      done({ hello: undefined, objection: reason });
    },
  };
}

function startLimit(connection: Connection, handshakeMs: number): NodeJS.Timeout {
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
