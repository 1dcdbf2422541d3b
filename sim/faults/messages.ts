/** Faults that befall single messages: lost, doubled, late. */
import { draw, happens, purposes } from '../chance.js';
import type { Fault } from '../fault.js';
import type { FaultRules } from './onset.js';

type Of<K extends Fault['kind']> = Extract<Fault, { kind: K }>;

export const loss: FaultRules<Of<'loss'>> = {
  ids: ['N1'],
  expected: 'masked',
  mattersWhen: 'a message was lost, or a connection broke',
  begin: ({ fault: { percent }, weather, seed, mattered }) =>
    weather.add({
      touches: (passage) => {
        const { link, number } = passage;
        const isLost = happens(percent, draw(seed, purposes.loss, link, number));
        passage.isLost ||= isLost;
        return isLost;
      },
      // What is lost is sent again on a connection, mostly.
      strains: (strain) => {
        const breaks = happens(percent / 8, strain.drawn);
        strain.isBroken ||= breaks;
        return breaks;
      },
      mattered,
    }),
};

export const duplication: FaultRules<Of<'duplication'>> = {
  ids: ['N2', 'K2'],
  expected: 'masked',
  mattersWhen: 'a message was delivered twice',
  begin: ({ fault: { percent }, weather, seed, mattered }) =>
    weather.add({
      touches: ({ link, number, copiesMs }) => {
        const drawn = draw(seed, purposes.duplicate, link, number);
        if (!happens(percent, drawn)) return false;
        copiesMs.push(1 + ((drawn >>> 16) % 64));
        return true;
      },
      mattered,
    }),
};

export const delay: FaultRules<Of<'delay'>> = {
  ids: ['N3', 'N4', 'N19'],
  expected: 'masked',
  mattersWhen: 'a message was held up',
  begin: ({ fault: { percent, maxMs }, weather, seed, mattered }) =>
    weather.add({
      touches: (passage) => {
        const { link, number } = passage;
        if (!happens(percent, draw(seed, purposes.delay, link, number))) return false;
        const ms = draw(seed, purposes.delay, link, number, 1) % (maxMs + 1);
        passage.extraMs += ms;
        return ms > 0;
      },
      strains: (strain) => {
        if (!happens(percent, strain.drawn >>> 8)) return false;
        const ms = (strain.drawn >>> 4) % (maxMs + 1);
        strain.extraMs += ms;
        return ms > 0;
      },
      mattered,
    }),
};
