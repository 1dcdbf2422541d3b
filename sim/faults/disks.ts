/** Faults of the disk of one machine. */
import type { Fault } from '../fault.js';
import type { FaultRules } from './onset.js';

type Of<K extends Fault['kind']> = Extract<Fault, { kind: K }>;

export const slowDisk: FaultRules<Of<'slowDisk'>> = {
  ids: ['D10', 'P7'],
  expected: 'masked',
  mattersWhen: 'a sync took longer',
  begin: ({ host, fault, mattered }) => host!.slowSyncs(fault.extraMs, mattered),
};

export const stallDisk: FaultRules<Of<'stallDisk'>> = {
  ids: ['D10'],
  expected: 'masked',
  mattersWhen: 'a sync had to wait',
  begin: ({ host, mattered }) => host!.stallSyncs(mattered),
};

export const failSync: FaultRules<Of<'failSync'>> = {
  ids: ['D4'],
  expected: 'detected',
  mattersWhen: 'a sync failed',
  begin: ({ host, mattered }) => host!.failSyncs(mattered),
};

export const fullDisk: FaultRules<Of<'fullDisk'>> = {
  ids: ['D6'],
  expected: 'masked',
  mattersWhen: 'something found no room',
  begin: ({ host, mattered }) => host!.fillDisk(mattered),
};
