/**
 * The server as users hold it: typed commands in, promises out. Behind it are the actor
 * (`serverActor.ts`) and the way to the leader (`router.ts`); a promise is made in one line at this
 * edge, and nowhere deeper.
 */
import { proposal, type ServerId } from '../machines/entry.js';
import { defaultSettings, type Settings } from '../machines/settings.js';
import { textOf } from './applier.js';
import { onBytes } from './bytesStateMachine.js';
import { type Clock, systemClock } from './clock.js';
import { found } from './founding.js';
import type { LogStore } from './logStore.js';
import type { EntryOutcome } from './outcome.js';
import { type CallOptions, PromisingClient } from './promisingClient.js';
import { RaftError, type RaftErrorCode } from './raftError.js';
import type { RaftEvent } from './raftEvents.js';
import { type Random, systemRandom } from './random.js';
import { Router } from './router.js';
import { type Applied, ServerActor } from './serverActor.js';
import { type Codec, jsonCodec, type MakeStateMachine, type StateMachine } from './stateMachine.js';
import type { Status } from './status.js';
import { type Stream, toStream } from './stream.js';
import type { Transport } from './transport.js';

export type { RaftEvent } from './raftEvents.js';

export type Outcome<R> =
  | { readonly type: 'done'; readonly index: number; readonly value: R }
  /** Applied, and the state machine threw: the same on every server. */
  | { readonly type: 'threw'; readonly index: number; readonly error: RaftError }
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

export interface ReadOptions extends CallOptions {
  /**
   * `linearizable`: after everything that was acknowledged before, to whomever. `local`: from the
   * state of this very server as it is, which may be old.
   */
  readonly consistency?: 'linearizable' | 'local' | undefined;
}

/** What commands and queries can be sent to: a server, or a cluster. */
export interface Connection<C, R, Q = never, A = never> extends AsyncDisposable {
  /**
   * Has a command applied exactly once, from anywhere, and answers with its result. Rejects with a
   * {@link RaftError}.
   */
  execute(command: C, options?: CallOptions): Promise<R>;
  /** Answers at a linearizable point. Rejects with a {@link RaftError}. */
  query(query: Q, options?: ReadOptions): Promise<A>;
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
  /**
   * Hands leadership over, to the server that is named or to the one whose log is furthest. Answers
   * once this server leads no more. Rejects with a {@link RaftError} where that cannot be, or does
   * not come about in the time of an election.
   */
  transferLeadership(to?: ServerId): Promise<void>;
  /**
   * Takes a snapshot now, besides those that are taken by themselves. Answers once it is in place.
   */
  takeSnapshot(): Promise<void>;
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

type End = true | string | Error | undefined;

class PromisingServer<C, R, Q, A> implements Server<C, R, Q, A> {
  readonly id: ServerId;
  readonly events$: Stream<RaftEvent>;
  readonly applied$: Stream<Applied>;
  readonly #actor: ServerActor;
  readonly #router: Router;
  readonly #client: PromisingClient<C, R, Q, A>;
  readonly #codec: Codec;
  readonly #commandBytesMax: number;
  readonly #stateMachine: StateMachine<C, R, Q, A>;
  readonly #timeoutMs: number;
  /** It was stopped, or has stopped by itself. */
  #isOver = false;
  #stopping: Promise<void> | undefined;

  constructor(options: ServerOptions<C, R, Q, A>) {
    const { id, transport, timeoutMs = 5_000, codec = jsonCodec } = options;
    const { clock = systemClock(), random = systemRandom() } = options;
    this.id = id;
    this.#codec = codec;
    this.#commandBytesMax = options.commandBytesMax ?? 8 * 1024 * 1024;
    const { uncommittedBytesMax } = { ...defaultSettings, ...options.settings };
    if (this.#commandBytesMax > uncommittedBytesMax) {
      const above = `is more than uncommittedBytesMax, ${uncommittedBytesMax}`;
      throw new RangeError(`commandBytesMax: ${this.#commandBytesMax} ${above}`);
    }
    const encodeValue = (value: unknown) => codec.encode(value);
    this.#timeoutMs = timeoutMs;
    this.#stateMachine = options.stateMachine(id);
    const actor = new ServerActor({
      ...options,
      clusterId: options.cluster,
      stateMachine: onBytes(this.#stateMachine, codec),
      clock,
      random,
      encodeValue,
      proposalTimeoutMs: timeoutMs,
    });
    this.#actor = actor;
    this.#router = new Router({ actor, transport, clock, encodeValue, timeoutMs });
    const { commandBytesMax } = options;
    this.#client = new PromisingClient({ port: this.#router, clock, codec, commandBytesMax });
    actor.events$.subscribe(({ type }) => type === 'failed' && this.#end());
    this.events$ = toStream(actor.events$);
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
    if ('index' in place) return { isLeader: true, ...place, outcome };
    const { refusal, reason } = place;
    if (refusal !== 'RAFT_NOT_LEADER') throw new RaftError(refusal, 'notDone', reason);
    const { term, leaderId } = this.#actor;
    return { isLeader: false, term, leaderId };
  }

  execute(command: C, options: CallOptions = {}): Promise<R> {
    return this.#client.execute(command, { timeoutMs: this.#timeoutMs, ...options });
  }

  async query(query: Q, options: ReadOptions = {}): Promise<A> {
    const { consistency = 'linearizable', ...rest } = options;
    if (consistency === 'local') return this.#stateMachine.query?.(query) as A;
    return this.#client.query(query, { timeoutMs: this.#timeoutMs, ...rest });
  }

  transferLeadership(to?: ServerId): Promise<void> {
    const begin = () => this.#actor.transferLeadership(to);
    return this.#ended('RAFT_NOT_LEADER', begin, (event) => {
      if (event.type === 'leadershipLost') {
        return event.reason === 'newerTerm' || 'too few servers answer for anybody to take over';
      }
      const isAborted = event.type === 'transferAborted';
      return isAborted ? 'the other server did not take over in time' : undefined;
    });
  }

  takeSnapshot(): Promise<void> {
    const begin = () => this.#actor.takeSnapshot();
    return this.#ended('RAFT_OVERLOADED', begin, (event) => {
      if (event.type === 'snapshotTaken') return true;
      const hasFailed = event.type === 'snapshotFailed' && event.during === 'taking';
      return hasFailed ? event.error : undefined;
    });
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

  /** Begins what an event ends: well (true), with an error, or refused with `code` and a reason. */
  #ended(code: RaftErrorCode, begin: () => End, endOf: (event: RaftEvent) => End): Promise<void> {
    const stopped = (outcome: 'notDone' | 'unknown') =>
      new RaftError('RAFT_STOPPED', outcome, 'the server stopped');
    if (this.#isOver) return Promise.reject(stopped('notDone'));
    return new Promise((resolve, reject) => {
      const settle = (end: End) => {
        if (end === undefined) return;
        watching.unsubscribe();
        if (end === true) resolve();
        else reject(typeof end === 'string' ? new RaftError(code, 'notDone', end) : end);
      };
      const watching = this.#actor.events$.subscribe({
        next: (event) => settle(event.type === 'failed' ? event.error : endOf(event)),
        complete: () => reject(stopped('unknown')),
      });
      settle(begin());
    });
  }

  #end(): void {
    this.#isOver = true;
    void this.#client.stop();
    this.#router.stop();
  }

  #encode(command: C): Uint8Array {
    const bytes = this.#codec.encode(command);
    const max = this.#commandBytesMax;
    if (bytes.length <= max) return bytes;
    const message = `a command of ${bytes.length} bytes is larger than commandBytesMax, ${max}`;
    throw new RaftError('RAFT_TOO_LARGE', 'notDone', message);
  }
}

function typed<R>(outcome: EntryOutcome, isOver: boolean): Outcome<R> {
  switch (outcome.type) {
    case 'done':
      return { type: 'done', index: outcome.index, value: outcome.value as R };
    case 'threw': {
      const { index, error } = outcome;
      return { type: 'threw', index, error: applyThrew(textOf(error), error) };
    }
    case 'notDone':
    case 'unknown':
      return { type: outcome.type, error: errorOf(outcome, isOver) };
    default:
      throw new Error(`a command without a session was answered ${outcome.type}`);
  }
}

function applyThrew(message: string, cause?: unknown): RaftError {
  return new RaftError('RAFT_APPLY_THREW', 'done', message, { cause });
}

function errorOf(
  { type, reason }: { readonly type: 'notDone' | 'unknown'; readonly reason: string },
  isOver: boolean,
): RaftError {
  const code = type === 'notDone' ? 'RAFT_NOT_LEADER' : 'RAFT_TIMEOUT';
  return new RaftError(isOver ? 'RAFT_STOPPED' : code, type, reason);
}
