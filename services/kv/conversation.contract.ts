/**
 * A conversation with a Redis front, for tests: connections without sockets, on a port that the
 * test chooses, and a turn of the event loop that comes when the test says.
 */
import type { CommandPort } from './commandPort.js';
import { Connection, type ConnectionOutput } from './connection.js';
import { latin1, latin1Bytes } from './latin1.js';
import { defaultLimits, type FrontLimits } from './limits.js';
import { ReplyWriter } from './respReply.js';
import type { Client, Front } from './session.js';
import { Settings } from './settings.js';

export interface FrontOptions {
  readonly password?: string;
  readonly limits?: Partial<FrontLimits>;
}

export interface Conversation {
  readonly connection: Connection;
  /** Sends bytes, and answers what has come back after the next turn. */
  say(bytes: string): string;
  /** Sends a request in the form that clients use. */
  ask(...words: readonly string[]): string;
  /** Ends the turn: what is answered goes out, and is returned. */
  turn(): string;
  /** Whether the connection was closed, or killed. */
  readonly isClosed: boolean;
  readonly isKilled: boolean;
  readonly isPaused: boolean;
  /** Whether the client takes nothing, and how much it has not taken since. */
  isStalled: boolean;
  unsent: number;
}

/** A front whose connections share a port. */
export function testFront(port: CommandPort, options: FrontOptions = {}) {
  const limits = { ...defaultLimits, ...options.limits };
  const clients = new Map<number, Client>();
  const front: Front = {
    port,
    limits,
    password: options.password,
    settings: new Settings({ maxclients: String(limits.clientsMax) }),
    clients,
    tcpPort: 6379,
    startedMs: port.wallMs(),
    totals: { connections: 0, commands: 0 },
  };
  return { front, connect: () => connect(front, clients) };
}

function connect(front: Front, clients: Map<number, Client>): Conversation {
  const writer = new ReplyWriter();
  const state = {
    isClosed: false,
    isKilled: false,
    isPaused: false,
    isStalled: false,
    unsent: 0,
    isAwake: false,
    written: '',
  };
  const id = clients.size + 1;
  const place = { id, address: `client:${id}`, localAddress: 'server:6379' };
  const connection = new Connection(
    front,
    outputTo(state, () => clients.delete(id)),
    place,
  );
  clients.set(id, connection.client);

  const turn = (): string => {
    while (state.isAwake) {
      state.isAwake = false;
      connection.flush(writer);
    }
    const all = state.written;
    state.written = '';
    return all;
  };
  const say = (bytes: string): string => {
    connection.push(latin1Bytes(bytes));
    return turn();
  };
  const ask = (...words: readonly string[]) => say(encodeWords(words));
  return Object.assign(state, { connection, turn, say, ask });
}

interface State {
  isStalled: boolean;
  isClosed: boolean;
  isKilled: boolean;
  isPaused: boolean;
  unsent: number;
  isAwake: boolean;
  written: string;
}

function outputTo(state: State, leave: () => void): ConnectionOutput {
  return {
    write: (bytes) => {
      state.written += latin1(bytes);
      if (state.isStalled) state.unsent += bytes.length;
    },
    unsentBytes: () => state.unsent,
    pause: () => {
      state.isPaused = true;
    },
    resume: () => {
      state.isPaused = false;
    },
    wake: () => {
      state.isAwake = true;
    },
    close: () => {
      state.isClosed = true;
      leave();
    },
    kill: () => {
      state.isKilled = true;
      leave();
    },
  };
}

/** A request as clients send it. */
export function encodeWords(words: readonly string[]): string {
  return `*${words.length}\r\n${words.map((word) => `$${word.length}\r\n${word}\r\n`).join('')}`;
}
