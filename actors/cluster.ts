/**
 * A cluster in one process and in memory: for trying things out, for tests, and for programs that
 * want replicated state machines and bring their own durability. Its servers are the ones that
 * ship; only transport and store forget everything when the process ends.
 */
import { Subject } from 'rxjs';
import type { ServerId } from '../machines/entry.js';
import type { Settings } from '../machines/settings.js';
import { systemClock } from './clock.js';
import { memoryStore } from './memoryStore.js';
import { memoryNetwork } from './memoryTransport.js';
import {
  type Connection,
  createServer,
  foundServer,
  type RaftEvent,
  type Server,
} from './server.js';
import { type Codec, jsonCodec, type MakeStateMachine } from './stateMachine.js';
import { toStream } from './stream.js';

export interface ClusterOptions<C, R, Q = never, A = never> {
  /** How many servers, 1 to 7. */
  readonly servers: number;
  readonly stateMachine: MakeStateMachine<C, R, Q, A>;
  /** JSON */
  readonly codec?: Codec;
  readonly settings?: Partial<Settings>;
}

export interface Cluster<C, R, Q = never, A = never> extends Connection<C, R, Q, A> {
  /** The server that leads, if one does just now. */
  leader(): Server<C, R, Q, A> | undefined;
  readonly servers: ReadonlyMap<ServerId, Server<C, R, Q, A>>;
}

/** Founds and starts a cluster; answers once it has a leader. */
export async function createCluster<C, R, Q = never, A = never>(
  options: ClusterOptions<C, R, Q, A>,
): Promise<Cluster<C, R, Q, A>> {
  const { stateMachine, codec = jsonCodec, settings = {} } = options;
  if (!(Number.isInteger(options.servers) && options.servers >= 1 && options.servers <= 7)) {
    throw new RangeError(`servers: ${options.servers} is not a whole number from 1 to 7`);
  }
  const ids = Array.from({ length: options.servers }, (_, number) => `s${number + 1}`);
  const addresses = Object.fromEntries(ids.map((id) => [id, id]));
  const clock = systemClock();
  const defer = (run: () => void) => clock.defer(run);
  const network = memoryNetwork({ defer });
  const servers = new Map<ServerId, Server<C, R, Q, A>>();
  const events = new Subject<RaftEvent>();
  for (const id of ids) {
    const store = memoryStore({ defer });
    const founding = { id, cluster: 'memory', servers: addresses };
    await foundServer({ ...founding, store });
    const transport = network.transport(id);
    const server = createServer({
      ...founding,
      stateMachine,
      codec,
      transport,
      store,
      clock,
      settings,
    });
    server.events$.subscribe((event) => events.next(event));
    servers.set(id, server);
  }
  const cluster = asOne(servers, events);
  const elected = untilLeader(cluster);
  await Promise.all([...servers.values()].map((server) => server.start()));
  await elected;
  return cluster;
}

function asOne<C, R, Q, A>(
  servers: ReadonlyMap<ServerId, Server<C, R, Q, A>>,
  events: Subject<RaftEvent>,
): Cluster<C, R, Q, A> {
  const running = () => [...servers.values()].filter((s) => s.status().role !== 'stopped');
  const leader = () =>
    running()
      .filter((s) => s.status().role === 'leader')
      .reduce<Server<C, R, Q, A> | undefined>(
        (best, s) => (best !== undefined && best.status().term > s.status().term ? best : s),
        undefined,
      );
  // A server that runs finds the way to the leader, also while a new one is being elected.
  const entrance = (): Server<C, R, Q, A> => leader() ?? running()[0] ?? [...servers.values()][0]!;
  return {
    servers,
    leader,
    execute: (command, options) => entrance().execute(command, options),
    query: (query, options) => entrance().query(query, options),
    async stop() {
      await Promise.all([...servers.values()].map((server) => server.stop()));
      events.complete();
    },
    [Symbol.asyncDispose]() {
      return this.stop();
    },
    events$: toStream(events),
  };
}

function untilLeader<C, R, Q, A>(cluster: Cluster<C, R, Q, A>): Promise<void> {
  return new Promise((resolve) => {
    const subscription = cluster.events$.subscribe(() => {
      if (cluster.leader() === undefined) return;
      subscription.unsubscribe();
      resolve();
    });
  });
}
