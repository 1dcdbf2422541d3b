/** A server of a run, as faults and clients see it; and how they find the one that they mean. */
import type { ServerActor } from '../actors/serverActor.js';
import type { ServerId } from '../machines/entry.js';
import type { Deed, Target } from './fault.js';
import type { Operation } from './run.js';

export interface SimulatedServer<C = any, R = any> {
  readonly number: number;
  readonly id: ServerId;
  /** Undefined while it is down. */
  readonly actor: ServerActor | undefined;
  /** It stands still, and may go on later. */
  readonly isPaused: boolean;
  /** What clients wait for at this process. */
  readonly waiting: Set<Operation<C, R>>;
}

/** Of those that lead, the one of the highest term. */
export function leaderOf<S extends SimulatedServer>(servers: readonly S[]): S | undefined {
  let leader: S | undefined;
  for (const server of servers) {
    if (!server.actor?.isLeader) continue;
    if (leader === undefined || termOf(server) > termOf(leader)) leader = server;
  }
  return leader;
}

/** The server that a fault means at this moment, if there is one. */
export function resolveTarget<S extends SimulatedServer>(
  servers: readonly S[],
  target: Exclude<Target, Deed> | undefined,
): S | undefined {
  if (typeof target === 'number') return servers[target % servers.length];
  if (target === 'leader') return leaderOf(servers);
  return target === 'upToDate' ? mostUpToDate(servers) : undefined;
}

/** The running server with the longest log that does not lead. */
function mostUpToDate<S extends SimulatedServer>(servers: readonly S[]): S | undefined {
  let best: S | undefined;
  for (const server of servers) {
    const log = server.actor?.snapshot?.context.log;
    if (log === undefined || server.actor!.isLeader) continue;
    if (best === undefined || log.lastIndex > best.actor!.snapshot!.context.log.lastIndex)
      best = server;
  }
  return best;
}

function termOf({ actor }: SimulatedServer): number {
  return actor?.snapshot?.context.currentTerm ?? 0;
}
