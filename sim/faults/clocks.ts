/** Faults of the clock of one machine, and of its timers. */
import type { Fault } from '../fault.js';
import { telling } from '../lasting.js';
import type { FaultRules } from './onset.js';

type Of<K extends Fault['kind']> = Extract<Fault, { kind: K }>;

const looked = 'the server looked at its wall clock while it was wrong';

export const clockJump: FaultRules<Of<'clockJump'>> = {
  ids: ['C1', 'C3', 'K5'],
  expected: 'masked',
  mattersWhen: looked,
  begin: ({ host, fault, mattered }) => host!.time.jump(fault.ms, mattered),
};

export const strobe: FaultRules<Of<'strobe'>> = {
  ids: ['C4', 'C3'],
  expected: 'masked',
  mattersWhen: looked,
  begin: ({ host, fault: { ms, everyMs }, mattered }) => host!.time.strobe(ms, everyMs, mattered),
};

export const drift: FaultRules<Of<'drift'>> = {
  ids: ['C2'],
  expected: 'masked',
  mattersWhen: 'the server set a timer by it',
  begin: ({ host, fault, mattered }) => host!.time.drift(fault.percent, mattered),
};

export const impatient: FaultRules<Of<'impatient'>> = {
  ids: ['C5', 'B2'],
  expected: 'masked',
  mattersWhen: 'a timer would have been longer',
  begin: ({ host, mattered }) => telling(host!.impatience, mattered, () => {}),
};
