/**
 * The closed loop over sockets: each answer makes room for the next request, so that as many
 * operations as wanted are on their way at any time. What arrives together is answered by one
 * write.
 */
import { connect, type Socket } from 'node:net';
import { type Drive, type Load, type Stop, silenceMsMax } from './load.js';
import { percentile } from './percentile.js';

/** What one connection's protocol adds to the loop; times are in ms. */
export interface LoadProtocol {
  /** What to send before the first request, if anything. */
  readonly greeting?: Uint8Array;
  /**
   * Bytes of up to `count` requests that begin now, and how many they are. Must not be changed
   * afterwards.
   */
  requests(count: number, nowMs: number): { bytes: Uint8Array; count: number };
  /**
   * Reports when each request that `chunk` answers began, and answers what the protocol has to say
   * by itself. Throws where an operation was refused. `chunk` is overwritten afterwards.
   */
  receive(chunk: Uint8Array, answered: (beganMs: number) => void): Uint8Array | undefined;
}

/** Opens `connections` to `port` of this machine, and shares `outstanding` among them. */
export async function openClosedLoop(
  port: number,
  connections: number,
  outstanding: number,
  protocol: () => LoadProtocol,
): Promise<Load> {
  const loop = new ClosedLoop();
  const shares = Array.from(
    { length: connections },
    (_, i) => Math.floor(outstanding / connections) + (i < outstanding % connections ? 1 : 0),
  );
  try {
    for (const share of shares.filter((share) => share > 0)) {
      await loop.connect(port, protocol(), share);
    }
  } catch (error) {
    loop.close();
    throw error;
  }
  return loop;
}

interface Connection {
  readonly socket: Socket;
  readonly protocol: LoadProtocol;
  readonly share: number;
}

/** A drive that is under way. */
interface Running {
  readonly stopAtMs: number;
  readonly operationsMax: number;
  readonly latenciesMs: number[];
  begun: number;
  done(error: Error | undefined): void;
}

const receiveBytes = 64 * 1024;

class ClosedLoop implements Load {
  readonly #connections: Connection[] = [];
  #running: Running | undefined;
  #failure: Error | undefined;
  #heardAtMs = 0;

  connect(port: number, protocol: LoadProtocol, share: number): Promise<void> {
    return new Promise((resolve, reject) => {
      // A buffer of our own, used again for all that arrives: Node would make a new one for every
      // read.
      const onread = {
        buffer: new Uint8Array(receiveBytes),
        callback: (length: number, buffer: Uint8Array) => {
          this.#receive(connection, buffer.subarray(0, length));
          return true;
        },
      };
      const socket = connect({ host: '127.0.0.1', port, noDelay: true, onread });
      const connection = { socket, protocol, share };
      this.#connections.push(connection);
      socket.once('error', reject);
      socket.on('error', ({ message }) => this.#fail(new Error(`port ${port}: ${message}`)));
      socket.on('close', () => this.#fail(new Error(`port ${port}: the server hung up`)));
      socket.once('connect', () => {
        if (protocol.greeting !== undefined) socket.write(protocol.greeting);
        resolve();
      });
    });
  }

  async drive(stop: Stop): Promise<Drive> {
    const beganMs = performance.now();
    const cpuBefore = process.cpuUsage();
    const latenciesMs = await this.#drive(stop, beganMs);
    const { user, system } = process.cpuUsage(cpuBefore);
    const seconds = (performance.now() - beganMs) / 1000;
    const sorted = Float64Array.from(latenciesMs).sort();
    return {
      operations: sorted.length,
      seconds,
      cpuSeconds: (user + system) / 1e6,
      p50Ms: percentile(sorted, 50),
      p99Ms: percentile(sorted, 99),
    };
  }

  close(): void {
    this.#fail(new Error('the generator is closed'));
    for (const { socket } of this.#connections) socket.destroy();
  }

  #drive(stop: Stop, beganMs: number): Promise<number[]> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    return new Promise((resolve, reject) => {
      const running: Running = {
        stopAtMs: 'ms' in stop ? beganMs + stop.ms : Number.POSITIVE_INFINITY,
        operationsMax: 'ms' in stop ? Number.POSITIVE_INFINITY : stop.operations,
        latenciesMs: [],
        begun: 0,
        done: (error) => {
          clearInterval(watch);
          this.#running = undefined;
          if (error === undefined) resolve(running.latenciesMs);
          else reject(error);
        },
      };
      this.#running = running;
      this.#heardAtMs = beganMs;
      const watch = setInterval(() => this.#watch(), silenceMsMax / 10);
      for (const connection of this.#connections) this.#begin(connection, connection.share);
    });
  }

  #receive(connection: Connection, chunk: Uint8Array): void {
    const nowMs = performance.now();
    this.#heardAtMs = nowMs;
    const latenciesMs = this.#running?.latenciesMs ?? [];
    const before = latenciesMs.length;
    try {
      const reply = connection.protocol.receive(chunk, (beganMs) =>
        latenciesMs.push(nowMs - beganMs),
      );
      if (reply !== undefined) connection.socket.write(reply);
    } catch (error) {
      this.#fail(error as Error);
      return;
    }
    this.#begin(connection, latenciesMs.length - before);
    const running = this.#running;
    if (running !== undefined && running.latenciesMs.length === running.begun)
      running.done(undefined);
  }

  /** Begins up to `count` operations, unless it is time to stop. */
  #begin(connection: Connection, count: number): void {
    const running = this.#running;
    const nowMs = performance.now();
    if (running === undefined || nowMs >= running.stopAtMs) return;
    let left = Math.min(count, running.operationsMax - running.begun);
    while (left > 0) {
      const taken = connection.protocol.requests(left, nowMs);
      connection.socket.write(taken.bytes);
      running.begun += taken.count;
      left -= taken.count;
    }
  }

  #watch(): void {
    const silentMs = performance.now() - this.#heardAtMs;
    if (silentMs > silenceMsMax) this.#fail(new Error(`no answer within ${silenceMsMax} ms`));
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    this.#running?.done(this.#failure);
  }
}
