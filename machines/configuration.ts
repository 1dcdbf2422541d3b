/**
 * Who belongs to the cluster: both halves of a joint configuration (§6), and how one is written
 * into an entry.
 *
 * Outside a change only `members` is filled. While the cluster moves from one set to another,
 * `outgoing` holds the set that it leaves, and every decision needs a majority of each.
 */
import type { ServerId } from './entry.js';

export interface Member {
  readonly id: ServerId;
  /** The random name of the data folder behind the id; empty until its server has said it. */
  readonly storeId: string;
  /** Where the other servers reach it, for example `127.0.0.1:7101`. */
  readonly address: string;
  /** A learner receives the log and does not vote (thesis §4.2.1). */
  readonly role: 'voter' | 'learner';
}

export interface Configuration {
  /** Index of the entry that holds it; 0 before the first. */
  readonly index: number;
  readonly members: readonly Member[];
  /** The half that a joint configuration leaves; empty outside a change. */
  readonly outgoing: readonly Member[];
  /** The ids of the voters of each half that is in force: what quorums are computed over. */
  readonly voters: readonly (readonly ServerId[])[];
}

export function configuration(
  index: number,
  members: readonly Member[],
  outgoing: readonly Member[] = [],
): Configuration {
  const halves = outgoing.length === 0 ? [members] : [members, outgoing];
  const voters = halves.map((half) => half.filter((m) => m.role === 'voter').map((m) => m.id));
  return { index, members, outgoing, voters };
}

/** The configuration that knows of nobody: that of a server before it was founded. */
export const noConfiguration = configuration(0, []);

/** Every server that gets the log: all members of both halves, once each. */
export function serversOf(c: Configuration): readonly ServerId[] {
  return [...new Set([...c.members, ...c.outgoing].map((member) => member.id))];
}

/**
 * The bytes of a configuration entry: JSON, since it is rare, small, and read by people when things
 * go wrong.
 */
export function encodeConfiguration(c: Pick<Configuration, 'members' | 'outgoing'>): Uint8Array {
  return new TextEncoder().encode(JSON.stringify({ members: c.members, outgoing: c.outgoing }));
}

/** The reverse of {@link encodeConfiguration}, for the entry at `index`. */
export function decodeConfiguration(index: number, bytes: Uint8Array): Configuration {
  const { members, outgoing } = JSON.parse(new TextDecoder().decode(bytes)) as Configuration;
  return configuration(index, members, outgoing);
}
