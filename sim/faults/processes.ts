/** Faults that befall a process: it dies, stands still, or is told to hand over. */
import type { Fault } from '../fault.js';
import { type FaultRules, nothingToHeal } from './onset.js';

type Of<K extends Fault['kind']> = Extract<Fault, { kind: K }>;

const wasUp = 'the process ran';

export const crash: FaultRules<Of<'crash'>> = {
  ids: ['P1', 'P2', 'D1', 'D2', 'D3', 'D12'],
  expected: 'masked',
  mattersWhen: wasUp,
  begin: ({ host, mattered }) => host!.crash(mattered),
};

export const kill: FaultRules<Of<'kill'>> = {
  ids: ['P1', 'P2'],
  expected: 'masked',
  mattersWhen: wasUp,
  begin: ({ host, mattered }) => host!.kill(mattered),
};

export const pause: FaultRules<Of<'pause'>> = {
  ids: ['P6', 'P8', 'C5'],
  expected: 'masked',
  mattersWhen: 'a timer or a message had to wait',
  begin: ({ host, mattered }) => host!.pause(mattered),
};

export const transfer: FaultRules<Of<'transfer'>> = {
  ids: ['M6'],
  expected: 'masked',
  mattersWhen: 'the server led, and took it up',
  begin: ({ host, mattered }) => {
    if (host!.actor?.transferLeadership(undefined) === undefined) mattered();
    return nothingToHeal;
  },
};

export const secondProcess: FaultRules<Of<'secondProcess'>> = {
  ids: ['P1'],
  expected: 'detected',
  mattersWhen: 'there was a first one',
  begin: ({ host, mattered }) => {
    host!.startSecondProcess(mattered);
    return nothingToHeal;
  },
};
