/**
 * A stream of requests over a TCP connection of its own, so that a command never delays a
 * heartbeat: the dialer's end, for servers that forward and for clients.
 */
import { decodeAnswer, encodeRequest } from './forwardFormat.js';
import type { Introduction } from './handshake.js';
import type { Connection } from './nodeTcpConnection.js';
import type { Dialed } from './nodeTcpDial.js';
import { introduce } from './nodeTcpHandshake.js';
import type { ConnectionLimits } from './nodeTcpLimits.js';
import { answers, PendingAnswers, type TakeAnswer } from './pendingAnswers.js';
import type { ForwardAnswer, ForwardRequest, ForwardStream } from './transport.js';
import { WireError } from './wireError.js';

/**
 * A stream that never opened: for servers that nobody knows, and for transports that are not open.
 */
export const unopenedStream: ForwardStream = {
  request: (_request, answer) => answerLater(answer, answers.notConnected),
  close: () => {},
};

/** Whom a stream tells how it fares. */
export interface StreamUser {
  /** An answer has come. */
  heard?(): void;
  /** No more can be asked; all that was has been answered. */
  ended?(reason: string): void;
}

/** What is bounded of a stream. */
export interface StreamLimits extends ConnectionLimits {
  readonly requestsMax: number;
}

/** A stream over one connection. */
export class TcpForwardStream implements ForwardStream {
  readonly #connection: Connection;
  readonly #limits: StreamLimits;
  readonly #term: number;
  readonly #user: StreamUser;
  readonly #pending = new PendingAnswers();
  #isUp = false;

  /**
   * Requests wait until the other side has let us in. They are meant for the leader of `term`, or
   * for any if that is 0.
   */
  constructor(
    dialed: Dialed,
    introduction: Introduction,
    limits: StreamLimits,
    term: number,
    user: StreamUser = {},
  ) {
    this.#connection = dialed.connection;
    this.#limits = limits;
    this.#term = term;
    this.#user = user;
    introduce(dialed, introduction, limits.handshakeMs, (objection) =>
      objection === undefined ? this.#begin() : this.#end(objection),
    );
  }

  /** How many requests wait for their answers. */
  get unanswered(): number {
    return this.#pending.size;
  }

  request(request: ForwardRequest, answer: TakeAnswer): void {
    const connection = this.#connection;
    const { requestsMax, queueBytesMax, messageBytesMax } = this.#limits;
    if (connection.isEnded) return answerLater(answer, answers.notConnected);
    if (this.#pending.size >= requestsMax || connection.unsentBytes > queueBytesMax)
      return answerLater(answer, answers.overloaded);
    const id = this.#pending.add(answer);
    encodeRequest(connection.beginFrame(), id, this.#term, request);
    if (connection.endFrame()) return;
    const { length } = request.bytes;
    const reason = `a request of ${length} bytes does not fit a message of ${messageBytesMax}`;
    queueMicrotask(() => this.#pending.settle(id, { type: 'notDone', reason }));
  }

  /** `reason` is for whoever is told of the end. */
  close(reason = 'closed'): void {
    this.#connection.close(reason);
  }

  #begin(): void {
    this.#isUp = true;
    this.#connection.user = {
      frame: (body) => {
        const { id, answer } = decodeAnswer(body);
        this.#user.heard?.();
        if (!this.#pending.settle(id, answer))
          throw new WireError(`an answer to request ${id}, which does not wait for one`);
      },
      ended: (reason) => this.#end(reason),
    };
  }

  #end(reason: string): void {
    // Before the handshake was done nothing has left this process.
    this.#pending.settleAll(this.#isUp ? answers.streamEnded : notConnected(reason));
    this.#user.ended?.(reason);
  }
}

function notConnected(reason: string): ForwardAnswer {
  return { type: 'notDone', reason: `${answers.notConnected.reason}: ${reason}` };
}

/** Never inside the call that asks. */
export function answerLater(take: TakeAnswer, answer: ForwardAnswer): void {
  queueMicrotask(() => take(answer));
}
