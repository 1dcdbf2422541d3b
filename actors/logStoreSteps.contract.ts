/** What the contract of log stores is told with: entries, writes, and operations as promises. */
import { type Entry, type EntryKind, proposal } from '../machines/entry.js';
import { type LogBase, logStart } from '../machines/log.js';
import type { Done } from './disk.js';
import type { Identity, LogStore, Recovered, Write } from './logStore.js';

export const identity: Identity = { clusterId: 'cluster', serverId: 's1', storeId: 'store-1' };

export const nothing: Omit<Recovered, 'identity'> = {
  currentTerm: 0,
  votedFor: undefined,
  snapshot: undefined,
  base: logStart,
  entries: [],
  knownStores: {},
};

export function entry(
  index: number,
  term: number,
  text: string,
  kind: EntryKind = 'command',
): Entry {
  return { ...proposal(kind, new TextEncoder().encode(text)), index, term, stampMs: 0 };
}

export function entries(number: number, written: readonly Entry[]): Write {
  return { number, currentTerm: 0, votedFor: undefined, isVote: false, entries: written };
}

export function vote(number: number, currentTerm: number, votedFor: string | undefined): Write {
  return { number, currentTerm, votedFor, isVote: true, entries: [] };
}

export function open(store: LogStore): Promise<Recovered> {
  return new Promise((resolve, reject) => {
    store.open((error, recovered) => {
      if (error === undefined) resolve(recovered);
      else reject(error);
    });
  });
}

export function foundingError(
  store: LogStore,
  of: Identity,
  term = 0,
  first: readonly Entry[] = [],
) {
  return new Promise<Error | undefined>((resolve) => {
    store.found(of, term, first, resolve);
  });
}

export async function found(store: LogStore, of: Identity, term: number, first: readonly Entry[]) {
  const error = await foundingError(store, of, term, first);
  if (error !== undefined) throw error;
}

/** Opens and founds, without term or entries. */
export async function begin(store: LogStore): Promise<void> {
  await open(store);
  await found(store, identity, 0, []);
}

/** Appends, and waits until the last one is durable. */
export function written(
  store: LogStore,
  writes: readonly Write[],
  told: number[] = [],
): Promise<void> {
  return new Promise((resolve, reject) => {
    store.listen({
      persisted(number) {
        told.push(number);
        if (number === writes.at(-1)!.number) resolve();
      },
      failed: reject,
      room: () => {},
    });
    for (const write of writes) store.append(write);
  });
}

export function close(store: LogStore): Promise<void> {
  return new Promise((resolve) => {
    store.close(resolve);
  });
}

export function same(found: Recovered, expected: Recovered): void {
  const [is, should] = [plain(found), plain(expected)];
  check(is === should, `found ${is}, expected ${should}`);
}

function plain(recovered: Recovered): string {
  const { identity, currentTerm, votedFor, snapshot, base, entries, knownStores } = recovered;
  const position = (of: LogBase | undefined) => of && [of.index, of.term, of.stampMs];
  return JSON.stringify({
    snapshot: position(snapshot),
    base: position(base),
    identity: identity && [identity.clusterId, identity.serverId, identity.storeId],
    currentTerm,
    votedFor,
    knownStores,
    entries: entries.map((e) => [
      e.index,
      e.term,
      e.kind,
      e.stampMs,
      e.sessionId,
      e.sequence,
      e.firstUnacknowledged,
      [...e.bytes],
    ]),
  });
}

/** The answer of an operation; throws its error. */
export function ask<T = void>(operation: (done: Done<T>) => void): Promise<T> {
  return new Promise((resolve, reject) => {
    operation((error, result) => (error === undefined ? resolve(result) : reject(error)));
  });
}

/** The error of an operation. */
export function refused<T>(operation: (done: Done<T>) => void): Promise<Error | undefined> {
  return new Promise((resolve) => {
    operation((error) => resolve(error));
  });
}

export function throwError(error: Error): never {
  throw error;
}

export function check(held: boolean, what: string): void {
  if (!held) throw new Error(`does not hold: ${what}`);
}
