/** What befalls one machine of a run: a fault is begun there, and healed. */
import { emptyFolder } from './folder.js';
import type { Host } from './host.js';
import type { Fault } from './schedule.js';

/**
 * Begins a fault at one of the machines, for `dur` virtual ms; answers how it heals then.
 * Undefined: it befalls the network or the time that syncs take.
 */
export function befall<C, R>(
  hosts: readonly Host<C, R>[],
  host: Host<C, R>,
  fault: Fault,
  dur: number,
): (() => void) | undefined {
  switch (fault.kind) {
    case 'crash':
      host.crash(dur);
      return healsItself;
    case 'kill':
      host.kill(dur);
      return healsItself;
    case 'pause':
      host.pause();
      return () => host.resume();
    case 'failSync':
      host.failSyncs();
      return () => host.repair();
    case 'fullDisk':
      return fillDisk(host);
    case 'clockJump':
      host.time.wallOffsetMs += fault.ms;
      return () => {
        host.time.wallOffsetMs -= fault.ms;
      };
    case 'drift':
      host.time.drift(fault.percent);
      return () => host.time.drift(0);
    case 'transfer':
      host.actor?.transferLeadership(undefined);
      return healsItself;
    default:
      return befallFolder(hosts, host, fault, dur);
  }
}

/** What befalls its data folder. */
function befallFolder<C, R>(
  hosts: readonly Host<C, R>[],
  host: Host<C, R>,
  fault: Fault,
  dur: number,
): (() => void) | undefined {
  switch (fault.kind) {
    case 'wipe':
      host.replaceFolder(emptyFolder, dur);
      return healsItself;
    case 'swap':
      swapFolders(host, hosts[(fault.with ?? host.number + 1) % hosts.length]!, dur);
      return healsItself;
    case 'restoreCopy': {
      const copy = host.copyFolder();
      return () => host.replaceFolder(copy, 0);
    }
    case 'secondProcess':
      host.startSecondProcess();
      return healsItself;
    default:
      return undefined;
  }
}

function fillDisk<C, R>({ disk }: Host<C, R>): () => void {
  disk.capacityBytes = 0;
  return () => {
    disk.capacityBytes = Number.POSITIVE_INFINITY;
  };
}

function swapFolders<C, R>(one: Host<C, R>, other: Host<C, R>, dur: number): void {
  const folder = one.copyFolder();
  one.replaceFolder(other.copyFolder(), dur);
  if (other !== one) other.replaceFolder(folder, dur);
}

/** The end of its window is scheduled already, or there is nothing to end. */
function healsItself(): void {}
