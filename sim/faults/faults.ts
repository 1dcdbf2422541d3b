/** Every kind of fault, by its name. */
import type { Fault, FaultKind } from '../fault.js';
import { clockJump, drift, impatient, strobe } from './clocks.js';
import { bridge, deafen, flap, isolate, mute, partition, ring } from './cuts.js';
import { clog, delay, latency, slowLink, throttle } from './delays.js';
import { failRead, failSync, failWrite, fullDisk, slowDisk, stallDisk } from './disks.js';
import { restoreCopy, swap, wipe } from './folders.js';
import { bitRot, loseFile, misdirected, truncateFile } from './harm.js';
import { corruption, duplication, loss, lossOf, replay } from './messages.js';
import type { FaultRules, Heal, Onset } from './onset.js';
import {
  crash,
  crashAll,
  crashLoop,
  kill,
  outOfMemory,
  pause,
  secondProcess,
  sluggish,
  stall,
  transfer,
} from './processes.js';

export const faults: {
  readonly [K in FaultKind]: FaultRules<Extract<Fault, { kind: K }>>;
} = {
  partition,
  isolate,
  mute,
  deafen,
  bridge,
  ring,
  flap,
  loss,
  lossOf,
  duplication,
  replay,
  corruption,
  delay,
  latency,
  slowLink,
  throttle,
  clog,
  crash,
  crashLoop,
  crashAll,
  kill,
  pause,
  sluggish,
  stall,
  outOfMemory,
  slowDisk,
  stallDisk,
  failSync,
  failWrite,
  failRead,
  fullDisk,
  clockJump,
  strobe,
  drift,
  impatient,
  transfer,
  wipe,
  swap,
  restoreCopy,
  secondProcess,
  bitRot,
  misdirected,
  loseFile,
  truncateFile,
};

/** Those whose laws hold all the same: every kind but the ones that are outside of the model. */
export const survivable: readonly FaultKind[] = (Object.keys(faults) as FaultKind[]).filter(
  (kind) => faults[kind].expected !== 'outside',
);

/**
 * Whether a fault may strike: not if it ruined a majority, together with those that others have
 * ruined. What is ruined counts as failed until it is put right, so that a good copy is left.
 */
export function maySurvive({ fault, host, hosts }: Pick<Onset, 'fault' | 'host' | 'hosts'>) {
  const ruins = (faults[fault.kind] as FaultRules).ruins?.({ fault, host, hosts }) ?? [];
  if (ruins.every(({ folder }) => folder.isRuined)) return true;
  const ruined = hosts.filter((one) => one.folder.isRuined || ruins.includes(one));
  return 2 * ruined.length < hosts.length;
}

/** Begins a fault; answers how it ends. */
export function begin(onset: Onset): Heal {
  return (faults[onset.fault.kind] as FaultRules).begin(onset);
}
