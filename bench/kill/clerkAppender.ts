/**
 * Appends through the Clerk, which resends what was lost under one session and number: so that it
 * is applied once all the same.
 */
import { systemClock } from '../../actors/clock.js';
import { type TcpClientPort, tcpClientPort } from '../../actors/nodeTcpClient.js';
import { PromisingClient } from '../../actors/promisingClient.js';
import { RaftError } from '../../actors/raftError.js';
import { Clerk, KvError } from '../../services/kv/clerk.js';
import { bytesCodec } from '../../services/kv/kvStore.js';
import type { Appender, Outcome } from './appender.js';

export class ClerkAppender implements Appender {
  readonly #port: TcpClientPort;
  readonly #client: PromisingClient<Uint8Array, Uint8Array, Uint8Array, Uint8Array>;
  readonly #clerk: Clerk;
  #isClosed = false;

  /** Connects to the cluster by the addresses (`host:port`) of its servers. */
  constructor(cluster: string, servers: readonly string[]) {
    this.#port = tcpClientPort({ cluster, servers });
    this.#client = new PromisingClient({
      port: this.#port,
      clock: systemClock(),
      codec: bytesCodec,
    });
    this.#clerk = new Clerk(this.#client);
  }

  whenReady(): Promise<boolean> {
    return Promise.resolve(!this.#isClosed);
  }

  async append(key: string, text: string): Promise<Outcome> {
    try {
      await this.#clerk.append(key, text);
      return { type: 'done' };
    } catch (error) {
      return { type: isNotDone(error) ? 'notDone' : 'unknown', reason: (error as Error).message };
    }
  }

  close(): void {
    this.#isClosed = true;
    void this.#client.stop().then(() => this.#port.close());
  }
}

function isNotDone(error: unknown): boolean {
  return error instanceof KvError || (error instanceof RaftError && error.outcome === 'notDone');
}
