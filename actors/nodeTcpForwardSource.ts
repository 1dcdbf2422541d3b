/**
 * A stream of requests over TCP: the end where they arrive, from servers that forward and from
 * clients, and from which they are answered.
 */
import type { Subject } from 'rxjs';
import { decodeRequest, encodeAnswer, type ForwardedRequest } from './forwardFormat.js';
import type { Keeper } from './keeper.js';
import type { Connection, ConnectionUser } from './nodeTcpConnection.js';
import type { StreamLimits } from './nodeTcpForwardStream.js';
import { answers } from './pendingAnswers.js';
import type { ForwardAnswer, Forwarded } from './transport.js';
import { WireError } from './wireError.js';

/** What the sources of one kind have in common. */
export interface SourceOptions {
  readonly kind: 'forward' | 'client';
  readonly limits: StreamLimits;
  readonly keeper: Keeper;
  readonly requests$: Subject<Forwarded>;
}

/** Hands on the requests of one connection, and sends their answers back on it. */
export class TcpForwardSource implements ConnectionUser {
  readonly #connection: Connection;
  readonly #options: SourceOptions;
  readonly #complain: (reason: string) => void;
  #unanswered = 0;
  #unansweredBytes = 0;

  constructor(connection: Connection, options: SourceOptions, complain: (reason: string) => void) {
    this.#connection = connection;
    this.#options = options;
    this.#complain = complain;
  }

  frame(body: Uint8Array): void {
    const { kind, limits, keeper, requests$ } = this.#options;
    const request = decodeRequest(keeper.keep(body));
    if ((request.term === 0) !== (kind === 'client'))
      throw new WireError(`a request for term ${request.term} on a ${kind} connection`);
    this.#unanswered++;
    this.#unansweredBytes += request.bytes.length;
    const forwarded = new TcpForwarded(this, request);
    if (this.#unanswered > limits.requestsMax) forwarded.answer(answers.overloaded);
    else if (!requests$.observed) forwarded.answer(answers.nobodyListens);
    else requests$.next(forwarded);
    this.#pace();
  }

  drained(): void {
    this.#pace();
  }

  ended(reason: string, isFault: boolean): void {
    if (isFault) this.#complain(reason);
  }

  /** Sends the answer to request `id`, of so many bytes, unless whoever asked is gone. */
  answer(id: number, bytes: number, answer: ForwardAnswer): void {
    this.#unanswered--;
    this.#unansweredBytes -= bytes;
    const connection = this.#connection;
    if (connection.isEnded) return;
    encodeAnswer(connection.beginFrame(), id, answer);
    if (!connection.endFrame()) {
      const { messageBytesMax } = this.#options.limits;
      const reason = `the answer does not fit a message of ${messageBytesMax} bytes`;
      encodeAnswer(connection.beginFrame(), id, { type: 'unknown', reason });
      connection.endFrame();
    }
    this.#pace();
  }

  /** Whoever does not read its answers, or has asked too much at once, has to wait. */
  #pace(): void {
    const connection = this.#connection;
    if (connection.isEnded) return;
    const { queueBytesMax } = this.#options.limits;
    const { unsentBytes } = connection;
    connection.read(unsentBytes <= queueBytesMax && this.#unansweredBytes <= queueBytesMax);
  }
}

class TcpForwarded implements Forwarded {
  readonly kind: Forwarded['kind'];
  readonly sessionId: number;
  readonly sequence: number;
  readonly firstUnacknowledged: number;
  readonly bytes: Uint8Array;
  readonly term: number | undefined;
  readonly #id: number;
  #source: TcpForwardSource | undefined;

  constructor(source: TcpForwardSource, request: ForwardedRequest) {
    this.kind = request.kind;
    this.sessionId = request.sessionId;
    this.sequence = request.sequence;
    this.firstUnacknowledged = request.firstUnacknowledged;
    this.bytes = request.bytes;
    this.term = request.term === 0 ? undefined : request.term;
    this.#source = source;
    this.#id = request.id;
  }

  answer(answer: ForwardAnswer): void {
    const source = this.#source;
    this.#source = undefined;
    source?.answer(this.#id, this.bytes.length, answer);
  }
}
