/** Servers of one cluster as processes of `serve`, for tests of what is done to them. */
import { Redis } from 'ioredis';
import { type CommandRun, eventually, freePorts, type Workplace } from './commandRun.contract.js';
import { reportOf } from './serverAnswer.js';

/** One server: `run` is undefined until it is started. */
export interface ServedServer {
  readonly id: string;
  readonly redisPort: number;
  readonly raftPort: number;
  run: CommandRun | undefined;
}

export class ServedCluster {
  readonly servers: readonly ServedServer[];
  readonly #place: Workplace;
  readonly #clients: Redis[] = [];

  private constructor(place: Workplace, servers: readonly ServedServer[]) {
    this.#place = place;
    this.servers = servers;
  }

  static async of(place: Workplace, count: number): Promise<ServedCluster> {
    const ports = await freePorts(2 * count);
    const servers = Array.from({ length: count }, (_, i): ServedServer => {
      return {
        id: `s${i + 1}`,
        redisPort: ports[2 * i]!,
        raftPort: ports[2 * i + 1]!,
        run: undefined,
      };
    });
    return new ServedCluster(place, servers);
  }

  get addresses(): string {
    return this.servers.map(({ raftPort, id }) => `${id}=127.0.0.1:${raftPort}`).join(',');
  }

  /** For `--connect`: all of them. */
  get connect(): string {
    return this.servers.map(({ redisPort }) => `127.0.0.1:${redisPort}`).join(',');
  }

  /** Founds and runs a server. */
  serve(server: ServedServer, ...words: readonly string[]): CommandRun {
    const { id, redisPort } = server;
    const own = [`--id=${id}`, `--data=${id}`, `--redis=127.0.0.1:${redisPort}`, '--found'];
    server.run = this.#place.run('serve', `--servers=${this.addresses}`, ...own, ...words);
    return server.run;
  }

  /** The server that leads, once one does. */
  leader(): Promise<ServedServer> {
    return eventually(async () => {
      for (const server of this.servers) {
        const { role } = await reportOf({ host: '127.0.0.1', port: server.redisPort }, undefined);
        if (role === 'leader') return server;
      }
      throw new Error('nobody leads');
    });
  }

  /** A client that sends nothing twice, and does not connect again. */
  client({ redisPort }: ServedServer): Redis {
    const options = { retryStrategy: null, autoResendUnfulfilledCommands: false };
    const client = new Redis(redisPort, { ...options, maxRetriesPerRequest: 0 });
    client.on('error', () => {});
    this.#clients.push(client);
    return client;
  }

  closeClients(): void {
    for (const client of this.#clients.splice(0)) client.disconnect();
  }
}
