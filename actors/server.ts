/**
 * The server as users hold it: typed commands in, promises out. Behind it are the actor (`serverActor.ts`) and the
 * way to the leader (`router.ts`); a promise is made in one line at this edge, and nowhere deeper.
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
  /** Has a command applied, from anywhere, and answers with its result. Rejects with a {@link RaftError}. */
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
 * Founds a cluster's server in its empty store: writes who it is, and the first configuration. It happens once for
 * each server, before its first start, and on purpose.
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

export function createServer<C, R, Q = never, A = never>(
  options: ServerOptions<C, R, Q, A>,
): Server<C, R, Q, A> {
  const {
    id,
    transport,
    codec = jsonCodec,
    clock = systemClock(),
    random = systemRandom(),
  } = options;
  const { timeoutMs, commandBytesMax = 8 * 1024 * 1024 } = options;
  const stateMachine = onBytes(options.stateMachine(id), codec);
  const actor = new ServerActor({
    ...options,
    clusterId: options.cluster,
    stateMachine,
    clock,
    random,
    proposalTimeoutMs: timeoutMs,
  });
  const encodeValue = (value: unknown) => codec.encode(value);
  const router = new Router({ actor, transport, clock, encodeValue, timeoutMs });
  const events = new Subject<RaftEvent>();
  actor.changes$.subscribe((status) => events.next({ type: 'changed', status }));
  actor.failures$.subscribe((error) => events.next({ type: 'failed', error }));
  let stopping: Promise<void> | undefined;

  const encode = (command: C): Uint8Array => {
    const bytes = codec.encode(command);
    if (bytes.length <= commandBytesMax) return bytes;
    const message = `a command of ${bytes.length} bytes is larger than commandBytesMax, ${commandBytesMax}`;
    throw new RaftError('RAFT_TOO_LARGE', 'notDone', message);
  };
  const routed = <T>(kind: 'command' | 'query', bytes: Uint8Array): Promise<T> =>
    new Promise((resolve, reject) => {
      router.request(kind, bytes, (answer) => {
        if (answer.type === 'done') resolve(codec.decode(answer.bytes) as T);
        else reject(errorOf(answer));
      });
    });

  return {
    id,
    start: () =>
      new Promise((resolve, reject) => {
        actor.start((error) => (error === undefined ? resolve() : reject(error)));
      }),
    propose(command) {
      const what = proposal('command', encode(command));
      let settle: (outcome: EntryOutcome) => void = () => {};
      const outcome = new Promise<Outcome<R>>((resolve) => {
        settle = (ended) => resolve(typed<R>(ended));
      });
      const place = actor.propose(what, (ended) => settle(ended));
      if (place !== undefined) return { isLeader: true, ...place, outcome };
      const { term, leaderId } = actor.status();
      return { isLeader: false, term, leaderId };
    },
    execute: async (command) => routed<R>('command', encode(command)),
    query: async (query) => routed<A>('query', codec.encode(query)),
    status: () => actor.status(),
    stop() {
      stopping ??= new Promise((resolve) => {
        router.stop();
        actor.stop(resolve);
      });
      return stopping;
    },
    [Symbol.asyncDispose]() {
      return this.stop();
    },
    events$: toStream(events),
    applied$: toStream(actor.applied$),
  };
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

function typed<R>(outcome: EntryOutcome): Outcome<R> {
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
      return { type: outcome.type, error: errorOf(outcome) };
  }
}

function errorOf(answer: Exclude<ForwardAnswer, { type: 'done' }>): RaftError {
  if (answer.type === 'threw') return new RaftError('RAFT_APPLY_THREW', 'notDone', answer.message);
  const code = answer.type === 'notDone' ? 'RAFT_NOT_LEADER' : 'RAFT_TIMEOUT';
  return new RaftError(code, answer.type, answer.reason);
}
