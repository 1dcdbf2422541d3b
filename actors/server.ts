/**
 * The server as users hold it: typed commands in, promises out. Behind it are the actor
 * (`serverActor.ts`) and the way to the leader (`router.ts`); a promise is made in one line at this
 * edge, and nowhere deeper.
 */
import { Subject } from 'rxjs';
import type { Settings } from '../machines/context.js';
import { proposal, type ServerId } from '../machines/entry.js';
import type { BytesStateMachine } from './applier.js';
import { type Clock, systemClock } from './clock.js';
import { found } from './founding.js';
import type { LogStore } from './logStore.js';
import type { EntryOutcome } from './outcome.js';
import { RaftError } from './raftError.js';
import { type Random, systemRandom } from './random.js';
import { Router } from './router.js';
import { type Applied, ServerActor, type Status } from './serverActor.js';
import { type Codec, jsonCodec, type MakeStateMachine } from './stateMachine.js';
import { type Stream, toStream } from './stream.js';
import type { ForwardAnswer, Transport } from './transport.js';

/** What befalls a server. */
export type RaftEvent =
  /** Its role, its term or the leader that it knows has changed. */
  | { readonly type: 'changed'; readonly status: Status }
  /** It stopped by itself: its store failed, or a law did not hold. */
  | { readonly type: 'failed'; readonly error: Error };

export type Outcome<R> =
  | { readonly type: 'done'; readonly index: number; readonly value: R }
  | { readonly type: 'notDone' | 'unknown'; readonly error: RaftError };

export type Proposal<R> =
  | { readonly isLeader: false; readonly term: number; readonly leaderId: ServerId | undefined }
  | {
      readonly isLeader: true;
      readonly term: number;
      readonly index: number;
      /** Settles, and never rejects. */
      readonly outcome: Promise<Outcome<R>>;
    };

/** What commands and queries can be sent to: a server, or a cluster. */
export interface Connection<C, R, Q = never, A = never> extends AsyncDisposable {
  /**
   * Has a command applied, from anywhere, and answers with its result. Rejects with a {@link
   * RaftError}.
   */
  execute(command: C): Promise<R>;
  /** Answers at a linearizable point. Rejects with a {@link RaftError}. */
  query(query: Q): Promise<A>;
  /** Idempotent. */
  stop(): Promise<void>;
  readonly events$: Stream<RaftEvent>;
}

export interface Server<C, R, Q = never, A = never> extends Connection<C, R, Q, A> {
  readonly id: ServerId;
  /** Recovers and listens; before it there is no file, socket or timer. Rejects if it cannot be. */
  start(): Promise<void>;
  /** One entry, here, now (the lab's `Start`): says at once where it is, if this server leads. */
  propose(command: C): Proposal<R>;
  status(): Status;
  /** Every entry, after it was applied here. */
  readonly applied$: Stream<Applied>;
}

export interface ServerOptions<C, R, Q = never, A = never> {
  readonly id: ServerId;
  /** Name of the cluster. */
  readonly cluster: string;
  /** Addresses by server id, the own one among them. */
  readonly servers: Readonly<Record<ServerId, string>>;
  readonly stateMachine: MakeStateMachine<C, R, Q, A>;
  readonly transport: Transport;
  readonly store: LogStore;
  /** JSON */
  readonly codec?: Codec;
  readonly clock?: Clock;
  readonly random?: Random;
  readonly settings?: Partial<Settings>;
  /** How long a request may take, ms (5,000). */
  readonly timeoutMs?: number;
  /** Larger commands are refused, bytes (8 MiB). */
  readonly commandBytesMax?: number;
}

/**
 * Founds a cluster's server in its empty store: writes who it is, and the first configuration. It
 * happens once for each server, before its first start, and on purpose.
 */
export function foundServer(
  options: Pick<ServerOptions<never, never>, 'id' | 'cluster' | 'servers' | 'store' | 'random'>,
): Promise<void> {
  const { id, cluster, servers, store, random = systemRandom() } = options;
  return new Promise((resolve, reject) => {
    store.open((error, recovered) => {
      if (error !== undefined) return reject(error);
      if (recovered.identity !== undefined) {
        const message = `server ${id} was founded before: there is nothing to found`;
        return store.close(() => reject(new RaftError('RAFT_WRONG_CLUSTER', 'notDone', message)));
      }
      const founding = { clusterId: cluster, serverId: id, servers };
      found(store, founding, random, (failure) =>
        store.close(() => (failure === undefined ? resolve() : reject(failure))),
      );
    });
  });
}

/** Makes a server. Nothing happens before its `start`. */
export function createServer<C, R, Q = never, A = never>(
  options: ServerOptions<C, R, Q, A>,
): Server<C, R, Q, A> {
  return new PromisingServer(options);
}

class PromisingServer<C, R, Q, A> implements Server<C, R, Q, A> {
  readonly id: ServerId;
  readonly events$: Stream<RaftEvent>;
  readonly applied$: Stream<Applied>;
  readonly #actor: ServerActor;
  readonly #router: Router;
  readonly #codec: Codec;
  readonly #commandBytesMax: number;
  /** It was stopped, or has stopped by itself. */
  #isOver = false;
  #stopping: Promise<void> | undefined;

  constructor(options: ServerOptions<C, R, Q, A>) {
    const { id, transport, timeoutMs, codec = jsonCodec } = options;
    const { clock = systemClock(), random = systemRandom() } = options;
    this.id = id;
    this.#codec = codec;
    this.#commandBytesMax = options.commandBytesMax ?? 8 * 1024 * 1024;
    const actor = new ServerActor({
      ...options,
      clusterId: options.cluster,
      stateMachine: onBytes(options.stateMachine(id), codec),
      clock,
      random,
      proposalTimeoutMs: timeoutMs,
    });
    const encodeValue = (value: unknown) => codec.encode(value);
    this.#actor = actor;
    this.#router = new Router({ actor, transport, clock, encodeValue, timeoutMs });
    this.events$ = toStream(this.#watched());
    this.applied$ = toStream(actor.applied$);
  }

  start(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#actor.start((error) => (error === undefined ? resolve() : reject(error)));
    });
  }

  propose(command: C): Proposal<R> {
    const what = proposal('command', this.#encode(command));
    let settle: (outcome: EntryOutcome) => void = () => {};
    const outcome = new Promise<Outcome<R>>((resolve) => {
      settle = (ended) => resolve(typed<R>(ended, this.#isOver));
    });
    const place = this.#actor.propose(what, (ended) => settle(ended));
    if (place !== undefined) return { isLeader: true, ...place, outcome };
    const { term, leaderId } = this.#actor.status();
    return { isLeader: false, term, leaderId };
  }

  async execute(command: C): Promise<R> {
    return this.#routed<R>('command', this.#encode(command));
  }

  async query(query: Q): Promise<A> {
    return this.#routed<A>('query', this.#codec.encode(query));
  }

  status(): Status {
    return this.#actor.status();
  }

  stop(): Promise<void> {
    this.#stopping ??= new Promise((resolve) => {
      this.#end();
      this.#actor.stop(resolve);
    });
    return this.#stopping;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  /** What befalls the server, also when nobody listens: one that failed takes nothing any more. */
  #watched(): Subject<RaftEvent> {
    const events = new Subject<RaftEvent>();
    this.#actor.changes$.subscribe((status) => events.next({ type: 'changed', status }));
    this.#actor.failures$.subscribe({
      next: (error) => {
        this.#end();
        events.next({ type: 'failed', error });
      },
      complete: () => events.complete(),
    });
    return events;
  }

  #end(): void {
    this.#isOver = true;
    this.#router.stop();
  }

  #encode(command: C): Uint8Array {
    const bytes = this.#codec.encode(command);
    const max = this.#commandBytesMax;
    if (bytes.length <= max) return bytes;
    const message = `a command of ${bytes.length} bytes is larger than commandBytesMax, ${max}`;
    throw new RaftError('RAFT_TOO_LARGE', 'notDone', message);
  }

  #routed<T>(kind: 'command' | 'query', bytes: Uint8Array): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#router.request(kind, bytes, (answer) => {
        if (answer.type !== 'done') return reject(errorOf(answer, this.#isOver));
        try {
          resolve(this.#codec.decode(answer.bytes) as T);
        } catch (error) {
          reject(error);
        }
      });
    });
  }
}

/** A user's state machine, fed with bytes. */
export function onBytes<C, R, Q, A>(
  machine: ReturnType<MakeStateMachine<C, R, Q, A>>,
  codec: Codec,
): BytesStateMachine {
  return {
    apply: (bytes, entry) => machine.apply(codec.decode(bytes) as C, entry),
    query: (bytes) => machine.query?.(codec.decode(bytes) as Q),
    tick: (at) => machine.tick?.(at),
    dueMs: () => machine.dueMs?.(),
    snapshot: () => machine.snapshot(),
    restore: (chunks) => machine.restore(chunks),
  };
}

function typed<R>(outcome: EntryOutcome, isOver: boolean): Outcome<R> {
  switch (outcome.type) {
    case 'done':
      return { type: 'done', index: outcome.index, value: outcome.value as R };
    case 'threw': {
      const message =
        outcome.error instanceof Error ? outcome.error.message : String(outcome.error);
      const error = new RaftError('RAFT_APPLY_THREW', 'notDone', message, { cause: outcome.error });
      return { type: 'notDone', error };
    }
    default:
      return { type: outcome.type, error: errorOf(outcome, isOver) };
  }
}

function errorOf(answer: Exclude<ForwardAnswer, { type: 'done' }>, isOver: boolean): RaftError {
  if (answer.type === 'threw') return new RaftError('RAFT_APPLY_THREW', 'notDone', answer.message);
  const code = answer.type === 'notDone' ? 'RAFT_NOT_LEADER' : 'RAFT_TIMEOUT';
  return new RaftError(isOver ? 'RAFT_STOPPED' : code, answer.type, answer.reason);
}
