/** A client of a cluster, from the way to it: the one line between them, and one end for both. */
import { type Clock, systemClock } from './clock.js';
import { PromisingClient, type PromisingClientOptions } from './promisingClient.js';
import type { RequestPort } from './sessionClient.js';

export interface ClientOptions extends Omit<PromisingClientOptions, 'clock' | 'port'> {
  /** The way to the cluster, as `tcpClientPort` makes one. It is the client's own. */
  readonly port: RequestPort & { close(done: () => void): void };
  /** The machine's. */
  readonly clock?: Clock | undefined;
}

/** Typed commands and queries in, promises out; each command is applied exactly once. */
export interface Client<C, R, Q = never, A = never>
  extends Pick<
    PromisingClient<C, R, Q, A>,
    'execute' | 'query' | 'stop' | typeof Symbol.asyncDispose
  > {}

/** Makes a client. It opens a session with its first command; `stop` also closes the port. */
export function createClient<C, R, Q = never, A = never>(
  options: ClientOptions,
): Client<C, R, Q, A> {
  const { clock = systemClock(), port, ...rest } = options;
  const client = new PromisingClient<C, R, Q, A>({ ...rest, port, clock });
  let stopping: Promise<void> | undefined;
  const stop = (): Promise<void> => {
    stopping ??= client.stop().then(() => new Promise((resolve) => port.close(resolve)));
    return stopping;
  };
  return {
    execute: (command, call) => client.execute(command, call),
    query: (query, call) => client.query(query, call),
    stop,
    [Symbol.asyncDispose]: stop,
  };
}
