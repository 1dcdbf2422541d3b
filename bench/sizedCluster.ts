/** Servers of the size benches, each a process of its own, with folders that are founded ahead. */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { snapshotBase } from '../actors/walSnapshotName.js';
import type { Settings } from '../machines/settings.js';
import { foundKvServer } from '../services/kv/nodeKvFolder.js';
import type { KvServerOptions } from '../services/kv/nodeKvServer.js';
import { BenchProcess } from './benchProcess.js';
import { freePorts } from './freePorts.js';
import { RespClient } from './respClient.js';
import { firstTime, parseReports, type ServerReport } from './serverReports.js';
import { until } from './until.js';

const serverPath = fileURLToPath(new URL('sizedServer.js', import.meta.url));
/** As in cli/serverProcess.ts, which has the reason. */
const nodeOptions = ['--max-semi-space-size=32'];
const environment = { NODE_ENV: 'production' };
/** What comes to pass at all comes to pass within so long, ms. */
const patienceMs = 120_000;

export class SizedServer {
  readonly options: KvServerOptions;
  readonly #logPath: string;
  #process: BenchProcess | undefined;
  #lives = 0;
  /** When it was started last, ms since 1970. */
  startedMs = 0;

  constructor(options: KvServerOptions) {
    this.options = options;
    this.#logPath = `${options.folder}.log`;
  }

  get redisPort(): number {
    return this.options.redisPort;
  }

  /** Founds its part of the cluster, in an empty folder. */
  async found(): Promise<void> {
    await promisify(foundKvServer)(this.options);
  }

  start(): void {
    this.startedMs = performance.timeOrigin + performance.now();
    const words = [...nodeOptions, serverPath, JSON.stringify(this.options)];
    const logPath = `${this.#logPath}${++this.#lives}`;
    this.#process = new BenchProcess(process.execPath, words, logPath, environment);
  }

  /** What it has said since it was started. */
  reports(): ServerReport[] {
    return parseReports(this.#process?.log() ?? '');
  }

  /** Answers once it says what is wanted. Throws where it ends before. */
  until<T>(what: string, ask: (reports: readonly ServerReport[]) => T | undefined): Promise<T> {
    return until(`${what} at ${this.options.id}`, patienceMs, () => {
      this.#process?.assertRuns();
      return ask(this.reports());
    });
  }

  /** The same server on another folder, with other settings. */
  at(folder: string, settings: Partial<Settings>): SizedServer {
    return new SizedServer({ ...this.options, folder, settings });
  }

  /** Takes a snapshot, and answers when it was in place, ms since 1970. */
  async snapshot(): Promise<number> {
    const wanted = this.reports().at(-1)!.status.lastApplied;
    const client = new RespClient(this.redisPort);
    try {
      await client.command('RAFTCHART', 'SNAPSHOT');
    } finally {
      client.close();
    }
    return this.until('a snapshot', (reports) =>
      firstTime(reports, ({ snapshotIndex }) => snapshotIndex >= wanted),
    );
  }

  /** Takes a snapshot that covers `entries`, and lets go of the log before it. */
  async compact(entries: number): Promise<void> {
    await this.until('all applied', (reports) =>
      firstTime(reports, ({ lastApplied }) => lastApplied >= entries),
    );
    await this.snapshot();
    await this.until('a compacted log', (reports) =>
      firstTime(reports, ({ baseIndex }) => baseIndex > 0),
    );
  }

  /** Bytes of the newest snapshot in its folder; 0 without one. */
  snapshotBytes(): number {
    const { folder } = this.options;
    const names = readdirSync(folder).filter((name) => snapshotBase(0, name) !== undefined);
    return Math.max(0, ...names.map((name) => statSync(join(folder, name)).size));
  }

  /** Stops it as it stands (SIGSTOP), or lets it go on (SIGCONT). */
  signal(signal: 'SIGSTOP' | 'SIGCONT'): void {
    process.kill(this.#process!.pid, signal);
  }

  /** `kill -9`; answers when the process is gone. */
  async kill(): Promise<void> {
    const running = this.#process;
    this.#process = undefined;
    await running?.end('SIGKILL');
  }
}

/** Whoever of them leads, once somebody does and has applied something in its term. */
export function findLeader(servers: readonly SizedServer[]): Promise<SizedServer> {
  return until('a leader', patienceMs, () =>
    servers.find((server) => {
      const status = server.reports().at(-1)?.status;
      return status?.role === 'leader' && status.lastApplied === status.lastIndex;
    }),
  );
}

/** `count` servers of one cluster on free ports, s1 and so on, with folders under `folder`. */
export async function sizedServers(
  folder: string,
  count: number,
  settings: Partial<Settings> = {},
): Promise<SizedServer[]> {
  const ports = await freePorts(2 * count);
  const ids = Array.from({ length: count }, (_, i) => `s${i + 1}`);
  const servers = Object.fromEntries(ids.map((id, i) => [id, `127.0.0.1:${ports[i]}`]));
  return ids.map(
    (id, i) =>
      new SizedServer({
        id,
        cluster: 'size',
        servers,
        folder: join(folder, id),
        redisPort: ports[count + i]!,
        settings,
      }),
  );
}
