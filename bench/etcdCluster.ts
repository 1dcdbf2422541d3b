/**
 * Three etcd servers with their default durability: each acknowledged write is synced on a
 * majority.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { BenchProcess } from './benchProcess.js';
import { type Contender, electionMsMax, serverCount } from './contender.js';
import { freePorts } from './freePorts.js';
import { grpcGenerator } from './grpcLoad.js';
import { until } from './until.js';

/** What the command `etcd` says of itself, or undefined where there is none. */
export function etcdVersion(): string | undefined {
  const { stdout } = spawnSync('etcd', ['--version'], { encoding: 'utf8', timeout: callMsMax });
  return /etcd Version: (\S+)/.exec(stdout ?? '')?.[1];
}

/** Servers that are not started yet, with their data under `folder`. */
export async function etcdCluster(folder: string): Promise<Contender> {
  const ports = await freePorts(serverCount * 2);
  return new EtcdCluster(folder, ports.slice(0, serverCount), ports.slice(serverCount));
}

const callMsMax = 5000;

class EtcdCluster implements Contender {
  readonly name = 'etcd';
  readonly generators = [1, 8, 64].map(grpcGenerator);
  readonly #folder: string;
  readonly #clientPorts: readonly number[];
  readonly #peerPorts: readonly number[];
  #servers: BenchProcess[] = [];
  #leaderPort = 0;

  constructor(folder: string, clientPorts: readonly number[], peerPorts: readonly number[]) {
    this.#folder = folder;
    this.#clientPorts = clientPorts;
    this.#peerPorts = peerPorts;
  }

  async start(): Promise<void> {
    this.#servers = this.#clientPorts.map(
      (_, i) => new BenchProcess('etcd', this.#argumentsOf(i), join(this.#folder, `etcd${i}.log`)),
    );
    await this.leaderPort();
  }

  async kill(): Promise<void> {
    await Promise.all(this.#servers.map((server) => server.end('SIGKILL')));
  }

  pids(): number[] {
    return this.#servers.map((server) => server.pid);
  }

  async leaderPort(): Promise<number> {
    this.#leaderPort = await until('a leader of etcd', electionMsMax, () => this.#findLeader());
    return this.#leaderPort;
  }

  async set(key: string, value: string): Promise<void> {
    await call(this.#leaderPort, 'kv/put', { key: btoa(key), value: btoa(value) });
  }

  async get(key: string): Promise<string | undefined> {
    const answer = await call(this.#leaderPort, 'kv/range', { key: btoa(key) });
    const stored = (answer as { kvs?: { value: string }[] }).kvs?.[0];
    return stored === undefined ? undefined : atob(stored.value);
  }

  async #findLeader(): Promise<number | undefined> {
    for (const server of this.#servers) server.assertRuns();
    for (const port of this.#clientPorts) {
      const status = await call(port, 'maintenance/status', {}).catch(() => undefined);
      const { header, leader } = (status ?? {}) as Status;
      if (leader !== undefined && leader === header?.member_id) return port;
    }
    return undefined;
  }

  #argumentsOf(i: number): string[] {
    const clientUrl = urlOf(this.#clientPorts[i]!);
    const peerUrl = urlOf(this.#peerPorts[i]!);
    const cluster = this.#peerPorts.map((port, server) => `s${server}=${urlOf(port)}`);
    return [
      `--name=s${i}`,
      `--data-dir=${join(this.#folder, `etcd${i}`)}`,
      `--listen-client-urls=${clientUrl}`,
      `--advertise-client-urls=${clientUrl}`,
      `--listen-peer-urls=${peerUrl}`,
      `--initial-advertise-peer-urls=${peerUrl}`,
      `--initial-cluster=${cluster.join(',')}`,
    ];
  }
}

interface Status {
  /** The member id of the leader. */
  readonly leader?: string;
  readonly header?: { readonly member_id?: string };
}

function urlOf(port: number): string {
  return `http://127.0.0.1:${port}`;
}

/** etcd's JSON gateway: slow, and good enough for what is not measured. */
async function call(port: number, method: string, request: object): Promise<unknown> {
  const response = await fetch(`${urlOf(port)}/v3/${method}`, {
    method: 'POST',
    body: JSON.stringify(request),
    signal: AbortSignal.timeout(callMsMax),
  });
  if (!response.ok) throw new Error(`etcd ${method}: ${await response.text()}`);
  return response.json();
}
