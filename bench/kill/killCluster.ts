/** Three servers, each a process of its own, that are there to be killed and stopped. */
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { BenchProcess } from '../benchProcess.js';
import { freePorts } from '../freePorts.js';
import { RespClient } from '../respClient.js';
import { until } from '../until.js';
import {
  areCaughtUp,
  endAlike,
  leaderAmong,
  parseStatus,
  type ServerStatus,
} from './serverStatus.js';

const serverCount = 3;
/** How long the servers may take to elect and to catch up after a fault, ms. */
const recoveryMsMax = 60_000;

/** What is compiled beside this: the command in the checkout would build first, each time. */
const commandPath = fileURLToPath(new URL('../../cli/main.js', import.meta.url));
/** As in cli/serverProcess.ts, which has the reason. */
const nodeOptions = ['--max-semi-space-size=32'];
const environment = { NODE_ENV: 'production' };

/** One of the servers, by its number. */
export type ServerNumber = number;

export class KillCluster {
  readonly name = 'killed';
  readonly redisPorts: readonly number[];
  /** Where they hear each other, and native clients. */
  readonly addresses: readonly string[];
  readonly #folder: string;
  /** Those that are to run, by number. */
  readonly #processes = new Map<ServerNumber, BenchProcess>();

  /** Servers that are not started yet, on free ports, with data and logs under `folder`. */
  static async make(folder: string): Promise<KillCluster> {
    const ports = await freePorts(serverCount * 2);
    return new KillCluster(folder, ports.slice(0, serverCount), ports.slice(serverCount));
  }

  private constructor(folder: string, redisPorts: readonly number[], raftPorts: readonly number[]) {
    this.#folder = folder;
    this.redisPorts = redisPorts;
    this.addresses = raftPorts.map((port) => `127.0.0.1:${port}`);
  }

  /** Founds the cluster; answers when all follow one leader. */
  async found(): Promise<void> {
    for (let server = 0; server < serverCount; server++) this.start(server, ['--found']);
    await this.caughtUp();
  }

  /** All servers but one. */
  others(server: ServerNumber): ServerNumber[] {
    return [...this.redisPorts.keys()].filter((other) => other !== server);
  }

  /** Starts a server that is not running. */
  start(server: ServerNumber, more: readonly string[] = []): void {
    const servers = this.addresses.map((address, i) => `s${i + 1}=${address}`);
    const words = [
      'serve',
      `--id=s${server + 1}`,
      `--servers=${servers.join(',')}`,
      `--cluster=${this.name}`,
      `--redis=127.0.0.1:${this.redisPorts[server]}`,
      `--data=${join(this.#folder, `s${server + 1}`)}`,
      ...more,
    ];
    const started = new BenchProcess(
      process.execPath,
      [...nodeOptions, commandPath, ...words],
      join(this.#folder, `s${server + 1}.log`),
      environment,
    );
    this.#processes.set(server, started);
  }

  /** `kill -9`; answers when the process is gone. */
  async kill(server: ServerNumber): Promise<void> {
    const running = this.#processes.get(server);
    this.#processes.delete(server);
    await running?.end('SIGKILL');
  }

  /** Stops a server as it stands (SIGSTOP), as a machine does that hangs; `resume` ends that. */
  stop(server: ServerNumber): void {
    process.kill(this.#processes.get(server)!.pid, 'SIGSTOP');
  }

  resume(server: ServerNumber): void {
    process.kill(this.#processes.get(server)!.pid, 'SIGCONT');
  }

  /** Answers who leads, as soon as most servers follow it. */
  leader(): Promise<ServerStatus> {
    return this.#until('a leader', async () => leaderAmong(await this.#statuses()));
  }

  /** Answers the leader when all follow it, and have applied what it had committed. */
  caughtUp(): Promise<ServerStatus> {
    return this.#until('all servers caught up', async () => {
      const before = await this.#statuses();
      return areCaughtUp(before, await this.#statuses()) ? leaderAmong(before) : undefined;
    });
  }

  /** Answers the leader when all logs end alike; nothing may be sent meanwhile. */
  endedAlike(): Promise<ServerStatus> {
    return this.#until('all logs ending alike', async () => {
      const statuses = await this.#statuses();
      return endAlike(statuses) ? leaderAmong(statuses) : undefined;
    });
  }

  /** Ends all servers, at once. */
  async end(): Promise<void> {
    await Promise.all([...this.#processes.keys()].map((server) => this.kill(server)));
  }

  #until<T>(what: string, ask: () => Promise<T | undefined>): Promise<T> {
    return until(what, recoveryMsMax, () => {
      for (const server of this.#processes.values()) server.assertRuns();
      return ask();
    });
  }

  #statuses(): Promise<(ServerStatus | undefined)[]> {
    return Promise.all(this.redisPorts.map(statusAt));
  }
}

/** The number of the server with an id. */
export function numberOf(id: string): ServerNumber {
  return Number(id.slice(1)) - 1;
}

async function statusAt(port: number): Promise<ServerStatus | undefined> {
  const client = new RespClient(port);
  try {
    const reply = await client.command('INFO', 'raftchart');
    return reply.type === 'bulk' ? parseStatus(new TextDecoder().decode(reply.bytes)) : undefined;
  } catch {
    return undefined;
  } finally {
    client.close();
  }
}
