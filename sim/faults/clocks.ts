/** Faults of the clock of one machine. */
import type { Fault } from '../fault.js';
import type { FaultRules } from './onset.js';

type Of<K extends Fault['kind']> = Extract<Fault, { kind: K }>;

export const clockJump: FaultRules<Of<'clockJump'>> = {
  ids: ['C1', 'C3'],
  expected: 'masked',
  mattersWhen: 'the server looked at its wall clock',
  begin: ({ host, fault, mattered }) => host!.time.jump(fault.ms, mattered),
};

export const drift: FaultRules<Of<'drift'>> = {
  ids: ['C2'],
  expected: 'masked',
  mattersWhen: 'the server set a timer by it',
  begin: ({ host, fault, mattered }) => host!.time.drift(fault.percent, mattered),
};
