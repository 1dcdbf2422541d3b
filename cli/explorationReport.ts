/** What an exploration found, in lines for people, and as a document. */
import type { Exploration } from '../sim/explore/explore.js';

/** Why a search ended that broke no law. */
const ends: Readonly<Record<Exploration['end'], string>> = {
  exhausted: 'all there are within the bounds',
  depth: 'then the bound on depth ended it',
  states: 'then the bound on states ended it',
  milliseconds: 'then its time was over',
  broken: '',
};

/** A verdict first, then what it rests on. */
export function explorationLines(exploration: Exploration): string[] {
  return [
    ...verdictLines(exploration),
    ...cutLines(exploration),
    sizeLine(exploration),
    ...sometimesLines(exploration),
  ];
}

/** The exploration as one JSON document. */
export function explorationDocument(exploration: Exploration): object {
  const { milliseconds, ...rest } = exploration;
  return { ok: exploration.violation === undefined, ...rest, wallMs: Math.round(milliseconds) };
}

/** How far it is. */
export function depthLine({ depth, states }: { depth: number; states: number }): string {
  return `depth ${depth}, ${counted(states)} worlds`;
}

function verdictLines({ end, states, violation }: Exploration): string[] {
  if (violation === undefined) {
    return [`No law was broken in ${counted(states)} worlds: ${ends[end]}.`];
  }
  const { law, detail, trace } = violation;
  const width = String(trace.length).length;
  const steps = trace.map((line, i) => `  ${String(i + 1).padStart(width)} ${line}`);
  return [`${law} is broken: ${detail}.`, ...steps];
}

function cutLines({ cuts }: Exploration): string[] {
  const parts = Object.entries(cuts).map(([bound, count]) => `${counted(count)} by ${bound}`);
  return parts.length === 0 ? [] : [`Left out, beyond a bound: ${parts.join(', ')}.`];
}

function sizeLine(exploration: Exploration): string {
  const { states, steps, depth, serverStates, messages, milliseconds } = exploration;
  const { statesPerSecond, tableBytes, frontierBytes } = exploration;
  const megabytes = Math.ceil((tableBytes + frontierBytes) / 2 ** 20);
  return (
    `${counted(states)} worlds of ${counted(serverStates)} server states and ` +
    `${counted(messages)} messages, by ${counted(steps)} actions, depth ${depth}; ` +
    `${(milliseconds / 1_000).toFixed(1)} s, ${counted(statesPerSecond)} worlds a second, ` +
    `${Math.round(tableBytes / states)} bytes a world, ${megabytes} MiB in all.`
  );
}

function sometimesLines({ sometimes }: Exploration): string[] {
  const never = Object.entries(sometimes).flatMap(([what, count]) => (count === 0 ? what : []));
  return never.length === 0 ? [] : [`It never happened that ${never.join(', or that ')}.`];
}

/** A number with commas between its thousands. */
function counted(count: number): string {
  return String(count).replaceAll(/\B(?=(\d{3})+$)/gu, ',');
}
