/** One server of `start`: a process of its own, which is told to stop and says how it is doing. */
import { type ChildProcess, spawn } from 'node:child_process';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import type { Status } from '../actors/status.js';
import type { Notice } from '../services/kv/nodeKvServer.js';
import { type ClusterPlan, loopback, type PlannedServer, raftAddresses } from './clusterPlan.js';
import type { Order, Report } from './report.js';

/** A server that has not stopped so long after it was told to is killed, ms. */
export const stopMsMax = 5_000;

/**
 * Most of what a server allocates lives no longer than a command takes. With what V8 usually has
 * for the young, much of that is taken for old under load, and costs far more to collect; with 32
 * MiB the protocol was measured to run about twice as fast.
 */
const nodeOptions = ['--max-semi-space-size=32'];
/** Beside this file, when both are compiled. */
const commandPath = fileURLToPath(new URL('main.js', import.meta.url));
/** So much of what a server last wrote to its stderr is kept, in characters. */
const stderrMax = 8_192;
/** So long a server waits for its clients when it stops, ms: less than {@link stopMsMax}. */
const drainMs = 2_000;

/** Who is told of a server. */
export interface Watcher {
  /** Its state or its status has changed. */
  changed(server: ServerProcess): void;
  notice(server: ServerProcess, notice: Notice): void;
}

/**
 * `up`: it takes Redis clients. `down`: it has ended by itself; `stopped`: because it was told to.
 */
export type ServerState = 'starting' | 'up' | 'stopping' | 'stopped' | 'down';

/** A server that was started, until it is down for good: there is no second life. */
export class ServerProcess {
  readonly planned: PlannedServer;
  state: ServerState = 'starting';
  /** What it said last of itself. */
  status: Status | undefined;
  /** Why it is down: the last line of its stderr, if there is one. */
  reason = '';
  /** The lines before that. */
  complaints: readonly string[] = [];
  readonly #child: ChildProcess;
  readonly #ended: Promise<void>;
  readonly #watcher: Watcher;
  #stderr = '';

  /** Starts it. `password` is what its Redis clients must give, if anything. */
  constructor(
    plan: ClusterPlan,
    planned: PlannedServer,
    password: string | undefined,
    watcher: Watcher,
  ) {
    this.planned = planned;
    this.#watcher = watcher;
    const child = spawn(process.execPath, [...nodeOptions, ...commandLine(plan, planned)], {
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      env: {
        ...process.env,
        NODE_ENV: 'production',
        // Not among the arguments, which every user of the machine can read.
        ...(password === undefined ? {} : { RAFTCHART_PASSWORD: password }),
      },
    });
    this.#child = child;
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr = (this.#stderr + text).slice(-stderrMax);
    });
    child.on('message', (report: Report) => this.#heard(report));
    this.#ended = new Promise((resolve) => {
      child.once('error', (error) => resolve(this.#down(error.message)));
      // Not at 'exit': its last words may still be on their way.
      child.once('close', (code, signal) => resolve(this.#down(this.#whyEnded(code, signal))));
    });
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Answers when it is down: whether by itself, or because it had to be killed. */
  async stop(): Promise<'stopped' | 'killed'> {
    this.state = 'stopping';
    this.#watcher.changed(this);
    const order: Order = { type: 'stop' };
    if (this.#child.connected) this.#child.send(order, () => {});
    else this.#child.kill('SIGTERM');
    let isKilled = false;
    const timer = setTimeout(() => {
      isKilled = true;
      this.#child.kill('SIGKILL');
    }, stopMsMax);
    await this.#ended;
    clearTimeout(timer);
    return isKilled ? 'killed' : 'stopped';
  }

  #heard(report: Report): void {
    if (report.type === 'notice') {
      this.#watcher.notice(this, report.notice);
      return;
    }
    if (report.type === 'status') this.status = report.status;
    else if (this.state === 'starting') this.state = 'up';
    this.#watcher.changed(this);
  }

  #down(reason: string): void {
    if (this.state === 'down' || this.state === 'stopped') return;
    this.reason = reason;
    this.state = this.state === 'stopping' ? 'stopped' : 'down';
    this.#watcher.changed(this);
  }

  #whyEnded(code: number | null, signal: NodeJS.Signals | null): string {
    const lines = this.#stderr.split('\n').filter((line) => line.trim() !== '');
    const lastLine = signal === null ? lines.pop()?.replace(/^raftchart: /u, '') : undefined;
    this.complaints = lines;
    if (signal !== null) return `ended by ${signal}`;
    return lastLine ?? (code === 0 ? 'told to stop' : `ended with exit code ${code}`);
  }
}

function commandLine(plan: ClusterPlan, { id, folder, redisPort }: PlannedServer): string[] {
  const servers = Object.entries(raftAddresses(plan)).map(
    ([name, address]) => `${name}=${address}`,
  );
  return [
    commandPath,
    'serve',
    `--id=${id}`,
    `--cluster=${plan.cluster}`,
    `--servers=${servers.join(',')}`,
    `--data=${folder}`,
    `--redis=${loopback}:${redisPort}`,
    `--drain-ms=${drainMs}`,
    '--supervised',
  ];
}
