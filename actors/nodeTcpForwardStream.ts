/**
 * A forward stream over a TCP connection of its own, so that a command never delays a heartbeat:
 * the dialer's end.
 */
import type { ServerId } from '../machines/entry.js';
import { decodeAnswer, encodeRequest, type RequestKind } from './forwardFormat.js';
import type { Connection } from './nodeTcpConnection.js';
import { introduce } from './nodeTcpHandshake.js';
import type { TcpStation } from './nodeTcpStation.js';
import { answers, PendingAnswers, type TakeAnswer } from './pendingAnswers.js';
import type { ForwardAnswer, ForwardStream } from './transport.js';
import { WireError } from './wireError.js';

/**
 * A stream that never opened: for servers that nobody knows, and for transports that are not open.
 */
export const unopenedStream: ForwardStream = {
  request: (_kind, _bytes, answer) => answerLater(answer, answers.notConnected),
  close: () => {},
};

/** A stream to one server, dialed when it is made. */
export class TcpForwardStream implements ForwardStream {
  readonly #station: TcpStation;
  readonly #connection: Connection;
  readonly #pending = new PendingAnswers();
  #isUp = false;

  /** Dials at once. Requests wait until the other side has let us in. */
  constructor(station: TcpStation, to: ServerId) {
    this.#station = station;
    this.#connection = station.dial(station.addresses.get(to)!);
    introduce(this.#connection, station, 'forward', to, (objection) =>
      objection === undefined ? this.#begin() : this.#end(),
    );
  }

  request(kind: RequestKind, bytes: Uint8Array, answer: TakeAnswer): void {
    const connection = this.#connection;
    const { requestsMax, queueBytesMax, frameBytesMax } = this.#station.limits;
    if (connection.isEnded) return answerLater(answer, answers.notConnected);
    if (this.#pending.size >= requestsMax || connection.unsentBytes > queueBytesMax)
      return answerLater(answer, answers.overloaded);
    const id = this.#pending.add(answer);
    encodeRequest(connection.beginFrame(), id, kind, bytes);
    if (connection.endFrame()) return;
    const reason = `a request of ${bytes.length} bytes does not fit a frame of ${frameBytesMax}`;
    queueMicrotask(() => this.#pending.settle(id, { type: 'notDone', reason }));
  }

  close(): void {
    this.#connection.close('closed');
  }

  #begin(): void {
    this.#isUp = true;
    this.#connection.user = {
      frame: (body) => {
        const { id, answer } = decodeAnswer(body);
        if (!this.#pending.settle(id, answer))
          throw new WireError(`an answer to request ${id}, which does not wait for one`);
      },
      ended: () => this.#end(),
    };
  }

  #end(): void {
    // Before the handshake was done nothing has left this process.
    this.#pending.settleAll(this.#isUp ? answers.streamEnded : answers.notConnected);
  }
}

/** Never inside the call that asks. */
function answerLater(take: TakeAnswer, answer: ForwardAnswer): void {
  queueMicrotask(() => take(answer));
}
