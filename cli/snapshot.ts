/** `raftchart snapshot`: has servers write down their state, and waits until they have. */
import type { Address } from '../actors/address.js';
import type { KvReport } from '../services/kv/nodeKvServer.js';
import { askRedis, assertNoError } from './askRedis.js';
import { eventually } from './eventually.js';
import { addressText } from './optionValues.js';
import { Refusal } from './refusal.js';
import { reportOf, type ServersOptions } from './serverAnswer.js';

/** A large state takes its time; what is longer under way goes on, and is not waited for, ms. */
const snapshotMsMax = 600_000;
const pollMs = 20;

/** One server after the other, so that most are always quick. Rejects with a {@link Refusal}. */
export async function snapshot({ connect, password }: ServersOptions): Promise<void> {
  for (const address of connect) {
    const startedMs = performance.now();
    const { id, snapshotIndex } = await taken(address, password);
    const tookMs = Math.round(performance.now() - startedMs);
    console.log(`${id}: a snapshot up to index ${snapshotIndex} is in place, after ${tookMs} ms`);
  }
}

async function taken(address: Address, password: string | undefined): Promise<KvReport> {
  const { id, lastApplied } = await reportOf(address, password);
  const [reply] = await askRedis(address, [['RAFTCHART', 'SNAPSHOT']], password);
  assertNoError(address, reply!);
  const after = await eventually(snapshotMsMax, pollMs, async () => {
    const report = await reportOf(address, password);
    if (report.snapshotError !== null) {
      throw new Refusal(`${id} could not take a snapshot: ${report.snapshotError}`);
    }
    return report.snapshotIndex >= lastApplied ? report : undefined;
  });
  if (after !== undefined) return after;
  const where = `${id} at ${addressText(address)}`;
  throw new Refusal(
    `the snapshot of ${where} takes more than ${snapshotMsMax / 1000} s; it goes on`,
  );
}
