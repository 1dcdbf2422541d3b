/** `raftchart serve`: one server of a cluster, in this process, until it is told to stop. */
import { promisify } from 'node:util';
import type { Address } from '../actors/address.js';
import type { ServerId } from '../machines/entry.js';
import { foundKvServer, type KvServer, kvServer } from '../services/kv/nodeKvServer.js';
import { claimFolder } from './folderClaim.js';
import { folderContent, foreignFolder } from './foundCluster.js';
import { addressText } from './optionValues.js';
import { Refusal, refuse } from './refusal.js';
import { statusIntervalMs } from './report.js';
import { parentProcess, type Supervisor, terminal } from './supervisor.js';

/** Which server this is, and where it keeps and hears what. */
export interface ServeOptions {
  readonly id: ServerId;
  readonly cluster: string;
  /** Addresses by server id, the own one among them. */
  readonly servers: Readonly<Record<ServerId, string>>;
  /** Where to hear the other servers, if not at the own one of these addresses. */
  readonly listen?: Address;
  readonly data: string;
  readonly redis: Address;
  readonly password?: string;
  /** Whether this is the first start of a new cluster. */
  readonly found?: boolean;
  /** Whether `start` made this process, and is to be told how it goes. */
  readonly supervised?: boolean;
}

/**
 * Answers when the server has been stopped. Rejects with a {@link Refusal} if it cannot start, or
 * fails later.
 */
export async function serve(options: ServeOptions): Promise<void> {
  const { id, cluster, servers, data: folder, redis } = options;
  const name = `server ${id} of cluster ${cluster} (Redis clients on ${addressText(redis)})`;
  const supervisor = options.supervised === true ? parentProcess() : terminal(name);
  try {
    await assertFounded(options);
    const release = await claimFolder(folder);
    if (options.found === true) {
      await promisify(foundKvServer)({ id, cluster, servers, folder }).catch(refuse);
    }
    await run(serverOf(options), supervisor);
    release();
  } finally {
    supervisor.close();
  }
}

async function assertFounded({ id, cluster, data, found }: ServeOptions): Promise<void> {
  const content = await folderContent(data);
  if (content.type === 'empty') {
    if (found === true) return;
    const first = 'if its cluster is new, start each of its servers once with --found';
    const lost = 'if it has lost its data, restore them from a backup';
    throw new Refusal(`server ${id} was never founded in ${data}: ${first}; ${lost}`);
  }
  const foreign = foreignFolder(data, content, { cluster, id });
  if (foreign !== undefined) throw new Refusal(foreign);
  if (found === true) {
    throw new Refusal(`server ${id} was founded in ${data} before; start it without --found`);
  }
}

function serverOf({ id, cluster, servers, listen, data, redis, password }: ServeOptions): KvServer {
  return kvServer({
    id,
    cluster,
    servers,
    ...(listen === undefined ? {} : { listen: addressText(listen) }),
    folder: data,
    redisHost: redis.host,
    redisPort: redis.port,
    ...(password === undefined ? {} : { password }),
  });
}

async function run(server: KvServer, supervisor: Supervisor): Promise<void> {
  let isStopping = false;
  let failure: Error | undefined;
  const stopped = new Promise<void>((resolve) => {
    const stop = (): void => {
      isStopping = true;
      server.stop(resolve);
    };
    supervisor.whenToStop(stop);
    server.onFailure((error) => {
      failure = error;
      stop();
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
