/** Faults that let nothing pass: from some servers, or to them. */
import type { Fault } from '../fault.js';
import type { FaultRules, Onset } from './onset.js';

type Cuts = (from: number, to: number) => boolean;

function cutting<F extends Fault>(ids: readonly string[], cutsOf: (onset: Onset<F>) => Cuts) {
  const rules: FaultRules<F> = {
    ids,
    expected: 'masked',
    mattersWhen: 'it stopped a message',
    begin: (onset) => onset.weather.add({ cuts: cutsOf(onset), mattered: onset.mattered }),
  };
  return rules;
}

type Of<K extends Fault['kind']> = Extract<Fault, { kind: K }>;

export const partition = cutting<Of<'partition'>>(['N7', 'N12'], ({ fault: { side } }) => {
  return (from, to) => side.includes(from) !== side.includes(to);
});

export const isolate = cutting<Of<'isolate'>>(['N8'], ({ host }) => touching(host!.number));

export const mute = cutting<Of<'mute'>>(['N9'], ({ host }) => {
  const { number } = host!;
  return (from) => from === number;
});

export const deafen = cutting<Of<'deafen'>>(['N9'], ({ host }) => {
  const { number } = host!;
  return (_from, to) => to === number;
});

export const bridge = cutting<Of<'bridge'>>(['N10'], ({ host, hosts }) => {
  const { number } = host!;
  const half = Math.floor(hosts.length / 2);
  /** Counted from the bridge on, so that every server may be one. */
  const isNear = (server: number) => (server - number + hosts.length) % hosts.length <= half;
  return (from, to) => from !== number && to !== number && isNear(from) !== isNear(to);
});

export const ring = cutting<Of<'ring'>>(['N11'], ({ hosts: { length } }) => {
  /** So far on either side: with itself a majority. */
  const reach = Math.ceil(Math.floor(length / 2) / 2);
  return (from, to) => {
    const apart = Math.abs(from - to);
    // Three in a ring all hear each other: they stand in a line.
    return Math.min(apart, length > 3 ? length - apart : apart) > reach;
  };
});

export const flap: FaultRules<Of<'flap'>> = {
  ids: ['N13', 'N8'],
  expected: 'masked',
  mattersWhen: 'it stopped a message',
  begin: ({ host, fault: { everyMs }, clock, weather, mattered }) => {
    const fromMs = clock.nowMs;
    const impairs = touching(host!.number);
    const isCut = () => Math.floor((clock.nowMs - fromMs) / everyMs) % 2 === 0;
    return weather.add({ impairs, cuts: (from, to) => impairs(from, to) && isCut(), mattered });
  },
};

function touching(server: number): Cuts {
  return (from, to) => from === server || to === server;
}
