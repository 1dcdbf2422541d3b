/** A run in which not everything goes well, and how to play it, whole or step by step. */
import { fromReducer } from '../../actors/fromReducer.js';
import type { FaultWindow } from '../../sim/fault.js';
import type { Run } from '../../sim/run.js';
import { benign, type LoadItem, type Schedule } from '../../sim/schedule.js';
import { Simulation, simulate } from '../../sim/simulation.js';

export const stateMachine = fromReducer({
  initial: 0,
  apply: (total, add: number) => ({ state: total + add, result: total + add }),
});

/** One command every 50 ms, from 600 ms on. */
export const load: readonly LoadItem<number>[] = Array.from({ length: 20 }, (_, n) => ({
  at: 600 + 50 * n,
  client: n % 3,
  command: n,
}));

export const windows: readonly FaultWindow[] = [
  { at: 700, dur: 300, fault: { kind: 'loss', percent: 20 } },
  { at: 900, dur: 200, fault: { kind: 'crash', server: 'leader' } },
  { at: 1_200, dur: 100, fault: { kind: 'delay', percent: 30, maxMs: 40 } },
];

/** Two seconds of three servers. */
export const busy: Schedule<number> = { ...benign(3, 2_000), load, windows };

export function play(schedule: Schedule<number>, seed = 1): Run {
  return simulate({ schedule, seed, stateMachine });
}

export function start(schedule: Schedule<number>, seed = 1): Simulation<number, number> {
  return new Simulation<number, number>({ schedule, seed, stateMachine });
}
