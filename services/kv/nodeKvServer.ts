/**
 * One server of the key-value service as a process runs it: a Raft server over files and TCP, and
 * its Redis front.
 */
import { type Clock, systemClock } from '../../actors/clock.js';
import { nodeDisk } from '../../actors/nodeDisk.js';
import { tcpTransport } from '../../actors/nodeTcpTransport.js';
import type { TlsSource } from '../../actors/nodeTls.js';
import { systemRandom } from '../../actors/random.js';
import { Router } from '../../actors/router.js';
import { ServerActor } from '../../actors/serverActor.js';
import type { Status } from '../../actors/status.js';
import type { ForwardAnswer } from '../../actors/transport.js';
import { walStore } from '../../actors/walStore.js';
import type { ServerId } from '../../machines/entry.js';
import { defaultSettings, type Settings } from '../../machines/settings.js';
import type { CommandPort, PortOutcome } from './commandPort.js';
import { EventNotices } from './eventNotices.js';
import { bytesCodec, type KvStateMachine, kvStateMachine } from './kvStore.js';
import { type RedisServer, redisServer } from './nodeRedisServer.js';
import { type OrderDone, ServerOrders } from './serverOrders.js';
import { statusLines } from './statusLines.js';

export interface KvServerOptions {
  readonly id: ServerId;
  /** Name of the cluster. */
  readonly cluster: string;
  /**
   * Addresses (`host:port`) on which the servers hear each other, by server id, the own one among
   * them.
   */
  readonly servers: Readonly<Record<ServerId, string>>;
  /** Where to hear them (`host:port`), if not at the own one of these addresses. */
  readonly listen?: string;
  /** The folder that holds this server's log. */
  readonly folder: string;
  /** Where Redis clients connect: the host (127.0.0.1) and the port. */
  readonly redisHost?: string;
  readonly redisPort: number;
  /** What Redis clients must give with AUTH (nothing). */
  readonly password?: string;
  /**
   * Certificates for what servers and native clients say to each other (none: then in plain text,
   * and on this machine only).
   */
  readonly tls?: TlsSource | undefined;
  /** What native clients without a certificate must know (nothing). */
  readonly clientToken?: string | undefined;
  /** Whether to talk to other machines without `tls` (no). */
  readonly plainTextBeyondLoopback?: boolean | undefined;
  /** How long `stop` waits for Redis clients to take what is answered, ms (5,000). */
  readonly drainMs?: number | undefined;
  readonly settings?: Partial<Settings> | undefined;
}

const drainMsDefault = 5_000;

type Done = (error: Error | undefined) => void;

/** A server that was made and not yet started: before `start` there is no file, socket or timer. */
export interface KvServer {
  start(done: Done): void;
  /** Idempotent: answers what was asked already, and leaves nothing behind. */
  stop(done: () => void): void;
  /**
   * Hands leadership over, to the server that is named or to the one whose log is furthest; answers
   * once another server leads, or with why none does, within two election timeouts.
   */
  transfer(to: ServerId | undefined, done: OrderDone): void;
  /** Takes a snapshot of the state here; answers once it is in place, or with why it is not. */
  snapshot(done: OrderDone): void;
  status(): Status;
  /** Called after each change of role, term or leader. */
  onChange(listener: (status: Status) => void): void;
  /** Called if the server stops by itself: its disk failed, or a law did not hold. */
  onFailure(listener: (error: Error) => void): void;
  /**
   * Called with what a person should know of, such as whom this server cannot reach, or refuses;
   * each once.
   */
  onNotice(listener: (notice: Notice) => void): void;
}

/** One line for people. */
export interface Notice {
  /** A server's id, or the address of whoever is none. */
  readonly about: string;
  readonly line: string;
}

/** Makes a server of the options; `start` starts it. */
export function kvServer(options: KvServerOptions): KvServer {
  return new NodeKvServer(options);
}

class NodeKvServer implements KvServer {
  readonly #clock: Clock = systemClock();
  readonly #stateMachine: KvStateMachine;
  readonly #actor: ServerActor;
  readonly #router: Router;
  readonly #orders: ServerOrders;
  readonly #front: RedisServer;
  readonly #noticed: ((notice: Notice) => void)[] = [];
  readonly #whenStopped: (() => void)[] = [];
  #state: 'new' | 'stopping' | 'stopped' = 'new';

  constructor(options: KvServerOptions) {
    const { id, listen, tls, clientToken, plainTextBeyondLoopback, settings } = options;
    const clock = this.#clock;
    const transport = tcpTransport({ listen, tls, clientToken, plainTextBeyondLoopback });
    this.#stateMachine = kvStateMachine(id);
    const actor = new ServerActor({
      id,
      clusterId: options.cluster,
      servers: options.servers,
      stateMachine: this.#stateMachine,
      transport,
      store: walStore({ disk: nodeDisk(options.folder) }),
      clock,
      random: systemRandom(),
      settings,
    });
    const encodeValue = (value: unknown) => bytesCodec.encode(value);
    this.#actor = actor;
    this.#router = new Router({ actor, transport, clock, encodeValue });
    const { electionTimeoutMaxMs } = { ...defaultSettings, ...settings };
    this.#orders = new ServerOrders(actor, clock, electionTimeoutMaxMs);
    this.#front = this.#frontOf(options);
    const notices = new EventNotices(
      () => clock.monotonicMs(),
      (line) => this.#tell(id, line),
    );
    actor.events$.subscribe((event) => {
      notices.hear(event);
      // Nobody is left to do what still waits: its clients are told so at once.
      if (event.type === 'failed') this.#router.stop();
    });
    transport.notices$.subscribe((notice) => {
      if (notice.type === 'refused') this.#tell(notice.peer, notice.reason);
    });
  }

  start(done: Done): void {
    this.#actor.start((error) => {
      if (error !== undefined) return done(error);
      this.#front.listen((failure) => {
        if (failure === undefined) done(undefined);
        else this.stop(() => done(failure));
      });
    });
  }

  stop(done: () => void): void {
    if (this.#state === 'stopped') return done();
    this.#whenStopped.push(done);
    if (this.#state === 'stopping') return;
    this.#state = 'stopping';
    this.#front.close(() => {
      this.#router.stop();
      this.#actor.stop(() => {
        this.#state = 'stopped';
        for (const waiting of this.#whenStopped.splice(0)) waiting();
      });
    });
  }

  transfer(to: ServerId | undefined, done: OrderDone): void {
    this.#orders.transfer(to, done);
  }

  snapshot(done: OrderDone): void {
    this.#orders.snapshot(done);
  }

  status(): Status {
    return this.#actor.status();
  }

  onChange(listener: (status: Status) => void): void {
    this.#actor.events$.subscribe((event) => {
      if (event.type === 'changed') listener(event.status);
    });
  }

  onFailure(listener: (error: Error) => void): void {
    this.#actor.events$.subscribe((event) => {
      if (event.type === 'failed') listener(event.error);
    });
  }

  onNotice(listener: (notice: Notice) => void): void {
    this.#noticed.push(listener);
  }

  #frontOf({ redisHost, redisPort, password, drainMs = drainMsDefault }: KvServerOptions) {
    return redisServer({
      port: this.#port(),
      host: redisHost,
      tcpPort: redisPort,
      password,
      lingerMs: drainMs,
      report: (line) => this.#tell('Redis clients', line),
    });
  }

  #port(): CommandPort {
    const ask = (kind: 'command' | 'query', bytes: Uint8Array, done: (o: PortOutcome) => void) => {
      const what = { kind, sessionId: 0, sequence: 0, firstUnacknowledged: 0, bytes };
      this.#router.request(what, (answer) => done(outcomeOf(answer)));
    };
    const orders = this.#orders;
    const counts = () => this.#stateMachine.counts();
    return {
      execute: (bytes, done) => ask('command', bytes, done),
      query: (bytes, done) => ask('query', bytes, done),
      status: () => {
        const { snapshotError: snapshot_error = '' } = orders;
        return { ...statusLines(this.status()), snapshot_error, ...counts() };
      },
      wallMs: () => this.#actor.wallMs(),
      operator: {
        transfer: (to) => orders.beginTransfer(to),
        snapshot: () => orders.beginSnapshot(),
        report: () => reportOf(this.status(), orders.snapshotError, counts()),
      },
    };
  }

  #tell(about: string, line: string): void {
    for (const listener of this.#noticed) listener({ about, line });
  }
}

/**
 * The store knows its commands: what it cannot do is an answer of its own, so *threw* is not
 * expected.
 */
function outcomeOf(answer: ForwardAnswer): PortOutcome {
  switch (answer.type) {
    case 'done':
      return { type: 'done', index: answer.index, value: answer.bytes };
    case 'threw':
      return { type: 'unknown', reason: answer.message };
    default:
      return { type: answer.type === 'notDone' ? 'notDone' : 'unknown', reason: answer.reason };
  }
}

/** What RAFTCHART STATUS answers: `Status`, and what only this service knows. */
export interface KvReport extends Omit<Status, 'leaderId' | 'transferTo'> {
  readonly leaderId: ServerId | null;
  readonly transferTo: ServerId | null;
  /** Why the latest snapshot could not be had. */
  readonly snapshotError: string | null;
  readonly keys: number;
  readonly expires: number;
}

function reportOf(
  status: Status,
  snapshotError: string | undefined,
  counts: { readonly keys: number; readonly expires: number },
): KvReport {
  const { leaderId = null, transferTo = null } = status;
  return { ...status, leaderId, transferTo, snapshotError: snapshotError ?? null, ...counts };
}
