/** Who is who in the cluster that `start` runs: ids, ports and folders, all on this machine. */
import { join } from 'node:path';
import type { ServerId } from '../machines/entry.js';
import { raftPortOffset } from './optionValues.js';

/** One of the servers. */
export interface PlannedServer {
  readonly id: ServerId;
  /** Where its Redis clients connect, on {@link loopback}. */
  readonly redisPort: number;
  /** Where the other servers connect, on {@link loopback}. */
  readonly raftPort: number;
  readonly folder: string;
}

/** All of the servers. */
export interface ClusterPlan {
  readonly cluster: string;
  /** The folder in which each server has its own. */
  readonly folder: string;
  readonly servers: readonly PlannedServer[];
}

/** What a person chooses of it. */
export interface PlanOptions {
  readonly cluster: string;
  readonly data: string;
  /** The first server's Redis port. */
  readonly port: number;
  /** How many. */
  readonly servers: number;
}

/** Whoever can connect can read and write everything, so nobody else can connect. */
export const loopback = '127.0.0.1';

/** Servers s1, s2 and so on, each on the port after the one before. */
export function clusterPlan({ cluster, data, port, servers }: PlanOptions): ClusterPlan {
  const planned = Array.from({ length: servers }, (_, i): PlannedServer => {
    const id = `s${i + 1}`;
    const redisPort = port + i;
    return { id, redisPort, raftPort: redisPort + raftPortOffset, folder: join(data, id) };
  });
  return { cluster, folder: data, servers: planned };
}

/** The addresses at which the servers hear each other, by server id. */
export function raftAddresses({ servers }: ClusterPlan): Readonly<Record<ServerId, string>> {
  return Object.fromEntries(servers.map(({ id, raftPort }) => [id, `${loopback}:${raftPort}`]));
}
