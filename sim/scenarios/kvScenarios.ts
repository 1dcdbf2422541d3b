/** The rows of the scenario table on a key-value store (K1 to K22). */
import { clerkRounds } from './clerkRounds.js';
import { onePartition, unreliableOneKey } from './oneKey.js';
import type { Scenario } from './scenario.js';
import { speed, speedWithSnapshots } from './speed.js';
import { snapshotRpc, snapshotSize } from './storeSnapshots.js';

const restarts = true;
const partitions = true;
const unreliable = true;
const snapshots = true;
const crowd = { clients: 15, servers: 7, unreliable, restarts, partitions, randomKeys: true };

export const kvScenarios: readonly Scenario[] = [
  clerkRounds('K1', 'Basic', { clients: 1 }),
  clerkRounds('K2', 'Concurrent', { clients: 5 }),
  clerkRounds('K3', 'Unreliable', { clients: 5, unreliable }),
  clerkRounds('K4', 'ManyPartitionsOneClient', { clients: 1, partitions }),
  clerkRounds('K5', 'ManyPartitionsManyClients', { clients: 5, partitions }),
  clerkRounds('K6', 'PersistOneClient', { clients: 1, restarts }),
  clerkRounds('K7', 'PersistConcurrent', { clients: 5, restarts }),
  clerkRounds('K8', 'PersistConcurrentUnreliable', { clients: 5, unreliable, restarts }),
  clerkRounds('K9', 'PersistPartition', { clients: 5, restarts, partitions }),
  clerkRounds('K10', 'PersistPartitionUnreliable', {
    clients: 5,
    unreliable,
    restarts,
    partitions,
  }),
  clerkRounds('K11', 'PersistPartitionUnreliableLinearizable', crowd),
  clerkRounds('K12', 'SnapshotRecover', { clients: 1, restarts, snapshots }),
  clerkRounds('K13', 'SnapshotRecoverManyClients', { clients: 20, restarts, snapshots }),
  clerkRounds('K14', 'SnapshotUnreliable', { clients: 5, unreliable, snapshots }),
  clerkRounds('K15', 'SnapshotUnreliableRecover', {
    clients: 5,
    unreliable,
    restarts,
    snapshots,
  }),
  clerkRounds('K16', 'SnapshotUnreliableRecoverConcurrentPartition', {
    clients: 5,
    unreliable,
    restarts,
    partitions,
    snapshots,
  }),
  clerkRounds('K17', 'SnapshotUnreliableRecoverConcurrentPartitionLinearizable', {
    ...crowd,
    snapshots,
  }),
  speed,
  speedWithSnapshots,
  unreliableOneKey,
  onePartition,
  snapshotRpc,
  snapshotSize,
];
