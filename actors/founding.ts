/**
 * Founding a cluster: each server's store gets the same first entry, the configuration, and an
 * identity of its own. It happens once and on purpose, never because a folder is empty.
 */
import { encodeConfiguration, type Member } from '../machines/configuration.js';
import { type Entry, proposal, type ServerId } from '../machines/entry.js';
import type { LogStore } from './logStore.js';
import type { Random } from './random.js';

export interface Founding {
  readonly clusterId: string;
  readonly serverId: ServerId;
  /** Addresses by server id: all the voters of the first configuration. */
  readonly servers: Readonly<Record<ServerId, string>>;
}

/** The term of the first entry; the first leader is elected in a later one. */
const foundingTerm = 1;

/** Founds this server's part, in a store that was opened and held nothing. */
export function found(
  store: LogStore,
  founding: Founding,
  random: Random,
  done: (error: Error | undefined) => void,
): void {
  const { clusterId, serverId, servers } = founding;
  const identity = { clusterId, serverId, storeId: randomName(random) };
  store.found(identity, foundingTerm, [firstEntry(servers)], done);
}

/** The same on every server: it depends on nothing but the addresses. */
export function firstEntry(servers: Readonly<Record<ServerId, string>>): Entry {
  const members = Object.keys(servers)
    .sort()
    .map((id): Member => ({ id, storeId: '', address: servers[id]!, role: 'voter' }));
  const bytes = encodeConfiguration({ members, outgoing: [] });
  return { ...proposal('configuration', bytes), index: 1, term: foundingTerm, stampMs: 0 };
}

/** 96 bits of chance, as 24 hexadecimal digits. */
export function randomName(random: Random): string {
  const parts = Array.from({ length: 4 }, () => random.integer(2 ** 24, 'storeId'));
  return parts.map((part) => part.toString(16).padStart(6, '0')).join('');
}
