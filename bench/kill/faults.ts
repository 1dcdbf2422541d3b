/** The faults, each from its first signal until all servers run again. */
import { pause } from '../until.js';
import type { KillCluster, ServerNumber } from './killCluster.js';
import type { Fault, Span } from './rounds.js';

/** A server that knows no leader for longer than this (5 s) answers *not done*, ms. */
const leaderlessMsMin = 6_000;

/** What a fault is brought upon. */
export interface FaultSite {
  readonly cluster: KillCluster;
  readonly leader: ServerNumber;
  /** The follower that is hit, where one is. */
  readonly follower: ServerNumber;
  /** How long servers stay stopped or down, ms. */
  readonly lastingMs: number;
  readonly nowMs: () => number;
}

/** By fault, what brings it; answers when no majority was up, if that was so on purpose. */
export const faults: Readonly<Record<Fault, (site: FaultSite) => Promise<Span | undefined>>> = {
  'kill leader': async ({ cluster, leader }) => {
    await cluster.kill(leader);
    cluster.start(leader);
    return undefined;
  },
  'stop leader': async (site) => stopFor(site, site.leader),
  'stop follower': async (site) => stopFor(site, site.follower),
  'kill followers': async (site) => downFor(site, site.cluster.others(site.leader), site.lastingMs),
  'overrule leader': async (site) => {
    const { cluster, leader, nowMs } = site;
    const followers = cluster.others(leader);
    await Promise.all(followers.map((server) => cluster.kill(server)));
    const fromMs = nowMs();
    await pause(site.lastingMs);
    await cluster.kill(leader);
    const toMs = nowMs();
    for (const server of followers) cluster.start(server);
    await cluster.leader();
    cluster.start(leader);
    return { fromMs, toMs };
  },
  'kill majority': async (site) =>
    downFor(site, [site.leader, site.follower], Math.max(site.lastingMs, leaderlessMsMin)),
  'kill all': async ({ cluster, leader }) => {
    const all = [leader, ...cluster.others(leader)];
    await Promise.all(all.map((server) => cluster.kill(server)));
    for (const server of all) cluster.start(server);
    return undefined;
  },
};

async function stopFor(site: FaultSite, server: ServerNumber): Promise<undefined> {
  site.cluster.stop(server);
  await pause(site.lastingMs);
  site.cluster.resume(server);
}

async function downFor(
  { cluster, nowMs }: FaultSite,
  servers: readonly ServerNumber[],
  ms: number,
): Promise<Span> {
  await Promise.all(servers.map((server) => cluster.kill(server)));
  const fromMs = nowMs();
  await pause(ms);
  const toMs = nowMs();
  for (const server of servers) cluster.start(server);
  return { fromMs, toMs };
}
