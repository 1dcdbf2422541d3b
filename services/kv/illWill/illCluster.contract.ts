/** Three servers, each a process of its own, to which the world can be unkind. */
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { eventually, IllServer, type Wrapping } from './illServer.contract.js';

const ids = ['s1', 's2', 's3'] as const;
/** One of the servers. */
export type Id = (typeof ids)[number];

/** What a server says of itself in INFO. */
export interface Said {
  readonly id: Id;
  readonly role: string;
  readonly term: number;
  readonly leader: string;
  readonly commitIndex: number;
  readonly appliedIndex: number;
}

/** A client that never sends anything twice, and waits for no connection. */
export function redisClient(port: number): Redis {
  const client = new Redis({
    host: '127.0.0.1',
    port,
    lazyConnect: true,
    enableReadyCheck: false,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
    disableClientInfo: true,
  });
  client.on('error', () => {});
  return client;
}

/** The cluster of one file of tests. Whoever has it ends it. */
export class IllCluster {
  readonly ids = ids;
  readonly #root = mkdtempSync(join(tmpdir(), 'raftchart-ill-'));
  readonly #ports: readonly number[];
  readonly #servers = new Map<Id, IllServer>();
  readonly #started: IllServer[] = [];
  readonly #clients = new Map<Id, Redis>();

  /** Founds the cluster; answers when all follow one leader. `start` starts a server. */
  static async found(
    start = (cluster: IllCluster, id: Id): unknown => cluster.start(id, ['--found']),
  ): Promise<IllCluster> {
    const cluster = new IllCluster(await freePorts(ids.length * 2));
    try {
      for (const id of ids) start(cluster, id);
      await cluster.caughtUp();
      return cluster;
    } catch (error) {
      await cluster.end();
      throw error;
    }
  }

  private constructor(ports: readonly number[]) {
    this.#ports = ports;
  }

  /** Where a server keeps its data, unless it is told otherwise. */
  folder(id: Id): string {
    return join(this.#root, id);
  }

  redisPort(id: Id): number {
    return this.#ports[ids.indexOf(id)]!;
  }

  /** What `serve` is told of a server. A later word of the same name counts instead. */
  words(id: Id, more: readonly string[] = []): string[] {
    const raftPorts = this.#ports.slice(ids.length);
    const servers = ids.map((other, i) => `${other}=127.0.0.1:${raftPorts[i]}`);
    return [
      `--id=${id}`,
      `--servers=${servers.join(',')}`,
      '--cluster=ill',
      `--data=${this.folder(id)}`,
      `--redis=127.0.0.1:${this.redisPort(id)}`,
      ...more,
    ];
  }

  /** Starts a server that does not run, told further words, inside `wrapping`. */
  start(id: Id, more: readonly string[] = [], wrapping: Wrapping = []): IllServer {
    const server = new IllServer(this.words(id, more), wrapping);
    this.#servers.set(id, server);
    this.#started.push(server);
    return server;
  }

  /** The process that was started last for a server. */
  server(id: Id): IllServer {
    return this.#servers.get(id)!;
  }

  /** Ends a server at once; answers when it is gone. */
  async kill(id: Id): Promise<void> {
    this.server(id).signal('SIGKILL');
    await this.server(id).ended;
  }

  /** A port that nobody listens on at this moment. */
  async freePort(): Promise<number> {
    return (await freePorts(1))[0]!;
  }

  others(id: Id): Id[] {
    return ids.filter((other) => other !== id);
  }

  /** The leader that most servers follow, as soon as there is one among `among`. */
  leader(among: readonly Id[] = ids): Promise<Said> {
    return eventually(async () => {
      const said = await this.#ask(among);
      const isFollowed = (one: Said): boolean =>
        said.filter((other) => follows(other, one)).length * 2 > ids.length;
      const leader = said.find((one) => one.role === 'leader' && isFollowed(one));
      if (leader === undefined) throw new Error(`no leader: ${JSON.stringify(said)}`);
      return leader;
    });
  }

  /** Answers the leader when all follow it, and have applied all that was committed. */
  caughtUp(): Promise<Said> {
    return eventually(async () => {
      const said = await this.#ask(ids);
      const leader = said.find(({ role }) => role === 'leader');
      const isWell =
        leader !== undefined &&
        said.length === ids.length &&
        said.every((one) => follows(one, leader) && one.appliedIndex === leader.commitIndex);
      if (!isWell) throw new Error(`not caught up: ${JSON.stringify(said)} ${this.#complaints()}`);
      return leader;
    });
  }

  /** Whatever has happened: all are well again, run, and have caught up. */
  async recover(): Promise<Said> {
    for (const id of ids) {
      const server = this.server(id);
      server.signal('SIGCONT');
      if (!server.isRunning) this.start(id);
      else {
        await server.disk({ type: 'well' });
        await server.suffers({ type: 'clock', shiftMs: 0 });
      }
    }
    return this.caughtUp();
  }

  /** The terms in which any of those that were started has led, as far as it was printed. */
  termsLed(): Set<string> {
    const output = this.#started.map(({ stdout }) => stdout).join('');
    return new Set(Array.from(output.matchAll(/: leader in term (\d+)/gu), ([, term]) => term!));
  }

  async end(): Promise<void> {
    for (const client of this.#clients.values()) client.disconnect();
    await Promise.all([...this.#servers.keys()].map((id) => this.kill(id)));
    rmSync(this.#root, { recursive: true, force: true, maxRetries: 5 });
  }

  async #ask(among: readonly Id[]): Promise<Said[]> {
    const said = await Promise.all(among.map((id) => this.#status(id)));
    return said.filter((one) => one !== undefined);
  }

  async #status(id: Id): Promise<Said | undefined> {
    let client = this.#clients.get(id);
    if (client === undefined || client.status === 'end') {
      client = redisClient(this.redisPort(id));
      this.#clients.set(id, client);
    }
    try {
      if (client.status === 'wait') await client.connect();
      return saidIn(await client.info('raftchart'));
    } catch {
      client.disconnect();
      return undefined;
    }
  }

  #complaints(): string {
    return ids.map((id) => this.server(id).stderr).join('');
  }
}

function follows(one: Said, leader: Said): boolean {
  return one.leader === leader.id && one.term === leader.term;
}

function saidIn(info: string): Said {
  const lines = new Map(info.split('\r\n').map((line) => line.split(':') as [string, string]));
  const number = (name: string): number => Number(lines.get(name));
  return {
    id: lines.get('server_id') as Id,
    role: lines.get('role')!,
    term: number('term'),
    leader: lines.get('leader')!,
    commitIndex: number('commit_index'),
    appliedIndex: number('applied_index'),
  };
}

async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer());
  const port = (server: (typeof servers)[number]): Promise<number> =>
    new Promise((resolve) => {
      server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port));
    });
  const ports = await Promise.all(servers.map(port));
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}
