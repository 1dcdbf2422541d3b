/**
 * The Redis front on a TCP port: sockets on one side, the cluster's port on the other.
 *
 * What one turn of the event loop answers to a connection leaves in one write. A client that closes
 * its half after its last request is answered all the same.
 */
import { createServer, type Socket } from 'node:net';
import type { CommandPort } from './commandPort.js';
import { Connection, type ConnectionOutput } from './connection.js';
import { defaultLimits, type FrontLimits } from './limits.js';
import { ReplyWriter } from './respReply.js';
import type { Client, Front } from './session.js';
import { Settings } from './settings.js';

const listenerOptions = {
  // Half open, a client that has sent its last request can still be answered.
  allowHalfOpen: true,
  noDelay: true,
  keepAlive: true,
  /** Silence after which the other end is asked for a sign of life, ms. */
  keepAliveInitialDelay: 300_000,
};

export interface RedisServerOptions {
  readonly port: CommandPort;
  /** Address to listen on. Default 127.0.0.1: whoever can connect can do everything. */
  readonly host?: string;
  /** Default 6379; 0: any that is free. */
  readonly tcpPort?: number;
  /** What clients must give with AUTH or HELLO. Default: nothing. */
  readonly password?: string;
  readonly limits?: Partial<FrontLimits>;
  /**
   * How long `close`, and a connection that is closing, wait for the other end, ms. Default 2,000.
   */
  readonly lingerMs?: number;
  /** Told in a line what a person should know of: a connection refused, a failing listener. */
  readonly report?: (line: string) => void;
}

export interface RedisServer {
  /** Answers once connections are accepted, or with an error that says what to do. */
  listen(done: (error?: Error) => void): void;
  /** The TCP port that is listened on; 0 before that. */
  readonly tcpPort: number;
  /**
   * Accepts nothing more, answers what the cluster was asked already, closes. Idempotent: each
   * `done` is called once all connections are gone.
   */
  close(done: () => void): void;
}

/** Makes a server, which listens when told to. */
export function redisServer(options: RedisServerOptions): RedisServer {
  const host = options.host ?? '127.0.0.1';
  const wantedPort = options.tcpPort ?? 6379;
  const report = options.report ?? (() => {});
  const sockets = new Sockets(options.lingerMs ?? 2000);
  const listener = createServer(listenerOptions);
  const tcpPort = () => tcpPortOf(listener.address());
  const front = newFront(options, sockets.clients, tcpPort);
  let onListening: ((error?: Error) => void) | undefined;

  listener.on('connection', (socket) => sockets.add(socket, front));
  listener.on('error', (error: NodeJS.ErrnoException) => {
    const done = onListening;
    onListening = undefined;
    if (done === undefined) report(`A Redis client could not connect: ${error.message}.`);
    else done(cannotListen(`${host}:${wantedPort}`, error));
  });

  return {
    get tcpPort() {
      return tcpPort();
    },
    listen(done) {
      onListening = done;
      listener.listen(wantedPort, host, () => {
        onListening = undefined;
        done();
      });
    },
    close(done) {
      if (listener.listening) listener.close();
      sockets.drain();
      sockets.whenGone(done);
    },
  };
}

function cannotListen(place: string, cause: NodeJS.ErrnoException): Error {
  const reason = cause.code === 'EADDRINUSE' ? 'another program listens there' : cause.message;
  const what = `Cannot serve Redis clients on ${place}: ${reason}.`;
  return new Error(`${what} Choose another port or address.`, { cause });
}

function newFront(
  options: RedisServerOptions,
  clients: ReadonlyMap<number, Client>,
  tcpPort: () => number,
): Front {
  const limits = { ...defaultLimits, ...options.limits };
  const settings = new Settings({
    maxclients: String(limits.clientsMax),
    'proto-max-bulk-len': String(limits.bulkBytesMax),
    requirepass: options.password === undefined ? '' : '(set)',
  });
  return {
    port: options.port,
    limits,
    password: options.password,
    settings,
    clients,
    get tcpPort() {
      return tcpPort();
    },
    startedMs: options.port.wallMs(),
    totals: { connections: 0, commands: 0 },
  };
}

/** The sockets of a server, and those of them that have something to write. */
class Sockets {
  readonly clients = new Map<number, Client>();
  /** Refused ones have no connection. */
  readonly #connections = new Map<Socket, Connection | undefined>();
  readonly #writer = new ReplyWriter();
  readonly #lingerMs: number;
  readonly #onGone: (() => void)[] = [];
  #awake: Connection[] = [];
  #lastId = 0;
  #isDraining = false;
  #cutter: NodeJS.Timeout | undefined = undefined;

  constructor(lingerMs: number) {
    this.#lingerMs = lingerMs;
  }

  add(socket: Socket, front: Front): void {
    front.totals.connections++;
    // A broken connection is the client's affair; 'close' follows.
    socket.on('error', () => socket.destroy());
    if (this.#isDraining) return void socket.destroy();
    socket.on('close', () => this.#forget(socket));
    if (this.clients.size < front.limits.clientsMax) this.#serve(socket, front);
    else this.#refuse(socket);
  }

  /** Lets each connection answer what was asked already, and close; in the end they are cut. */
  drain(): void {
    this.#isDraining = true;
    for (const connection of this.#connections.values()) connection?.drain();
    this.#cutter ??= setTimeout(() => {
      for (const socket of this.#connections.keys()) socket.destroy();
    }, this.#lingerMs);
  }

  whenGone(done: () => void): void {
    this.#onGone.push(done);
    setImmediate(() => this.#tellIfGone());
  }

  #serve(socket: Socket, front: Front): void {
    const id = ++this.#lastId;
    const address = `${socket.remoteAddress}:${socket.remotePort}`;
    const localAddress = `${socket.localAddress}:${socket.localPort}`;
    const output = this.#output(socket, () => connection);
    const connection = new Connection(front, output, { id, address, localAddress });
    this.#connections.set(socket, connection);
    this.clients.set(id, connection.client);
    socket.on('data', (chunk: Buffer) => connection.push(chunk));
    socket.on('end', () => connection.inputOver());
    socket.on('drain', () => connection.drained());
  }

  #refuse(socket: Socket): void {
    this.#connections.set(socket, undefined);
    socket.write('-ERR max number of clients reached\r\n');
    closeGently(socket, this.#lingerMs);
  }

  #forget(socket: Socket): void {
    const connection = this.#connections.get(socket);
    connection?.closed();
    if (connection !== undefined) this.clients.delete(connection.client.id);
    this.#connections.delete(socket);
    this.#tellIfGone();
  }

  #tellIfGone(): void {
    if (this.#connections.size > 0 || this.#onGone.length === 0) return;
    clearTimeout(this.#cutter);
    for (const done of this.#onGone.splice(0)) done();
  }

  #output(socket: Socket, connection: () => Connection): ConnectionOutput {
    return {
      write: (bytes) => socket.write(bytes),
      unsentBytes: () => socket.writableLength,
      pause: () => socket.pause(),
      resume: () => socket.resume(),
      wake: () => {
        if (this.#awake.push(connection()) === 1) setImmediate(() => this.#flush());
      },
      close: () => closeGently(socket, this.#lingerMs),
      kill: () => socket.destroy(),
    };
  }

  #flush(): void {
    const awake = this.#awake;
    this.#awake = [];
    for (const connection of awake) connection.flush(this.#writer);
  }
}

/**
 * Ends our half, and goes on reading until the client has ended its own: a socket that is closed
 * with bytes unread is reset, and the client might lose the replies before that.
 */
function closeGently(socket: Socket, lingerMs: number): void {
  let timer: NodeJS.Timeout | undefined;
  socket.once('finish', () => {
    timer = setTimeout(() => socket.destroy(), lingerMs);
  });
  socket.once('close', () => clearTimeout(timer));
  socket.end();
  socket.resume();
}

function tcpPortOf(address: ReturnType<ReturnType<typeof createServer>['address']>): number {
  return address === null || typeof address === 'string' ? 0 : address.port;
}
