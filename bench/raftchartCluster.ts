/** Three raftchart servers, started as their users start them. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { BenchProcess } from './benchProcess.js';
import { type Contender, electionMsMax, serverCount } from './contender.js';
import { freePorts } from './freePorts.js';
import { RespClient } from './respClient.js';
import { respGenerator } from './respLoad.js';
import { until } from './until.js';

/** Servers that are not started yet, with their data under `folder`. */
export async function raftchartCluster(folder: string): Promise<Contender> {
  const ports = await freePorts(serverCount * 2);
  return new RaftchartCluster(folder, ports.slice(0, serverCount), ports.slice(serverCount));
}

/** This file is compiled to dist/bench. */
const commandPath = fileURLToPath(new URL('../../cli/raftchart.js', import.meta.url));

class RaftchartCluster implements Contender {
  readonly name = 'raftchart';
  readonly generators = [1, 8, 64].map(respGenerator);
  readonly #folder: string;
  readonly #redisPorts: readonly number[];
  readonly #raftPorts: readonly number[];
  #servers: BenchProcess[] = [];
  #client: RespClient | undefined;

  constructor(folder: string, redisPorts: readonly number[], raftPorts: readonly number[]) {
    this.#folder = folder;
    this.#redisPorts = redisPorts;
    this.#raftPorts = raftPorts;
  }

  async start(): Promise<void> {
    this.#servers = this.#redisPorts.map(
      (_, i) =>
        new BenchProcess(
          process.execPath,
          [commandPath, ...this.#argumentsOf(i)],
          join(this.#folder, `raftchart${i}.log`),
        ),
    );
    await this.leaderPort();
  }

  async kill(): Promise<void> {
    await Promise.all(this.#servers.map((server) => server.end('SIGKILL')));
    this.#client?.close();
  }

  pids(): number[] {
    return this.#servers.map((server) => server.pid);
  }

  async leaderPort(): Promise<number> {
    const port = await until('a leader of raftchart', electionMsMax, () => this.#findLeader());
    this.#client?.close();
    this.#client = new RespClient(port);
    return port;
  }

  async set(key: string, value: string): Promise<void> {
    await this.#client?.command('SET', key, value);
  }

  async get(key: string): Promise<string | undefined> {
    const reply = await this.#client?.command('GET', key);
    return reply?.type === 'bulk' ? new TextDecoder().decode(reply.bytes) : undefined;
  }

  async #findLeader(): Promise<number | undefined> {
    for (const server of this.#servers) server.assertRuns();
    for (const port of this.#redisPorts) {
      if (await isLeader(port)) return port;
    }
    return undefined;
  }

  #argumentsOf(i: number): string[] {
    const servers = this.#raftPorts.map((port, server) => `s${server}=127.0.0.1:${port}`);
    return [
      'serve',
      `--id=s${i}`,
      `--servers=${servers.join(',')}`,
      `--redis=127.0.0.1:${this.#redisPorts[i]}`,
      `--folder=${join(this.#folder, `raftchart${i}`)}`,
    ];
  }
}

/** The leader says that it is the master, as a Redis says it. */
async function isLeader(port: number): Promise<boolean> {
  const client = new RespClient(port);
  try {
    const reply = await client.command('INFO', 'replication');
    return reply.type === 'bulk' && /^role:master\r?$/m.test(new TextDecoder().decode(reply.bytes));
  } catch {
    return false;
  } finally {
    client.close();
  }
}
