/**
 * A client as programs hold it: typed commands in, promises out, and an AbortSignal to change one's
 * mind. A promise is made at this edge, and nowhere deeper.
 */
import type { CallCause, CallOutcome } from '../machines/clientContext.js';
import { RaftError, type RaftErrorCode } from './raftError.js';
import { SessionClient, type SessionClientOptions } from './sessionClient.js';
import { type Codec, jsonCodec } from './stateMachine.js';

export interface CallOptions {
  /**
   * Ends the call. What certainly has no effect rejects with the signal's reason; the rest is
   * *unknown*, with the reason as its cause.
   */
  readonly signal?: AbortSignal | undefined;
  /** How long to try, ms (5,000). */
  readonly timeoutMs?: number | undefined;
}

export interface PromisingClientOptions extends SessionClientOptions {
  /** JSON */
  readonly codec?: Codec | undefined;
  /** Larger commands and queries are refused, bytes (8 MiB). */
  readonly commandBytesMax?: number | undefined;
}

const timeoutMsDefault = 5_000;
const commandBytesMaxDefault = 8 * 1024 * 1024;

const codes: Readonly<Record<CallCause, RaftErrorCode>> = {
  timeout: 'RAFT_TIMEOUT',
  aborted: 'RAFT_ABORTED',
  overloaded: 'RAFT_OVERLOADED',
  sessionExpired: 'RAFT_SESSION_EXPIRED',
  stopped: 'RAFT_STOPPED',
};

export class PromisingClient<C, R, Q = never, A = never> implements AsyncDisposable {
  readonly #client: SessionClient;
  readonly #codec: Codec;
  readonly #commandBytesMax: number;

  constructor(options: PromisingClientOptions) {
    this.#client = new SessionClient(options);
    this.#codec = options.codec ?? jsonCodec;
    this.#commandBytesMax = options.commandBytesMax ?? commandBytesMaxDefault;
  }

  /**
   * Has a command applied exactly once, and answers with its result. Commands are sent in the order
   * of these calls. Rejects with a {@link RaftError}; what the state machine threw is
   * RAFT_APPLY_THREW.
   */
  async execute(command: C, options: CallOptions = {}): Promise<R> {
    return this.#call<R>('command', command, options);
  }

  /** Answers at a linearizable point. Rejects with a {@link RaftError}. */
  async query(query: Q, options: CallOptions = {}): Promise<A> {
    return this.#call<A>('query', query, options);
  }

  /** Ends all calls, and closes the session. Idempotent. */
  stop(): Promise<void> {
    return new Promise((resolve) => this.#client.stop(resolve));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  #call<T>(kind: 'command' | 'query', what: unknown, options: CallOptions): Promise<T> {
    const { signal, timeoutMs = timeoutMsDefault } = options;
    signal?.throwIfAborted();
    const bytes = this.#encode(kind, what);
    return new Promise((resolve, reject) => {
      let number = 0;
      const abort = () => this.#client.abort(number);
      signal?.addEventListener('abort', abort, { once: true });
      number = this.#client.ask(kind, bytes, timeoutMs, (outcome) => {
        signal?.removeEventListener('abort', abort);
        try {
          resolve(this.#codec.decode(bytesOf(outcome, signal)) as T);
        } catch (error) {
          reject(error);
        }
      });
    });
  }

  #encode(kind: string, what: unknown): Uint8Array {
    const bytes = this.#codec.encode(what);
    const max = this.#commandBytesMax;
    if (bytes.length <= max) return bytes;
    const message = `a ${kind} of ${bytes.length} bytes is larger than commandBytesMax, ${max}`;
    throw new RaftError('RAFT_TOO_LARGE', 'notDone', message);
  }
}

/** The answer, or what there is to throw instead of it. */
function bytesOf(outcome: CallOutcome, signal: AbortSignal | undefined): Uint8Array {
  if (outcome.type === 'done') return outcome.bytes;
  if (outcome.type === 'threw') throw new RaftError('RAFT_APPLY_THREW', 'done', outcome.message);
  const { type, cause, reason } = outcome;
  const isAborted = cause === 'aborted';
  if (isAborted && type === 'notDone') throw signal?.reason;
  throw new RaftError(codes[cause], type, reason, isAborted ? { cause: signal?.reason } : {});
}
