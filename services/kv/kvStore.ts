/**
 * The key-value store: the state machine behind the Redis front, whose commands and answers are
 * bytes.
 *
 * Time is log time. Before an entry is applied, what is due at its stamp is removed; a query
 * removes nothing, and whoever hosts the store has a tick committed first when `dueMs` has come by
 * its wall clock.
 */
import type { AppliedEntry, Codec, StateMachine } from '../../actors/stateMachine.js';
import type { ServerId } from '../../machines/entry.js';
import { Keyspace } from './keyspace.js';
import { CommandReader, firstQuery } from './kvCommand.js';
import { operations } from './kvOperations.js';
import { SnapshotReader, writeSnapshot } from './kvSnapshot.js';
import { MalformedPieces } from './pieces.js';
import { failure, type Reply } from './reply.js';

/**
 * Commands as `kvCommand` encodes them, answers as `reply` does. No method throws but those that
 * restore.
 */
export interface KvStateMachine
  extends Required<StateMachine<Uint8Array, Reply, Uint8Array, Reply>> {
  /** How many keys there are, and how many of them expire. */
  counts(): { readonly keys: number; readonly expires: number };
}

/** An empty store. It needs no name: it is the same on every server. */
export function kvStateMachine(_id?: ServerId): KvStateMachine {
  const keyspace = new Keyspace();
  const beginRestore = () => new SnapshotReader((whole) => keyspace.become(whole));
  return {
    apply(command, entry: Pick<AppliedEntry, 'index' | 'at'>) {
      keyspace.advance(Math.floor(entry.at));
      return run(keyspace, command, entry.index, 0);
    },
    query: (query) => run(keyspace, query, 0, firstQuery),
    tick: (at) => keyspace.advance(Math.floor(at)),
    dueMs: () => keyspace.dueMs,
    snapshot: () => writeSnapshot(keyspace.freeze()),
    restore(chunks) {
      const restoring = beginRestore();
      for (const chunk of chunks) restoring.push(chunk);
      restoring.finish();
    },
    beginRestore,
    counts: () => ({ keys: keyspace.size, expires: keyspace.expiringSize }),
  };
}

/** Commands, queries and answers are bytes already, and cross between servers as they are. */
export const bytesCodec: Codec = {
  encode(value) {
    if (value instanceof Uint8Array) return value;
    throw new TypeError('A command of the key-value service is a Uint8Array.');
  },
  decode: (bytes) => bytes,
};

/** Runs a command whose code is `lowest` or more. Bytes that are no command change nothing. */
function run(keyspace: Keyspace, command: Uint8Array, version: number, lowest: number): Reply {
  const code = command[0] ?? 0;
  const operation = code < lowest ? undefined : operations[code];
  if (operation === undefined) {
    return failure(`ERR this release knows no operation ${code}; run the newest one everywhere`);
  }
  try {
    return operation(keyspace, new CommandReader(command), version);
  } catch (error) {
    if (!(error instanceof MalformedPieces)) throw error;
    return failure(`ERR malformed command: ${error.message}`);
  }
}
