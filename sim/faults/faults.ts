/** Every kind of fault, by its name. */
import type { Fault, FaultKind } from '../fault.js';
import { clockJump, drift } from './clocks.js';
import { deafen, isolate, mute, partition } from './cuts.js';
import { failSync, fullDisk, slowDisk, stallDisk } from './disks.js';
import { restoreCopy, swap, wipe } from './folders.js';
import { delay, duplication, loss } from './messages.js';
import type { FaultRules, Heal, Onset } from './onset.js';
import { crash, kill, pause, secondProcess, transfer } from './processes.js';

export const faults: {
  readonly [K in FaultKind]: FaultRules<Extract<Fault, { kind: K }>>;
} = {
  partition,
  isolate,
  mute,
  deafen,
  loss,
  duplication,
  delay,
  crash,
  kill,
  pause,
  slowDisk,
  stallDisk,
  failSync,
  fullDisk,
  clockJump,
  drift,
  transfer,
  wipe,
  swap,
  restoreCopy,
  secondProcess,
};

/** Begins a fault; answers how it ends. */
export function begin(onset: Onset): Heal {
  return (faults[onset.fault.kind] as FaultRules).begin(onset);
}
