/**
 * The way of one client of a run to its cluster: a connection to one server, whichever that is, and
 * to another when it ends, or when that server is silent.
 */
import type { RequestPort } from '../actors/sessionClient.js';
import type { ForwardAnswer, ForwardRequest } from '../actors/transport.js';
import type { Connection } from './connection.js';
import type { Network } from './network.js';
import type { VirtualClock } from './virtualClock.js';

/** A server that has not answered for so long is left for another. */
const silenceMs = 250;

export interface ClientPortOptions {
  readonly client: number;
  readonly servers: number;
  readonly clock: VirtualClock;
  readonly network: Network;
  /** A call is about to be sent. */
  readonly sending: (what: ForwardRequest) => void;
  /** The client goes on with another server. */
  readonly moved: () => void;
}

export class ClientPort implements RequestPort {
  readonly #options: ClientPortOptions;
  #server: number;
  #connection: Connection | undefined;

  constructor(options: ClientPortOptions) {
    this.#options = options;
    this.#server = options.client % options.servers;
  }

  request(what: ForwardRequest, done: (answer: ForwardAnswer) => void): void {
    this.#options.sending(what);
    const connection = (this.#connection ??= this.#connect());
    let isAnswered = false;
    connection.request(what, (answer) => {
      isAnswered = true;
      if (answer.type === 'notDone') this.#leave(connection);
      done(answer);
    });
    this.#options.clock.schedule(silenceMs, () => {
      if (isAnswered) return;
      this.#leave(connection);
      connection.close();
    });
  }

  #connect(): Connection {
    const { client, network } = this.#options;
    const connection = network.connect(client, this.#server, () => this.#leave(connection));
    return connection;
  }

  #leave(connection: Connection): void {
    if (this.#connection !== connection) return;
    const { servers, moved } = this.#options;
    this.#connection = undefined;
    this.#server = (this.#server + 1) % servers;
    moved();
  }
}
