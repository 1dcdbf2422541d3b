/**
 * Readings: all values, read through each server and with each server as the leader. Any server
 * passes a read on to the leader, so what it holds itself is seen only while it leads.
 */
import { Redis } from 'ioredis';
import { type KillCluster, numberOf, type ServerNumber } from './killCluster.js';
import type { Reading } from './verifyReadings.js';

/** So often another leader is sought; each time, either of two servers is elected. */
const changesMax = 20;

/** Reads `keys` through every server, then through each of them while it leads. */
export async function takeReadings(
  cluster: KillCluster,
  keys: readonly string[],
): Promise<readonly Reading[]> {
  const readings: Reading[] = [];
  const read = async (server: ServerNumber, leader: string): Promise<void> => {
    const by = `s${server + 1} while ${leader} led`;
    readings.push({ by, values: await valuesAt(cluster.redisPorts[server]!, keys) });
  };
  let { id: leader } = await cluster.endedAlike();
  for (const server of cluster.redisPorts.keys()) await read(server, leader);
  const haveLed = new Set([leader]);
  for (let i = 0; i < changesMax && haveLed.size < cluster.redisPorts.length; i++) {
    await cluster.kill(numberOf(leader));
    cluster.start(numberOf(leader));
    leader = (await cluster.caughtUp()).id;
    if (!haveLed.has(leader)) await read(numberOf(leader), leader);
    haveLed.add(leader);
  }
  return readings;
}

async function valuesAt(port: number, keys: readonly string[]): Promise<Map<string, string>> {
  const client = new Redis({ port, host: '127.0.0.1', retryStrategy: null });
  client.on('error', () => {});
  try {
    const values = new Map<string, string>();
    for (const key of keys) values.set(key, (await client.get(key)) ?? '');
    return values;
  } finally {
    client.disconnect();
  }
}
