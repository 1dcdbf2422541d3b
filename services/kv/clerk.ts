/**
 * The clerk of the lab: Get, Put and Append on a replicated key-value store. Over a client with a
 * session each of them happens exactly once, whatever is lost on the way.
 */
import { encodeCommand, operation } from './kvCommand.js';
import { type Reply, replyType } from './reply.js';

/** What a clerk talks to: a client with a session, or a server. Commands and replies are bytes. */
export interface ClerkConnection {
  execute(command: Uint8Array): Promise<Reply>;
  query(query: Uint8Array): Promise<Reply>;
}

/** The store's answer was an error, which says that nothing was done. */
export class KvError extends Error {
  /** The first word of the answer, such as `ERR`. */
  readonly code: string;
  constructor(message: string) {
    super(message);
    this.name = 'KvError';
    this.code = message.split(' ', 1)[0]!;
  }
}

const encoder = new TextEncoder();
/** Every character is kept: the platform's default drops a leading U+FEFF. */
const strict = { fatal: true, ignoreBOM: true };

/**
 * Keys and values are text, in UTF-8. Every method rejects with what the connection rejects with,
 * and with a {@link KvError} for what the store refuses.
 */
export class Clerk {
  readonly #connection: ClerkConnection;

  constructor(connection: ClerkConnection) {
    this.#connection = connection;
  }

  /** The value of `key`, at a linearizable point; undefined if there is none. */
  async get(key: string): Promise<string | undefined> {
    const query = encodeCommand(operation.get, 0, encoder.encode(key));
    const reply = accepted(await this.#connection.query(query));
    return reply[0] === replyType.nil ? undefined : textOf(key, reply.subarray(1));
  }

  /** Sets the value of `key`. */
  async put(key: string, value: string): Promise<void> {
    const pieces = [encoder.encode(key), encoder.encode(value)];
    accepted(await this.#connection.execute(encodeCommand(operation.set, 0, ...pieces)));
  }

  /** Appends to the value of `key`, which is empty if there is none. */
  async append(key: string, value: string): Promise<void> {
    const pieces = [encoder.encode(key), encoder.encode(value)];
    accepted(await this.#connection.execute(encodeCommand(operation.append, 0, ...pieces)));
  }
}

function accepted(reply: Reply): Reply {
  if (reply[0] !== replyType.error) return reply;
  throw new KvError(new TextDecoder().decode(reply.subarray(1)));
}

function textOf(key: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', strict).decode(bytes);
  } catch (cause) {
    const what = `the value of ${JSON.stringify(key)} is no text in UTF-8`;
    throw new TypeError(`${what}: read it through the Redis front`, { cause });
  }
}
