/** What servers cost that do nothing. */
import type { Contender } from './contender.js';
import { processorSeconds, residentBytes } from './processorTime.js';
import { pause } from './until.js';

const idleMs = 3000;

export interface IdleCost {
  /** Of one processor, all servers together. */
  readonly percent: number;
  /** Resident memory of each server, in MB. */
  readonly megabytes: readonly number[];
}

/** Looks at the servers for a few seconds. */
export async function idleCost(contender: Contender): Promise<IdleCost> {
  const pids = contender.pids();
  const before = processorSeconds(pids);
  await pause(idleMs);
  const seconds = processorSeconds(pids) - before;
  return {
    percent: (seconds / (idleMs / 1000)) * 100,
    megabytes: pids.map((pid) => residentBytes(pid) / 1e6),
  };
}
