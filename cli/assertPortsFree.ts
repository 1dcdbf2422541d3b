/**
 * Looks whether the ports of `start` are free before anything is founded or started. A port may
 * still be taken a moment later; then the server that misses it says so.
 */
import { createServer } from 'node:net';
import { type ClusterPlan, loopback } from './clusterPlan.js';
import { raftPortOffset } from './optionValues.js';
import { Refusal } from './refusal.js';

/** Rejects with a {@link Refusal} that names the first port that cannot be had. */
export async function assertPortsFree({ servers }: ClusterPlan): Promise<void> {
  for (const { id, redisPort, raftPort } of servers) {
    await assertFree(redisPort, `the Redis clients of server ${id}`);
    await assertFree(raftPort, `the other servers, who talk to server ${id} there`);
  }
}

function assertFree(port: number, whose: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(new Refusal(explanation(port, whose, error), { cause: error }));
    });
    server.listen({ port, host: loopback }, () => server.close(() => resolve()));
  });
}

function explanation(
  port: number,
  whose: string,
  { code, message }: NodeJS.ErrnoException,
): string {
  const where = `port ${port} on ${loopback}, meant for ${whose},`;
  const remedy = `choose others with --port (those ${raftPortOffset} above them are used too)`;
  if (code === 'EADDRINUSE') return `${where} is taken by another program; stop that, or ${remedy}`;
  if (code === 'EACCES') return `${where} may not be opened by this user; ${remedy}`;
  return `${where} cannot be opened: ${message}; ${remedy}`;
}
