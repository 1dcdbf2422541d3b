/** Faults of the disk of one machine that harm nothing on it. */
import type { DiskOperation } from '../diskRules.js';
import type { Fault } from '../fault.js';
import type { FaultRules } from './onset.js';

type Of<K extends Fault['kind']> = Extract<Fault, { kind: K }>;

export const slowDisk: FaultRules<Of<'slowDisk'>> = {
  ids: ['D10', 'P7'],
  expected: 'masked',
  mattersWhen: 'a sync took longer',
  begin: ({ host, fault, mattered }) => host!.troubles.slow(fault.extraMs, mattered),
};

export const stallDisk: FaultRules<Of<'stallDisk'>> = {
  ids: ['D10'],
  expected: 'masked',
  mattersWhen: 'a sync had to wait',
  begin: ({ host, mattered }) => host!.troubles.stall(mattered),
};

function failing<F extends Fault>(operation: DiskOperation, ids: readonly string[]) {
  const rules: FaultRules<F> = {
    ids,
    expected: 'detected',
    mattersWhen: `a ${operation} failed`,
    begin: ({ host, mattered }) => {
      const repair = host!.failDisk(operation, mattered);
      // A server that runs reads next to nothing; one that starts reads everything.
      if (operation === 'read') host!.kill()();
      return repair;
    },
  };
  return rules;
}

export const failSync = failing<Of<'failSync'>>('sync', ['D4']);
export const failWrite = failing<Of<'failWrite'>>('write', ['D5']);
export const failRead = failing<Of<'failRead'>>('read', ['D5']);

export const fullDisk: FaultRules<Of<'fullDisk'>> = {
  ids: ['D6'],
  expected: 'masked',
  mattersWhen: 'something found no room',
  begin: ({ host, mattered }) => host!.troubles.fill(host!.disk, mattered),
};
