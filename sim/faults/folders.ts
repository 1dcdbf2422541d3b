/** What people do to data folders: empty them, exchange them, put old copies in their place. */
import type { Fault } from '../fault.js';
import { emptyFolder } from '../folder.js';
import type { FaultRules, Onset } from './onset.js';

type Of<K extends Fault['kind']> = Extract<Fault, { kind: K }>;

export const wipe: FaultRules<Of<'wipe'>> = {
  ids: ['P10', 'D13'],
  expected: 'detected',
  mattersWhen: 'always',
  ruins: ({ host }) => [host!],
  begin: ({ host, mattered }) => {
    mattered();
    return host!.replaceFolder(emptyFolder);
  },
};

type Swap = Pick<Onset<Of<'swap'>>, 'fault' | 'host' | 'hosts'>;

function other({ fault, host, hosts }: Swap) {
  return hosts[(fault.with ?? host!.number + 1) % hosts.length]!;
}

export const swap: FaultRules<Of<'swap'>> = {
  ids: ['N20', 'P10', 'D13'],
  expected: 'detected',
  mattersWhen: 'the two were not the same',
  ruins: (onset) => [onset.host!, other(onset)],
  begin: (onset) => {
    const [one, two] = [onset.host!, other(onset)];
    const folder = one.folder.copy();
    const heal = one.replaceFolder(two.folder.copy());
    if (two === one) return heal;
    onset.mattered();
    const healOther = two.replaceFolder(folder);
    return () => {
      heal();
      healOther();
    };
  },
};

export const restoreCopy: FaultRules<Of<'restoreCopy'>> = {
  ids: ['P11'],
  expected: 'outside',
  mattersWhen: 'always',
  ruins: ({ host }) => [host!],
  begin: ({ host, mattered }) => {
    const copy = host!.folder.copy();
    return () => {
      mattered();
      host!.replaceFolder({ ...copy, harm: { isDamage: false, mattered } })();
    };
  },
};
