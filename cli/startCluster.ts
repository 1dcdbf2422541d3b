/**
 * `raftchart start`: a whole cluster on this machine, each server a process of its own.
 *
 * A server that goes down later is not started again: what is seen here is what Raft does about it.
 * The next `start` brings it back.
 */
import process from 'node:process';
import type { Notice } from '../services/kv/nodeKvServer.js';
import { assertPortsFree } from './assertPortsFree.js';
import { type ClusterPlan, clusterPlan, loopback, type PlanOptions } from './clusterPlan.js';
import type { ServerRow } from './clusterTable.js';
import { type Display, displayOn, leaderOf } from './display.js';
import { foundCluster } from './foundCluster.js';
import { Refusal } from './refusal.js';
import { ServerProcess, stopMsMax } from './serverProcess.js';

/** Which cluster is started. */
export interface StartOptions extends PlanOptions {
  /** What Redis clients must give, if anything. */
  readonly password?: string;
}

/**
 * What a server says of another is shown unless that one turns out to be down, so long after, ms.
 */
const noticeDelayMs = 1_000;

/**
 * Runs the cluster until a signal stops it. Rejects with a Refusal where it cannot start, or when
 * no server is left; then no process stays behind.
 */
export async function startCluster(options: StartOptions): Promise<void> {
  const plan = clusterPlan(options);
  let cluster: LocalCluster | undefined;
  let isStopped = false;
  // From the beginning, or Ctrl-C could leave a cluster that is founded in part.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      isStopped = true;
      if (cluster === undefined) setTimeout(giveUp, stopMsMax).unref();
      else void cluster.stop();
    });
  }
  await assertPortsFree(plan);
  const how = await foundCluster(plan);
  if (isStopped) return;
  const display = displayOn(process.stdout);
  for (const line of welcome(plan, how)) display.say(line);
  cluster = new LocalCluster(plan, options.password, display);
  await cluster.ended;
}

/** A disk that does not answer must not keep anybody from leaving. */
function giveUp(): void {
  console.error('raftchart: the disk did not answer in time; founding was left unfinished');
  process.exit(1);
}

function welcome({ folder, servers }: ClusterPlan, how: 'founded' | 'found'): string[] {
  const first = servers[0]!.redisPort;
  const other = servers.at(-1)!.redisPort;
  const data = how === 'founded' ? `a new cluster, data in ${folder}` : `data in ${folder}`;
  return [
    `raftchart: ${servers.length} servers, ${data}`,
    '',
    `  redis-cli -p ${first} SET greeting hello`,
    `  redis-cli -p ${other} GET greeting          any server takes any command`,
    '  Ctrl-C stops all servers',
  ];
}

class LocalCluster {
  /** Answers when all servers have stopped as they were told to. */
  readonly ended: Promise<void>;
  readonly #display: Display;
  readonly #servers: readonly ServerProcess[];
  #wasUp = false;
  #stopping: Promise<void> | undefined;
  #failure: Refusal | undefined;
  #settle: () => void = () => {};

  constructor(plan: ClusterPlan, password: string | undefined, display: Display) {
    this.#display = display;
    this.ended = new Promise((resolve, reject) => {
      this.#settle = () => (this.#failure === undefined ? resolve() : reject(this.#failure));
    });
    const watcher = {
      changed: (server: ServerProcess) => this.#changed(server),
      notice: (server: ServerProcess, notice: Notice) => this.#notice(server, notice),
    };
    this.#servers = plan.servers.map(
      (planned) => new ServerProcess(plan, planned, password, watcher),
    );
    this.#show();
  }

  /** Stops the followers, then the leader: whoever else goes first would make the others elect. */
  stop(): Promise<void> {
    this.#stopping ??= this.#stopAll();
    return this.#stopping;
  }

  async #stopAll(): Promise<void> {
    const leaderId = leaderOf(this.#rows())?.id;
    const isLeader = ({ planned }: ServerProcess): boolean => planned.id === leaderId;
    const followers = this.#servers.filter((server) => !isLeader(server));
    await Promise.all(followers.map((server) => this.#stopOne(server, '')));
    await Promise.all(
      this.#servers.filter(isLeader).map((server) => this.#stopOne(server, ', the leader')),
    );
    this.#display.close();
    this.#settle();
  }

  async #stopOne(server: ServerProcess, which: string): Promise<void> {
    if (server.state === 'down') return;
    const outcome = await server.stop();
    this.#display.say(`${outcome} ${server.planned.id}${which}`);
    const { id } = server.planned;
    if (outcome === 'killed') this.#failure ??= new Refusal(`server ${id} did not stop in time`);
  }

  #changed(server: ServerProcess): void {
    if (server.state === 'down' && this.#stopping === undefined) this.#lost(server);
    this.#wasUp ||= this.#servers.every(({ state }) => state === 'up');
    this.#show();
  }

  #lost({ planned: { id }, reason, complaints }: ServerProcess): void {
    for (const line of complaints) this.#display.say(`${id}: ${line}`);
    if (!this.#wasUp) {
      this.#failure = new Refusal(`server ${id} did not start: ${reason}`);
      void this.stop();
    } else if (this.#servers.every(({ state }) => state === 'down')) {
      this.#failure = new Refusal(`server ${id}, the last one, is down: ${reason}`);
      void this.stop();
    } else {
      this.#display.say(`${id} is down: ${reason}; the others go on`);
    }
  }

  #notice({ planned: { id } }: ServerProcess, { about, line }: Notice): void {
    const other = this.#servers.find(({ planned }) => planned.id === about);
    const isNews = (): boolean =>
      this.#stopping === undefined && (other === undefined || other.state === 'up');
    if (!isNews()) return;
    const timer = setTimeout(() => {
      if (isNews()) this.#display.say(about === id ? `${id}: ${line}` : `${id}: ${about}: ${line}`);
    }, noticeDelayMs);
    timer.unref();
  }

  #show(): void {
    this.#display.show(this.#rows());
  }

  #rows(): ServerRow[] {
    return this.#servers.map(({ planned, pid, state, status }) => {
      const { id, redisPort, folder } = planned;
      return { id, pid, address: `${loopback}:${redisPort}`, folder, state, status };
    });
  }
}
