/** Who appends: the workers of a run, each with its own way to the cluster. */
import { draw } from '../../sim/chance.js';
import { ClerkAppender } from './clerkAppender.js';
import type { KillCluster } from './killCluster.js';
import { killPurposes } from './killPurposes.js';
import { RedisAppender } from './redisAppender.js';
import type { Workers } from './workers.js';

const redisWorkers = 64;
const clerkWorkers = 16;
/** Half of ioredis leaves a server that is silent, half waits for what it says in the end, ms. */
const answerMsMaxes = [1_000, 10_000];

/** Has all workers begin, and answers a line that says who they are. */
export function addAppenders(workers: Workers, cluster: KillCluster, seed: number): string {
  for (let worker = 0; worker < redisWorkers; worker++) {
    let attempts = 0;
    const appender = new RedisAppender({
      ports: cluster.redisPorts,
      choose: (below) => draw(seed, killPurposes.server, worker, attempts++) % below,
      answerMsMax: answerMsMaxes[worker % answerMsMaxes.length]!,
    });
    workers.add(`r${worker}`, appender);
  }
  for (let worker = 0; worker < clerkWorkers; worker++) {
    workers.add(`c${worker}`, new ClerkAppender(cluster.name, cluster.addresses));
  }
  return `${redisWorkers} connections of ioredis and ${clerkWorkers} clerks append`;
}
