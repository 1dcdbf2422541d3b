/**
 * What a user may set of the TCP transport, and what it is when nothing is set.
 */
import { frameBytesMaxDefault } from './frame.js';
import { handshakeMsDefault } from './handshakeFormat.js';
import { requestsMaxDefault } from './pendingAnswers.js';

/** All may be left out. Sizes in bytes, times in ms. */
export interface TcpOptions {
  /** Where to listen, as `host:port`. Default: the own address among `servers`. */
  readonly listen?: string;
  /** A connection whose handshake is not done after so long is closed. Default: 5,000. */
  readonly handshakeMs?: number;
  /** A lost connection is dialed again after at least this. Default: 50. */
  readonly reconnectMinMs?: number;
  /** And, after several failures, at most this. Default: 1,000. */
  readonly reconnectMaxMs?: number;
  /** A connection is dialed anew when its server has been silent so long. Default: 5,000. */
  readonly silenceMs?: number;
  /**
   * With so much unsent, messages are dropped, and requests answered *not done*. Default: 8 MiB a
   * connection.
   */
  readonly queueBytesMax?: number;
  /** Longest frame that is sent or taken; the same on all servers. Default: 16 MiB. */
  readonly frameBytesMax?: number;
  readonly forward?: {
    /** So many requests of a stream may be unanswered; more are *not done*. Default: 65,536. */
    readonly requestsMax?: number;
  };
}

/** The bounds of one transport, all of them set. */
export interface TcpLimits extends Required<Omit<TcpOptions, 'listen' | 'forward'>> {
  readonly requestsMax: number;
}

/** `options` where they say something, and the defaults where they do not. */
export function tcpLimits(options: TcpOptions): TcpLimits {
  return {
    handshakeMs: options.handshakeMs ?? handshakeMsDefault,
    reconnectMinMs: options.reconnectMinMs ?? 50,
    reconnectMaxMs: options.reconnectMaxMs ?? 1_000,
    silenceMs: options.silenceMs ?? 5_000,
    queueBytesMax: options.queueBytesMax ?? 8 * 1024 * 1024,
    frameBytesMax: options.frameBytesMax ?? frameBytesMaxDefault,
    requestsMax: options.forward?.requestsMax ?? requestsMaxDefault,
  };
}
