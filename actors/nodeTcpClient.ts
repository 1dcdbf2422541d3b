/**
 * The way of a native client to its cluster: a connection to any one of the servers, which takes
 * its requests to the leader, and to another one when that is lost.
 *
 * A request is sent once. What a lost connection leaves without an answer is *unknown*; sending it
 * again is for a session, which stands above this.
 */
import { type Observable, Subject } from 'rxjs';
import { type Address, notAnAddress, parseAddress } from './address.js';
import { messageBytesMaxDefault } from './frame.js';
import { HandshakeClient } from './handshakeClient.js';
import { handshakeMsDefault } from './handshakeFormat.js';
import { dial } from './nodeTcpDial.js';
import { plainTextFlaw, tokenFlaw } from './nodeTcpFlaw.js';
import { answerLater, type StreamLimits, TcpForwardStream } from './nodeTcpForwardStream.js';
import { TlsCredentials, type TlsSource } from './nodeTls.js';
import { answers, type TakeAnswer } from './pendingAnswers.js';
import { Refusals } from './refusals.js';
import type { ForwardRequest, TransportNotice } from './transport.js';

/** Sizes in bytes, times in ms. */
export interface TcpClientOptions {
  /** Addresses of some servers, as `host:port`; it begins with any of them. */
  readonly servers: readonly string[];
  /** The id of the cluster. */
  readonly cluster: string;
  /** What the servers have too, with a certificate for this client unless it has a token. */
  readonly tls?: TlsSource;
  /** The secret that the servers have as `clientToken`. */
  readonly token?: string;
  /** Without `tls`, allows servers on other machines, which everybody can listen to. */
  readonly plainTextBeyondLoopback?: boolean;
  /** A server that has not let us in after so long is given up. Default: 5,000. */
  readonly handshakeMs?: number;
  /** After a failure the next server is tried in no less than this. Default: 20. */
  readonly reconnectMinMs?: number;
  /** And, after several failures, in no more than this. Default: 500. */
  readonly reconnectMaxMs?: number;
  /** A server that leaves requests without any answer for so long is given up. Default: 10,000. */
  readonly silenceMs?: number;
  /** With so much unsent, requests are answered *not done*. Default: 16 MiB. */
  readonly queueBytesMax?: number;
  /** The longest request or answer, as the servers have it. Default: 16 MiB. */
  readonly messageBytesMax?: number;
  /** So many requests may be unanswered; more are *not done*. Default: 4,096. */
  readonly requestsMax?: number;
}

/** What a client's requests go through. */
export interface TcpClientPort {
  /**
   * Sends a request, as soon as there is a connection. `done` is called once, and never inside this
   * call.
   */
  request(request: ForwardRequest, done: TakeAnswer): void;
  /** Why a server could not be reached, or was lost; each reason once. */
  readonly notices$: Observable<TransportNotice>;
  /** Idempotent. Answers when no socket is left; what is unanswered has been answered by then. */
  close(done?: () => void): void;
}

/** A way to a cluster. Throws for options that cannot be used. Dials with the first request. */
export function tcpClientPort(options: TcpClientOptions): TcpClientPort {
  return new TcpClient(options);
}

class TcpClient implements TcpClientPort {
  readonly notices$ = new Subject<TransportNotice>();
  readonly #refusals = new Refusals((peer, reason) =>
    this.notices$.next({ type: 'refused', peer, reason }),
  );
  readonly #addresses: readonly Address[];
  readonly #credentials: TlsCredentials | undefined;
  readonly #introduction: HandshakeClient;
  readonly #limits: StreamLimits;
  readonly #pauseMs: { readonly least: number; readonly most: number };
  readonly #silenceMs: number;
  /** What was asked while there was no connection, for the next one. */
  #waiting: [ForwardRequest, TakeAnswer][] = [];
  #waitingBytes = 0;
  #stream: TcpForwardStream | undefined;
  #turn: number;
  #backOffMs: number;
  #retry: NodeJS.Timeout | undefined;
  #watch: NodeJS.Timeout | undefined;
  #heardMs = 0;
  #isClosed = false;
  /** Sockets that are not gone yet, and who waits for that. */
  #socketCount = 0;
  #whenGone: (() => void)[] = [];

  constructor(options: TcpClientOptions) {
    this.#addresses = checkedAddresses(options);
    const { tls, cluster, token = '' } = options;
    const complain = (reason: string) => this.#refusals.add('tls', reason);
    this.#credentials = tls === undefined ? undefined : new TlsCredentials(tls, complain);
    this.#introduction = new HandshakeClient(cluster, token);
    this.#limits = {
      handshakeMs: options.handshakeMs ?? handshakeMsDefault,
      queueBytesMax: options.queueBytesMax ?? 16 * 1024 * 1024,
      messageBytesMax: options.messageBytesMax ?? messageBytesMaxDefault,
      requestsMax: options.requestsMax ?? 4_096,
    };
    const { reconnectMinMs: least = 20, reconnectMaxMs: most = 500 } = options;
    this.#pauseMs = { least, most };
    this.#silenceMs = options.silenceMs ?? 10_000;
    this.#backOffMs = 2 * least;
    // Not all clients begin with the same server.
    this.#turn = Math.floor(Math.random() * this.#addresses.length);
  }

  request(request: ForwardRequest, done: TakeAnswer): void {
    if (this.#isClosed) return answerLater(done, answers.notConnected);
    if (this.#stream !== undefined) return this.#ask(this.#stream, request, done);
    const { requestsMax, queueBytesMax } = this.#limits;
    if (this.#waiting.length >= requestsMax || this.#waitingBytes > queueBytesMax)
      return answerLater(done, answers.overloaded);
    this.#waiting.push([request, done]);
    this.#waitingBytes += request.bytes.length;
    if (this.#retry === undefined) this.#dial();
  }

  close(done: () => void = () => {}): void {
    this.#isClosed = true;
    clearTimeout(this.#retry);
    clearTimeout(this.#watch);
    this.#stream?.close();
    for (const [, take] of this.#takeWaiting()) answerLater(take, answers.notConnected);
    if (this.#socketCount === 0) queueMicrotask(done);
    else this.#whenGone.push(done);
  }

  #dial(): void {
    this.#retry = undefined;
    const address = this.#addresses[this.#turn % this.#addresses.length]!;
    this.#turn++;
    const dialed = dial(address, this.#credentials, this.#limits.messageBytesMax);
    this.#socketCount++;
    dialed.socket.once('close', () => this.#socketGone());
    const stream = new TcpForwardStream(dialed, this.#introduction, this.#limits, 0, {
      heard: () => this.#heard(address),
      ended: (reason) => this.#lost(address, reason),
    });
    this.#stream = stream;
    for (const [request, done] of this.#takeWaiting()) this.#ask(stream, request, done);
  }

  #ask(stream: TcpForwardStream, request: ForwardRequest, done: TakeAnswer): void {
    if (stream.unanswered === 0) this.#heardMs = performance.now();
    stream.request(request, done);
    this.#watch ??= setTimeout(() => this.#look(), this.#silenceMs);
  }

  #takeWaiting(): [ForwardRequest, TakeAnswer][] {
    const waiting = this.#waiting;
    this.#waiting = [];
    this.#waitingBytes = 0;
    return waiting;
  }

  #heard({ host, port }: Address): void {
    this.#heardMs = performance.now();
    this.#backOffMs = 2 * this.#pauseMs.least;
    this.#refusals.forget(`${host}:${port}`);
  }

  #lost({ host, port }: Address, reason: string): void {
    this.#stream = undefined;
    if (this.#isClosed) return;
    this.#refusals.add(`${host}:${port}`, `${reason}; trying the next server`);
    const { least, most } = this.#pauseMs;
    const waitMs = least + Math.random() * (this.#backOffMs - least);
    this.#backOffMs = Math.min(most, this.#backOffMs * 2);
    this.#retry = setTimeout(() => this.#dial(), waitMs);
  }

  /** A machine without power ends no connection: only its silence tells. */
  #look(): void {
    this.#watch = undefined;
    const stream = this.#stream;
    if (stream === undefined || stream.unanswered === 0) return;
    const leftMs = this.#heardMs + this.#silenceMs - performance.now();
    if (leftMs > 0) this.#watch = setTimeout(() => this.#look(), leftMs);
    else stream.close(`it has left requests without any answer for ${this.#silenceMs} ms`);
  }

  #socketGone(): void {
    this.#socketCount--;
    if (this.#socketCount > 0) return;
    for (const done of this.#whenGone.splice(0)) done();
  }
}

function checkedAddresses(options: TcpClientOptions): Address[] {
  if (options.servers.length === 0) throw new Error('a client needs the address of a server');
  const addresses = options.servers.map((text) => {
    const address = parseAddress(text);
    if (address === undefined) throw new Error(notAnAddress('of a server', text));
    return address;
  });
  const places = addresses.map((address): [string, Address] => ['of a server', address]);
  const flaw = plainTextFlaw(options, places) ?? tokenFlaw(options.token);
  if (flaw !== undefined) throw new Error(flaw);
  return addresses;
}
