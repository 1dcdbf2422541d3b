/** A server of a run, as faults and clients see it; and how they find the one that they mean. */
import type { ServerActor } from '../actors/serverActor.js';
import type { ServerId } from '../machines/entry.js';
import { roleOf } from '../machines/server.js';
import type { Deed, Target } from './fault.js';
import type { Operation } from './run.js';

export interface SimulatedServer<C = any, R = any> {
  readonly number: number;
  readonly id: ServerId;
  /** Undefined while it is down. */
  readonly actor: ServerActor | undefined;
  /** It stands still, and may go on later. */
  readonly isPaused: boolean;
  /** Lets it do this when it does what is next: at once, mostly. */
  whenRunning(run: () => void): void;
  /** Where the log ends that is known to be durable here. */
  readonly durableIndex: number;
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
  switch (target) {
    case 'leader':
      return leaderOf(servers);
    case 'follower':
      return followersOf(servers)[0];
    case 'candidate':
      return servers.find((server) => /candidate/iu.test(roleIn(server) ?? ''));
    case 'upToDate':
      return mostUpToDate(servers)[0];
    case 'onlyUpToDate': {
      const [only, ...others] = mostUpToDate(servers);
      return others.length === 0 ? only : undefined;
    }
    default:
      return undefined;
  }
}

function followersOf<S extends SimulatedServer>(servers: readonly S[]): S[] {
  return servers.filter((server) => server.actor?.snapshot && !server.actor.isLeader);
}

function roleIn({ actor }: SimulatedServer): string | undefined {
  const snapshot = actor?.snapshot;
  return snapshot === undefined ? undefined : roleOf(snapshot);
}

/** The running servers with the longest log that do not lead. */
function mostUpToDate<S extends SimulatedServer>(servers: readonly S[]): S[] {
  const followers = followersOf(servers);
  const lastIndex = ({ actor }: S) => actor!.snapshot!.context.log.lastIndex;
  const longest = Math.max(...followers.map(lastIndex));
  return followers.filter((server) => lastIndex(server) === longest);
}

function termOf({ actor }: SimulatedServer): number {
  return actor?.snapshot?.context.currentTerm ?? 0;
}
