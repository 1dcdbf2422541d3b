/** What people do to data folders: empty them, exchange them, put old copies in their place. */
import type { Fault } from '../fault.js';
import { emptyFolder } from '../folder.js';
import type { FaultRules } from './onset.js';

type Of<K extends Fault['kind']> = Extract<Fault, { kind: K }>;

export const wipe: FaultRules<Of<'wipe'>> = {
  ids: ['P10'],
  expected: 'detected',
  mattersWhen: 'always',
  begin: ({ host, mattered }) => {
    mattered();
    return host!.replaceFolder(emptyFolder);
  },
};

export const swap: FaultRules<Of<'swap'>> = {
  ids: ['N20', 'P10'],
  expected: 'detected',
  mattersWhen: 'the two were not the same',
  begin: ({ host, hosts, fault, mattered }) => {
    const one = host!;
    const other = hosts[(fault.with ?? one.number + 1) % hosts.length]!;
    const folder = one.copyFolder();
    const heal = one.replaceFolder(other.copyFolder());
    if (other === one) return heal;
    mattered();
    const healOther = other.replaceFolder(folder);
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
  begin: ({ host, mattered }) => {
    const copy = host!.copyFolder();
    return () => {
      mattered();
      host!.replaceFolder(copy)();
    };
  },
};
