/**
 * The network, as a port: messages go out, messages come in, and nothing is promised about either.
 * A message may be lost, delayed, doubled or overtaken; it is never altered, and never comes from
 * anyone but its `from`.
 */
import type { Observable } from 'rxjs';
import type { ServerId } from '../machines/entry.js';
import type { Message } from '../machines/messages.js';

/** Who opens a transport, and whom it may reach. */
export interface TransportOptions {
  readonly clusterId: string;
  readonly serverId: ServerId;
  readonly storeId: string;
  /** Addresses by server id, the own one among them. */
  readonly servers: Readonly<Record<ServerId, string>>;
  /** The store ids under which the others were met before: another one is refused. */
  readonly knownStores: Readonly<Record<ServerId, string>>;
}

/** Something that a person or a server should know of, and that is no message. */
export type TransportNotice =
  | { readonly type: 'metStore'; readonly serverId: ServerId; readonly storeId: string }
  | { readonly type: 'refused'; readonly peer: string; readonly reason: string };

/** A request of another server's client side (a command or a query), and how to answer it. */
export interface Forwarded {
  readonly kind: 'command' | 'query';
  readonly bytes: Uint8Array;
  answer(answer: ForwardAnswer): void;
}

export type ForwardAnswer =
  | { readonly type: 'done'; readonly index: number; readonly bytes: Uint8Array }
  | { readonly type: 'threw'; readonly message: string }
  | { readonly type: 'notDone' | 'unknown'; readonly reason: string };

/**
 * An ordered stream of requests to one server. Requests are sent once, in order; when the stream
 * ends, those without an answer are answered *unknown*, and later ones *not done*.
 */
export interface ForwardStream {
  request(
    kind: 'command' | 'query',
    bytes: Uint8Array,
    answer: (answer: ForwardAnswer) => void,
  ): void;
  close(): void;
}

/** One group's servers share a transport: every message says which group it is for. */
export interface Transport {
  /** Starts listening. Answers with an error where that cannot be (a taken port). */
  open(options: TransportOptions, done: (error: Error | undefined) => void): void;
  /** Messages for this server, in the order of their arrival. Never ends with an error. */
  readonly messages$: Observable<Message>;
  readonly notices$: Observable<TransportNotice>;
  /** Requests that other servers forward to this one. */
  readonly forwarded$: Observable<Forwarded>;
  /** Sends, or drops. Never throws, never waits. */
  send(to: ServerId, group: number, message: Message): void;
  /** Opens a stream of requests to another server. */
  forward(to: ServerId): ForwardStream;
  /** Idempotent. Nothing arrives after it has answered. */
  close(done: () => void): void;
}
