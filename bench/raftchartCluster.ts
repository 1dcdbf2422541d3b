/** Three raftchart servers, each started as `raftchart start` starts its own. */
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

/** What is compiled beside the bench: the command in the checkout would build first, each time. */
const commandPath = fileURLToPath(new URL('../cli/main.js', import.meta.url));
/** As in cli/serverProcess.ts, which has the reason. */
const nodeOptions = ['--max-semi-space-size=32'];
const environment = { NODE_ENV: 'production' };

class RaftchartCluster implements Contender {
  readonly name = 'raftchart';
  readonly generators = [1, 8, 64].map(respGenerator);
  readonly #folder: string;
  readonly #redisPorts: readonly number[];
  readonly #raftPorts: readonly number[];
  #servers: BenchProcess[] = [];
  #client: RespClient | undefined;
  #isFounded = false;

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
          [...nodeOptions, commandPath, ...this.#argumentsOf(i)],
          join(this.#folder, `raftchart${i}.log`),
          environment,
        ),
    );
    await this.leaderPort();
    this.#isFounded = true;
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
      `--data=${join(this.#folder, `raftchart${i}`)}`,
      ...(this.#isFounded ? [] : ['--found']),
    ];
  }
}

/** Every server calls itself a Redis master; its section of our own says who leads. */
async function isLeader(port: number): Promise<boolean> {
  const client = new RespClient(port);
  try {
    const reply = await client.command('INFO', 'raftchart');
    return reply.type === 'bulk' && /^role:leader\r?$/m.test(new TextDecoder().decode(reply.bytes));
  } catch {
    return false;
  } finally {
    client.close();
  }
}
