/**
 * What a user may set of the TCP transport, and what it is when nothing is set.
 */
import { messageBytesMaxDefault } from './frame.js';
import { handshakeMsDefault } from './handshakeFormat.js';
import type { TlsSource } from './nodeTls.js';
import { requestsMaxDefault } from './pendingAnswers.js';

/** All may be left out. Sizes in bytes, times in ms. */
export interface TcpOptions {
  /** Where to listen, as `host:port`. Default: the own address among `servers`. */
  readonly listen?: string;
  /**
   * Certificates: with them every connection is encrypted, and servers prove who they are. Default:
   * none, and then only addresses of this machine can be listened on and dialed.
   */
  readonly tls?: TlsSource;
  /**
   * Without `tls`, other machines may be talked to in plain text: whoever reaches the port can read
   * everything, and be any server. Default: false.
   */
  readonly plainTextBeyondLoopback?: boolean;
  /**
   * The secret of native clients, at most 1,024 bytes. Default: none; with `tls` clients then need
   * a certificate, and without it anybody who reaches the port may be one.
   */
  readonly clientToken?: string;
  /** A connection whose handshake is not done after so long is closed. Default: 5,000. */
  readonly handshakeMs?: number;
  /** A lost connection is dialed again after at least this. Default: 50. */
  readonly reconnectMinMs?: number;
  /** And, after several failures, at most this. Default: 1,000. */
  readonly reconnectMaxMs?: number;
  /** A connection is dialed anew when its server has been silent so long. Default: 5,000. */
  readonly silenceMs?: number;
  /**
   * With so much unsent, messages are dropped, and requests answered *not done*; with so much of
   * requests unanswered, no more are read. Default: 16 MiB a connection, twice the largest command.
   */
  readonly queueBytesMax?: number;
  /** Longest message that is sent or taken; the same on all servers. Default: 16 MiB. */
  readonly messageBytesMax?: number;
  /** So many connections may be at their handshake; then the oldest is closed. Default: 256. */
  readonly strangersMax?: number;
  readonly forward?: {
    /** So many requests of a stream may be unanswered; more are *not done*. Default: 65,536. */
    readonly requestsMax?: number;
    /** So many streams of other servers may be open; more are refused. Default: 64. */
    readonly connectionsMax?: number;
  };
  readonly client?: {
    /** As for streams. Default: 4,096. */
    readonly requestsMax?: number;
    /** So many clients may be connected; more are refused. Default: 1,024. */
    readonly connectionsMax?: number;
    /** As for servers, of one client. Default: 4 MiB. */
    readonly queueBytesMax?: number;
    /** For requests of all clients that have arrived in part. Default: 64 MiB. */
    readonly unfinishedBytesMax?: number;
  };
}

/** What is bounded of one connection, at either end. */
export interface ConnectionLimits {
  readonly handshakeMs: number;
  readonly queueBytesMax: number;
  readonly messageBytesMax: number;
}

/** What is bounded of connections that carry requests. */
export interface RequestLimits {
  readonly requestsMax: number;
  readonly connectionsMax: number;
}

/** The bounds of one transport, all of them set. */
export interface TcpLimits extends ConnectionLimits {
  readonly reconnectMinMs: number;
  readonly reconnectMaxMs: number;
  readonly silenceMs: number;
  readonly strangersMax: number;
  readonly forward: RequestLimits;
  readonly client: RequestLimits & {
    readonly queueBytesMax: number;
    readonly unfinishedBytesMax: number;
  };
}

const mebibyte = 1024 * 1024;

/** `options` where they say something, and the defaults where they do not. */
export function tcpLimits(options: TcpOptions): TcpLimits {
  const { forward = {}, client = {} } = options;
  return {
    handshakeMs: options.handshakeMs ?? handshakeMsDefault,
    reconnectMinMs: options.reconnectMinMs ?? 50,
    reconnectMaxMs: options.reconnectMaxMs ?? 1_000,
    silenceMs: options.silenceMs ?? 5_000,
    queueBytesMax: options.queueBytesMax ?? 16 * mebibyte,
    messageBytesMax: options.messageBytesMax ?? messageBytesMaxDefault,
    strangersMax: options.strangersMax ?? 256,
    forward: {
      requestsMax: forward.requestsMax ?? requestsMaxDefault,
      connectionsMax: forward.connectionsMax ?? 64,
    },
    client: {
      requestsMax: client.requestsMax ?? 4_096,
      connectionsMax: client.connectionsMax ?? 1_024,
      queueBytesMax: client.queueBytesMax ?? 4 * mebibyte,
      unfinishedBytesMax: client.unfinishedBytesMax ?? 64 * mebibyte,
    },
  };
}
