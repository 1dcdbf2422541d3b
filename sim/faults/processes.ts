/** Faults that befall a process: it dies, stands still, is slow, or is told to hand over. */
import type { Fault } from '../fault.js';
import { type FaultRules, type Heal, nothingToHeal } from './onset.js';

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
  ids: ['P6', 'P8', 'C5', 'K7'],
  expected: 'masked',
  mattersWhen: 'a timer or a message had to wait',
  begin: ({ host, mattered }) => host!.pace.pause(mattered),
};

export const crashLoop: FaultRules<Of<'crashLoop'>> = {
  ids: ['P3', 'P1', 'S2'],
  expected: 'masked',
  mattersWhen: wasUp,
  begin: ({ host, clock, fault: { everyMs }, mattered }) => {
    let heal = host!.crash(mattered);
    let isOver = false;
    const again = () => {
      if (isOver) return;
      heal();
      clock.schedule(everyMs, () => {
        if (isOver) return;
        heal = host!.crash(mattered);
        clock.schedule(0, again);
      });
    };
    clock.schedule(0, again);
    return () => {
      if (isOver) return;
      isOver = true;
      heal();
    };
  },
};

export const crashAll: FaultRules<Of<'crashAll'>> = {
  ids: ['P4'],
  expected: 'masked',
  mattersWhen: wasUp,
  begin: ({ hosts, clock, fault: { everyMs }, mattered }) => {
    const heals: Heal[] = [];
    let isOver = false;
    hosts.forEach((host, turn) => {
      const strike = () => {
        if (isOver) return;
        const heal = host.crash(mattered);
        heals.push(heal);
        if (everyMs > 0) clock.schedule(everyMs, heal);
      };
      if (everyMs === 0) strike();
      else clock.schedule(turn * everyMs, strike);
    });
    return () => {
      isOver = true;
      for (const heal of heals) heal();
    };
  },
};

export const sluggish: FaultRules<Of<'sluggish'>> = {
  ids: ['P7'],
  expected: 'masked',
  mattersWhen: 'something came late',
  begin: ({ host, fault: { extraMs }, mattered }) => host!.pace.slow(extraMs, mattered),
};

export const stall: FaultRules<Of<'stall'>> = {
  ids: ['P8', 'P2'],
  expected: 'masked',
  mattersWhen: 'something that the server does or hears had to wait',
  begin: ({ host, mattered }) => host!.stall(mattered),
};

export const outOfMemory: FaultRules<Of<'outOfMemory'>> = {
  ids: ['P13', 'P2'],
  expected: 'masked',
  mattersWhen: 'the server applied a command',
  begin: ({ host, mattered }) => host!.exhaustMemory(mattered),
};

export const transfer: FaultRules<Of<'transfer'>> = {
  ids: ['M6', 'B2'],
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
