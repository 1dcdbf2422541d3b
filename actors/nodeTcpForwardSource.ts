/**
 * A forward stream over TCP: the end where requests arrive, and from which they are answered.
 */
import type { Subject } from 'rxjs';
import { decodeRequest, encodeAnswer, type RequestKind } from './forwardFormat.js';
import type { Keeper } from './keeper.js';
import type { Connection, ConnectionUser } from './nodeTcpConnection.js';
import type { TcpLimits } from './nodeTcpLimits.js';
import { answers } from './pendingAnswers.js';
import type { ForwardAnswer, Forwarded } from './transport.js';

/** Hands on the requests of one connection, and sends their answers back on it. */
export class TcpForwardSource implements ConnectionUser {
  readonly #connection: Connection;
  readonly #limits: TcpLimits;
  readonly #keeper: Keeper;
  readonly #forwarded$: Subject<Forwarded>;
  readonly #complain: (reason: string) => void;
  #unanswered = 0;

  constructor(
    connection: Connection,
    limits: TcpLimits,
    keeper: Keeper,
    forwarded$: Subject<Forwarded>,
    complain: (reason: string) => void,
  ) {
    this.#connection = connection;
    this.#limits = limits;
    this.#keeper = keeper;
    this.#forwarded$ = forwarded$;
    this.#complain = complain;
  }

  frame(body: Uint8Array): void {
    const { id, kind, bytes } = decodeRequest(this.#keeper.keep(body));
    const request = new TcpForwarded(this, id, kind, bytes);
    this.#unanswered++;
    if (this.#unanswered > this.#limits.requestsMax) request.answer(answers.overloaded);
    else if (!this.#forwarded$.observed) request.answer(answers.nobodyListens);
    else this.#forwarded$.next(request);
  }

  ended(reason: string, isFault: boolean): void {
    if (isFault) this.#complain(reason);
  }

  /** Sends the answer to request `id`, unless whoever asked is gone. */
  answer(id: number, answer: ForwardAnswer): void {
    this.#unanswered--;
    const connection = this.#connection;
    if (connection.isEnded) return;
    encodeAnswer(connection.beginFrame(), id, answer);
    if (!connection.endFrame()) {
      const reason = `the answer does not fit a frame of ${this.#limits.frameBytesMax} bytes`;
      encodeAnswer(connection.beginFrame(), id, { type: 'unknown', reason });
      connection.endFrame();
    }
    // Whoever does not read its answers may not ask more.
    if (connection.unsentBytes > this.#limits.queueBytesMax) connection.pauseUntilDrained();
  }
}

class TcpForwarded implements Forwarded {
  readonly kind: RequestKind;
  readonly bytes: Uint8Array;
  readonly #id: number;
  #source: TcpForwardSource | undefined;

  constructor(source: TcpForwardSource, id: number, kind: RequestKind, bytes: Uint8Array) {
    this.#source = source;
    this.#id = id;
    this.kind = kind;
    this.bytes = bytes;
  }

  answer(answer: ForwardAnswer): void {
    const source = this.#source;
    this.#source = undefined;
    source?.answer(this.#id, answer);
  }
}
