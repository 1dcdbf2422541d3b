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

/** What is asked of a leader: a change, a look, or the beginning or end of a session. */
export interface ForwardRequest {
  readonly kind: 'command' | 'query' | 'openSession' | 'closeSession';
  /** As in the entry that it becomes; 0 without a session. */
  readonly sessionId: number;
  readonly sequence: number;
  readonly firstUnacknowledged: number;
  readonly bytes: Uint8Array;
}

/** A request of another server or of a client, and how to answer it. */
export interface Forwarded extends ForwardRequest {
  /** Only the leader of this term may take it; undefined: whoever leads. */
  readonly term: number | undefined;
  answer(answer: ForwardAnswer): void;
}

/** The answer to a request. A session is named by the index at which it was opened. */
export type ForwardAnswer =
  | { readonly type: 'done'; readonly index: number; readonly bytes: Uint8Array }
  | { readonly type: 'threw'; readonly message: string }
  /** `expired`: its session is gone, and whether the command was applied is not known. */
  | { readonly type: 'notDone' | 'unknown' | 'expired'; readonly reason: string };

/**
 * An ordered stream of requests to one server. Requests are sent once, in order; when the stream
 * ends, those without an answer are answered *unknown*, and later ones *not done*.
 */
export interface ForwardStream {
  request(request: ForwardRequest, answer: (answer: ForwardAnswer) => void): void;
  close(): void;
}

/** One group's servers share a transport: every message says which group it is for. */
export interface Transport {
  /** Starts listening. Answers with an error where that cannot be (a taken port). */
  open(options: TransportOptions, done: (error: Error | undefined) => void): void;
  /** Messages for this server, in the order of their arrival. Never ends with an error. */
  readonly messages$: Observable<Message>;
  readonly notices$: Observable<TransportNotice>;
  /** Requests that other servers forward to this one, to be answered here. */
  readonly forwarded$: Observable<Forwarded>;
  /** Requests of native clients, which may have to go on to the leader. */
  readonly clients$: Observable<Forwarded>;
  /** Sends, or drops. Never throws, never waits. */
  send(to: ServerId, group: number, message: Message): void;
  /** Opens a stream of requests to another server, as the leader of `term`. */
  forward(to: ServerId, term: number): ForwardStream;
  /** Idempotent. Nothing arrives after it has answered. */
  close(done: () => void): void;
}
