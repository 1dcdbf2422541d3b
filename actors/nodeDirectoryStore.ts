/** The log store of production: a write-ahead log in a folder. */
import type { LogStore } from './logStore.js';
import { nodeDisk } from './nodeDisk.js';
import { walStore } from './walStore.js';

/**
 * A log store in the folder at `path`, which is made if need be. One store at a time may use it: a
 * second one, also of another process, is refused with `RAFT_STORE_LOCKED`.
 */
export function directoryStore(path: string): LogStore {
  return walStore({ disk: nodeDisk(path) });
}
