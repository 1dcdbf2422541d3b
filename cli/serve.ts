/** `raftchart serve`: one server of a cluster, in this process, until it is told to stop. */
import { readFileSync } from 'node:fs';
import process from 'node:process';
import { promisify } from 'node:util';
import type { Address } from '../actors/address.js';
import { tlsFiles } from '../actors/nodeTls.js';
import type { Settings } from '../machines/settings.js';
import { type KvServer, kvServer } from '../services/kv/nodeKvServer.js';
import { folderContent, foreignFolder } from './foundCluster.js';
import { found, type InitOptions } from './init.js';
import { addressText } from './optionValues.js';
import { Refusal, refuse } from './refusal.js';
import { statusIntervalMs } from './report.js';
import { parentProcess, type StopMode, type Supervisor, terminal } from './supervisor.js';

/** Besides what `drainMs` allows, stopping may take so long, ms: a transfer, and a last sync. */
const stopMs = 5_000;

/** Which server this is, and where it keeps and hears what. */
export interface ServeOptions extends InitOptions {
  /** Where to hear the other servers, if not at the own one of their addresses. */
  readonly listen?: Address;
  readonly redis: Address;
  readonly password?: string;
  /** Files: the CA of the servers, the own certificate and key, and the CA of native clients. */
  readonly tlsCa?: string;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly tlsClientCa?: string;
  /** The file that holds what native clients must know. */
  readonly clientTokenFile?: string;
  readonly plainTextBeyondLoopback?: boolean;
  /** How long answers are waited for when it stops, ms. */
  readonly drainMs: number;
  /** The shortest time without a leader after which there is an election, ms. */
  readonly electionTimeoutMs?: number;
  /** Whether to found it first. */
  readonly found?: boolean;
  /** Whether `start` made this process, and is to be told how it goes. */
  readonly supervised?: boolean;
}

/**
 * Answers when the server has been stopped. Rejects with a {@link Refusal} if it cannot start, or
 * fails later.
 */
export async function serve(options: ServeOptions): Promise<void> {
  const { id, cluster, redis } = options;
  const name = `server ${id} of cluster ${cluster} (Redis clients on ${addressText(redis)})`;
  const supervisor = options.supervised === true ? parentProcess() : terminal(name, id);
  try {
    const server = serverOf(options);
    if (options.found === true) await found(options);
    else await assertFounded(options);
    await run(server, supervisor, options.drainMs + stopMs);
  } finally {
    supervisor.close();
  }
}

async function assertFounded({ id, cluster, data }: ServeOptions): Promise<void> {
  const content = await folderContent(data);
  if (content.type === 'empty') {
    const first = 'if its cluster is new, found it once, with "init" or with --found';
    const lost = 'if it has lost its data, docs/operations.md says what can be done';
    throw new Refusal(`server ${id} was never founded in ${data}: ${first}; ${lost}`);
  }
  const foreign = foreignFolder(data, content, { cluster, id });
  if (foreign !== undefined) throw new Refusal(foreign);
}

function serverOf(options: ServeOptions): KvServer {
  const { id, cluster, servers, listen, data, redis, password, drainMs } = options;
  const { tlsCa: ca, tlsCert: cert, tlsKey: key, tlsClientCa: clientCa } = options;
  return kvServer({
    id,
    cluster,
    servers,
    listen: listen === undefined ? undefined : addressText(listen),
    folder: data,
    redisHost: redis.host,
    redisPort: redis.port,
    password,
    tls: ca === undefined ? undefined : tlsFiles({ ca, cert, key, clientCa }),
    clientToken: tokenIn(options.clientTokenFile),
    plainTextBeyondLoopback: options.plainTextBeyondLoopback,
    drainMs,
    settings: settingsOf(options.electionTimeoutMs),
  });
}

/** What the file holds, without the line end that editors put there. */
function tokenIn(file: string | undefined): string | undefined {
  if (file === undefined) return undefined;
  let token: string;
  try {
    token = readFileSync(file, 'utf8').replace(/\r?\n$/u, '');
  } catch (error) {
    const { message } = error as Error;
    throw new Refusal(`the client token cannot be read: ${message}`, { cause: error });
  }
  if (token !== '') return token;
  throw new Refusal(`the file ${file} is empty; write the token of native clients into it`);
}

/** In the proportions of the defaults, so that one number is enough to tune a slow network. */
function settingsOf(electionTimeoutMs: number | undefined): Partial<Settings> | undefined {
  if (electionTimeoutMs === undefined) return undefined;
  const part = (of: number) => Math.round(electionTimeoutMs * of);
  return {
    electionTimeoutMinMs: electionTimeoutMs,
    electionTimeoutMaxMs: 2 * electionTimeoutMs,
    heartbeatMs: part(1 / 4),
    retryMinMs: part(1 / 10),
    retryMaxMs: part(6 / 10),
  };
}

async function run(server: KvServer, supervisor: Supervisor, stopMsMax: number): Promise<void> {
  let isStopping = false;
  let failure: Error | undefined;
  const stopped = new Promise<void>((resolve) => {
    const stop = (mode: StopMode): void => {
      // The same once more must not cut short what has begun.
      if (isStopping && mode === 'handOver') return;
      if (!isStopping) endAfter(stopMsMax, supervisor);
      isStopping = true;
      const isLeader = server.status().role === 'leader';
      // How a transfer fails is a notice; it stops all the same.
      if (mode === 'handOver' && isLeader) server.transfer(undefined, () => server.stop(resolve));
      else server.stop(resolve);
    };
    supervisor.whenToStop(stop);
    server.onFailure((error) => {
      failure = error;
      stop('now');
    });
  });
  server.onNotice((notice) => supervisor.report({ type: 'notice', notice }));
  const start = promisify((done: (error: Error | undefined) => void) => server.start(done));
  // What is stopped while it starts does not start: that is no failure.
  await start().catch((error) => isStopping || refuse(error));
  const unwatch = watch(server, supervisor);
  await stopped;
  unwatch();
  if (failure !== undefined) refuse(failure);
}

/** A disk that does not answer would keep the process for ever; what it promised, others keep. */
function endAfter(ms: number, supervisor: Supervisor): void {
  const end = (): never => {
    const line = `did not end within ${ms} ms, since its disk does not answer: ended at once`;
    supervisor.report({ type: 'notice', notice: { about: 'stopping', line } });
    process.exit(1);
  };
  setTimeout(end, ms).unref();
}

/** Reports changes: of role, term or leader at once, of indexes every so often. */
function watch(server: KvServer, supervisor: Supervisor): () => void {
  let last = '';
  const reportStatus = (): void => {
    const status = server.status();
    const text = JSON.stringify(status);
    if (text !== last) supervisor.report({ type: 'status', status });
    last = text;
  };
  supervisor.report({ type: 'listening' });
  reportStatus();
  server.onChange(reportStatus);
  const timer = setInterval(reportStatus, statusIntervalMs);
  return () => clearInterval(timer);
}
