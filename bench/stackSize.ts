/**
 * Three servers at size, each a process of its own: a million keys of 100 bytes, or as many as an
 * argument says. What a snapshot costs that is taken while writes go on, and how a server joins
 * whose log is empty when those of the others are compacted: in peace, stopped in the middle (as a
 * machine that hangs), and killed in the middle.
 */
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { makeBenchFolder } from './benchProcess.js';
import { openSetLoad } from './setLoad.js';
import { findLeader, type SizedServer, sizedServers } from './sizedCluster.js';
import { type Fault, Trial } from './stackTrial.js';
import { figure } from './table.js';

const defaultKeys = 1_000_000;
const outstanding = 512;
const faults: readonly Fault[] = ['none', 'stopped', 'killed'];

/** Prints the tables; answers whether no pause was too long, and nobody was elected. */
export async function run(print: (line: string) => void, keys = defaultKeys): Promise<boolean> {
  print(`Three servers, ${figure(keys)} keys of 16 bytes, values of 100`);
  const servers = await sizedServers(join(makeBenchFolder(), 'filled'), 3);
  await fill(servers, keys, print);
  const flaws: string[] = [];
  for (const fault of faults) {
    const trial = await Trial.begin(servers, fault, keys);
    try {
      flaws.push(...(await trial.join(print)));
      if (fault === 'none') flaws.push(...(await trial.snapshot(print)));
    } finally {
      await trial.end();
    }
  }
  print(`  load average ${loadavg()[0]!.toFixed(1)} in the last minute`);
  for (const flaw of flaws) print(`  MISSED: ${flaw}`);
  return flaws.length === 0;
}

/** Sets all keys on two of the servers, which then compact their logs; the third never runs. */
async function fill(
  servers: readonly SizedServer[],
  keys: number,
  print: (line: string) => void,
): Promise<void> {
  for (const server of servers) await server.found();
  const running = servers.slice(0, 2);
  for (const server of running) server.start();
  const leader = await findLeader(running);
  let key = 0;
  const load = await openSetLoad(leader.redisPort, outstanding, () => key++);
  const { operations, seconds } = await load.drive({ operations: keys });
  load.close();
  print(`  filled, ${outstanding} outstanding: ${figure(operations / seconds)} SETs a second`);
  for (const server of running) await server.compact(keys);
  for (const server of running) await server.kill();
}
