/**
 * Three servers in one process, in memory, empty commands: how many a second at 1, 64, 256 and
 * 1,024 outstanding. The same ladder is published for openraft (Rust, an M1 Max): 33 k, 912 k, 1.81
 * M and 3.0 M.
 */
import { type Cluster, createCluster } from '../actors/cluster.js';
import type { Codec, MakeStateMachine } from '../actors/stateMachine.js';

const rungs = [
  { outstanding: 1, aim: 40_000 },
  { outstanding: 64, aim: 250_000 },
  { outstanding: 256, aim: 500_000 },
  { outstanding: 1_024, aim: 1_000_000 },
];
const rungMs = 2_000;

type Command = Uint8Array;

const nothing = new Uint8Array(0);
const bytesOnly: Codec = { encode: (value) => value as Uint8Array, decode: (bytes) => bytes };
const counting: MakeStateMachine<Command, Uint8Array> = () => ({
  apply: () => nothing,
  snapshot: () => [],
  restore: () => {},
});

/** Prints the ladder. Its aims are aims: it always answers true. */
export async function run(print: (line: string) => void): Promise<boolean> {
  print('Three servers in one process, in memory, empty commands, one core');
  for (const { outstanding, aim } of rungs) {
    const cluster = await createCluster({ servers: 3, stateMachine: counting, codec: bytesOnly });
    await climb(cluster, outstanding, rungMs / 4); // warm-up
    const rate = Math.round(await climb(cluster, outstanding, rungMs));
    await cluster.stop();
    const text = rate.toLocaleString('en').padStart(9);
    print(
      `  ${String(outstanding).padStart(5)} outstanding: ${text} a second (aim ${aim / 1_000} k)`,
    );
  }
  return true;
}

/** A closed loop at the leader: each command that ends is followed by the next. */
async function climb(
  cluster: Cluster<Command, Uint8Array>,
  outstanding: number,
  ms: number,
): Promise<number> {
  const leader = cluster.leader()!;
  const begun = performance.now();
  let done = 0;
  const client = async (): Promise<void> => {
    while (performance.now() - begun < ms) {
      const proposal = leader.propose(nothing);
      if (!proposal.isLeader) throw new Error('the leader was lost');
      const outcome = await proposal.outcome;
      if (outcome.type !== 'done') throw outcome.error;
      done++;
    }
  };
  await Promise.all(Array.from({ length: outstanding }, client));
  return done / ((performance.now() - begun) / 1_000);
}
