/** All mutants, by topic: if the search does not find these, it finds nothing. */
import { clientMutants } from './clients.js';
import { codecMutants } from './codec.js';
import { membershipMutants } from './membership.js';
import type { Mutant } from './mutant.js';
import { readMutants } from './reads.js';
import { replicationMutants } from './replication.js';
import { snapshotMutants } from './snapshots.js';
import { storageMutants } from './storage.js';
import { transferMutants } from './transfer.js';
import { voteMutants } from './votes.js';

/** By topic, as they are printed. */
export const mutantTopics: Readonly<Record<string, readonly Mutant[]>> = {
  'Elections and votes': voteMutants,
  'Replication and commitment': replicationMutants,
  'Reads and leases': readMutants,
  Membership: membershipMutants,
  'Snapshots, restart, compaction': snapshotMutants,
  'Leadership transfer': transferMutants,
  'Clients and state machine': clientMutants,
  'Storage, of our own': storageMutants,
  'Codec, of our own': codecMutants,
};

export const allMutants: readonly Mutant[] = Object.values(mutantTopics).flat();
