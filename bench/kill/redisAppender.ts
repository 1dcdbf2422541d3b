/**
 * Appends through a standard client of the Redis protocol, which sends nothing twice: after any
 * error the connection is given up, and the next one goes to whichever server answers.
 */
import { Redis, type RedisOptions, ReplyError } from 'ioredis';
import { pause } from '../until.js';
import type { Appender, Outcome } from './appender.js';

/** A server that has not taken a connection and answered on it by then is not waited for, ms. */
const connectMsMax = 200;
/** How soon another server is tried where one cannot be reached, ms. */
const retryMs = 10;

const sendsOnce: RedisOptions = {
  host: '127.0.0.1',
  lazyConnect: true,
  retryStrategy: null,
  maxRetriesPerRequest: 0,
  autoResendUnfulfilledCommands: false,
  enableOfflineQueue: false,
  connectTimeout: connectMsMax,
};

/** Whom to ask, and how patiently. */
export interface RedisAppenderOptions {
  /** Where the servers take Redis clients. */
  readonly ports: readonly number[];
  /** Draws which of them to try next: a number below their count. */
  readonly choose: (below: number) => number;
  /** A server that has not answered by then is left, ms; what it was asked is *unknown*. */
  readonly answerMsMax: number;
}

export class RedisAppender implements Appender {
  readonly #ports: readonly number[];
  readonly #choose: (below: number) => number;
  readonly #answerMsMax: number;
  #client: Redis | undefined;
  #isClosed = false;

  constructor({ ports, choose, answerMsMax }: RedisAppenderOptions) {
    this.#ports = ports;
    this.#choose = choose;
    this.#answerMsMax = answerMsMax;
  }

  async whenReady(): Promise<boolean> {
    while (!this.#isClosed && this.#client === undefined) {
      this.#client = await connected({
        ...sendsOnce,
        port: this.#ports[this.#choose(this.#ports.length)]!,
        commandTimeout: this.#answerMsMax,
      });
      if (this.#client === undefined) await pause(retryMs);
    }
    if (this.#isClosed) this.#leave();
    return !this.#isClosed;
  }

  async append(key: string, text: string): Promise<Outcome> {
    if (this.#client === undefined) return { type: 'notDone', reason: 'not connected' };
    try {
      return { type: 'done', length: await this.#client.append(key, text) };
    } catch (error) {
      this.#leave();
      // An error that the server answered says that the command was not executed.
      const type = error instanceof ReplyError ? 'notDone' : 'unknown';
      return { type, reason: (error as Error).message };
    }
  }

  close(): void {
    this.#isClosed = true;
    this.#leave();
  }

  #leave(): void {
    this.#client?.disconnect();
    this.#client = undefined;
  }
}

/** A client that may be asked, or nothing where there is no answer in time. */
async function connected(options: RedisOptions): Promise<Redis | undefined> {
  const client = new Redis(options);
  // Whatever it is, it fails the command as well.
  client.on('error', () => {});
  const isReady = client.connect().then(
    () => true,
    () => false,
  );
  // A stopped process still accepts connections, and then neither answers nor hangs up: the client
  // would wait for that even after `disconnect`.
  if (await Promise.race([isReady, pause(connectMsMax).then(() => false)])) return client;
  client.disconnect();
  return undefined;
}
