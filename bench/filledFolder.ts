/**
 * Fills the log of a founded server with SETs, straight through its store: as if it had been told
 * them one after another, and had never taken a snapshot.
 */
import { nodeDisk } from '../actors/nodeDisk.js';
import { walStore } from '../actors/walStore.js';
import { type Entry, proposal } from '../machines/entry.js';
import { encodeCommand, operation } from '../services/kv/kvCommand.js';
import { keyName, value } from './workload.js';

const entriesPerWrite = 64;
const writesInFlight = 256;
const encoder = new TextEncoder();
const valueBytes = encoder.encode(value);

/** Appends `count` SETs of as many keys to the log in `folder`, all of the term of its founding. */
export async function fillFolder(folder: string, count: number): Promise<void> {
  const store = walStore({ disk: nodeDisk(folder) });
  const term = await new Promise<number>((resolve, reject) => {
    store.open((error, { currentTerm }) =>
      error === undefined ? resolve(currentTerm) : reject(error),
    );
  });
  await new Promise<void>((resolve, reject) => {
    const last = Math.ceil(count / entriesPerWrite);
    let written = 0;
    const writeMore = (durable: number): void => {
      if (durable === last) return resolve();
      while (written < Math.min(last, durable + writesInFlight)) {
        const first = written * entriesPerWrite;
        const length = Math.min(entriesPerWrite, count - first);
        const entries = Array.from({ length }, (_, i) => setEntry(term, first + i));
        const number = ++written;
        store.append({
          number,
          currentTerm: term,
          votedFor: undefined,
          isVote: false,
          base: undefined,
          entries,
        });
      }
    };
    store.listen({ persisted: writeMore, failed: reject, room: () => {} });
    writeMore(0);
  });
  await new Promise<void>((resolve) => store.close(resolve));
}

/** The first entry of a founded log is its configuration. */
function setEntry(term: number, key: number): Entry {
  const command = encodeCommand(operation.set, 0, encoder.encode(keyName(key)), valueBytes);
  return { ...proposal('command', command), index: key + 2, term, stampMs: 1_700_000_000_000 };
}
