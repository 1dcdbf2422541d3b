/**
 * One server of the key-value service as a process runs it: a Raft server over files and TCP, and
 * its Redis front.
 */
import { join } from 'node:path';
import { systemClock } from '../../actors/clock.js';
import { found } from '../../actors/founding.js';
import { nodeDisk } from '../../actors/nodeDisk.js';
import { tcpTransport } from '../../actors/nodeTcpTransport.js';
import { systemRandom } from '../../actors/random.js';
import { Router } from '../../actors/router.js';
import { ServerActor, type Status } from '../../actors/serverActor.js';
import type { ForwardAnswer } from '../../actors/transport.js';
import { decodeIdentity, identityName } from '../../actors/walIdentity.js';
import { walStore } from '../../actors/walStore.js';
import type { Settings } from '../../machines/context.js';
import type { ServerId } from '../../machines/entry.js';
import type { CommandPort, PortOutcome } from './commandPort.js';
import { bytesCodec, kvStateMachine } from './kvStore.js';
import { type RedisServer, redisServer } from './nodeRedisServer.js';

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
  readonly settings?: Partial<Settings>;
}

type Done = (error: Error | undefined) => void;

/** A server that was made and not yet started: before `start` there is no file, socket or timer. */
export interface KvServer {
  start(done: Done): void;
  /** Idempotent: answers what was asked already, and leaves nothing behind. */
  stop(done: () => void): void;
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
  readonly #actor: ServerActor;
  readonly #router: Router;
  readonly #front: RedisServer;
  readonly #noticed: ((notice: Notice) => void)[] = [];
  readonly #whenStopped: (() => void)[] = [];
  #state: 'new' | 'stopping' | 'stopped' = 'new';

  constructor(options: KvServerOptions) {
    const clock = systemClock();
    const { listen } = options;
    const transport = tcpTransport(listen === undefined ? {} : { listen });
    const stateMachine = kvStateMachine(options.id);
    const actor = new ServerActor({
      id: options.id,
      clusterId: options.cluster,
      servers: options.servers,
      stateMachine,
      transport,
      store: walStore({ disk: nodeDisk(options.folder) }),
      clock,
      random: systemRandom(),
      settings: options.settings,
    });
    const encodeValue = (value: unknown) => bytesCodec.encode(value);
    const router = new Router({ actor, transport, clock, encodeValue });
    this.#actor = actor;
    this.#router = router;
    this.#front = this.#frontOf(options, {
      execute: (command, done) => router.request('command', command, (a) => done(outcomeOf(a))),
      query: (query, done) => router.request('query', query, (a) => done(outcomeOf(a))),
      status: () => ({ ...statusLines(actor.status()), ...stateMachine.counts() }),
      wallMs: () => clock.wallMs(),
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

  status(): Status {
    return this.#actor.status();
  }

  onChange(listener: (status: Status) => void): void {
    this.#actor.changes$.subscribe(listener);
  }

  onFailure(listener: (error: Error) => void): void {
    this.#actor.failures$.subscribe(listener);
  }

  onNotice(listener: (notice: Notice) => void): void {
    this.#noticed.push(listener);
  }

  #frontOf({ redisHost, redisPort, password }: KvServerOptions, port: CommandPort): RedisServer {
    return redisServer({
      port,
      tcpPort: redisPort,
      report: (line) => this.#tell('Redis clients', line),
      ...(redisHost === undefined ? {} : { host: redisHost }),
      ...(password === undefined ? {} : { password }),
    });
  }

  #tell(about: string, line: string): void {
    for (const listener of this.#noticed) listener({ about, line });
  }
}

/** What a folder holds: nothing yet, or the part of a cluster. */
export type FolderContent =
  | { readonly type: 'empty' }
  | { readonly type: 'founded'; readonly cluster: string; readonly id: ServerId };

/**
 * Looks into a folder, and changes nothing: so it may be asked of a server that runs. A founding
 * that did not come to its end is none.
 */
export function inspectFolder(
  folder: string,
  done: (error: Error | undefined, content: FolderContent) => void,
): void {
  const disk = nodeDisk(folder);
  disk.list((unlisted, names) => {
    const isMissing = (unlisted as { code?: string } | undefined)?.code === 'ENOENT';
    if (unlisted !== undefined && !isMissing) return done(unlisted, { type: 'empty' });
    if (!names.includes(identityName)) return done(undefined, { type: 'empty' });
    disk.read(identityName, (unread, bytes) => {
      if (unread !== undefined) return done(unread, { type: 'empty' });
      const content = contentOf(join(folder, identityName), bytes);
      if (content instanceof Error) done(content, { type: 'empty' });
      else done(undefined, content);
    });
  });
}

function contentOf(file: string, bytes: Uint8Array): FolderContent | Error {
  try {
    const { clusterId, serverId } = decodeIdentity(file, bytes);
    return { type: 'founded', cluster: clusterId, id: serverId };
  } catch (error) {
    return error as Error;
  }
}

/** Founds one server's part of a cluster in an empty folder: once, and on purpose. */
export function foundKvServer(
  options: Pick<KvServerOptions, 'id' | 'cluster' | 'servers' | 'folder'>,
  done: Done,
): void {
  const { id, cluster, servers, folder } = options;
  const store = walStore({ disk: nodeDisk(folder) });
  store.open((error, { identity }) => {
    if (error !== undefined) return done(error);
    if (identity !== undefined) {
      const held = `server ${identity.serverId} of cluster ${identity.clusterId}`;
      return store.close(() => done(new Error(`${folder} holds ${held} already`)));
    }
    const founding = { clusterId: cluster, serverId: id, servers };
    found(store, founding, systemRandom(), (failure) => store.close(() => done(failure)));
  });
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
      return answer;
  }
}

function statusLines(status: Status): Record<string, string | number> {
  return {
    server_id: status.id,
    role: status.role,
    term: status.term,
    leader: status.leaderId ?? '',
    commit_index: status.commitIndex,
    applied_index: status.lastApplied,
    last_index: status.lastIndex,
  };
}
