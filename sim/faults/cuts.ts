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

export const isolate = cutting<Of<'isolate'>>(['N8'], ({ host }) => {
  const { number } = host!;
  return (from, to) => from === number || to === number;
});

export const mute = cutting<Of<'mute'>>(['N9'], ({ host }) => {
  const { number } = host!;
  return (from) => from === number;
});

export const deafen = cutting<Of<'deafen'>>(['N9'], ({ host }) => {
  const { number } = host!;
  return (_from, to) => to === number;
});
