/** Whether a store is the one that a server was started for. */
import type { ServerId } from '../machines/entry.js';
import type { Recovered } from './logStore.js';
import { RaftError } from './raftError.js';

/** Why server `id` of `clusterId` must not run on what was recovered; undefined if it may. */
export function wrongIdentity(
  { identity }: Recovered,
  clusterId: string,
  id: ServerId,
): RaftError | undefined {
  if (identity === undefined) {
    const message = `server ${id} was never founded: found its cluster first`;
    return new RaftError('RAFT_NOT_FOUNDED', 'notDone', message);
  }
  const wrong = (message: string) => new RaftError('RAFT_WRONG_CLUSTER', 'notDone', message);
  if (identity.clusterId !== clusterId) {
    return wrong(
      `the store of server ${id} belongs to cluster ${identity.clusterId}, not to ${clusterId}`,
    );
  }
  if (identity.serverId === id) return undefined;
  return wrong(`the store belongs to server ${identity.serverId}, not to ${id}`);
}
