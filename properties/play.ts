/** Plays schedules under all laws: those of the search's own state machine, or of another. */
import { fromReducer } from '../actors/fromReducer.js';
import type { MakeStateMachine } from '../actors/stateMachine.js';
import { clientMachine } from '../machines/client.js';
import { server } from '../machines/server.js';
import type { Law } from '../sim/law.js';
import type { Run } from '../sim/run.js';
import { Simulation, simulate } from '../sim/simulation.js';
import type { TraceEvent } from '../sim/trace.js';
import { allLaws } from './allLaws.js';
import type { Case } from './campaign.js';
import { partCharts } from './partCharts.js';
import type { TransitionCounter } from './transitionCounter.js';

/** A small state machine whose answers depend on every command before. */
export const runningSum = fromReducer({
  initial: 0,
  apply: (total, add: number) => ({ state: total + add, result: total + add }),
});

export interface PlayOptions {
  /** All. */
  readonly laws?: readonly Law[] | undefined;
  /** A mutant in place of the server's machine. */
  readonly machine?: typeof server | undefined;
  /** Another machine in place of that of clients. */
  readonly clientMachine?: typeof clientMachine | undefined;
  /** Called with every event, for a trace. */
  readonly onEvent?: ((event: TraceEvent) => void) | undefined;
}

/** Plays one case to its end, or to the first broken law. */
export function play(one: Case, { laws = allLaws, ...machines }: PlayOptions = {}): Run {
  return playOn(runningSum, one, { laws, ...machines });
}

/** The same with another state machine. */
export function playOn<C, R>(
  stateMachine: MakeStateMachine<C, R, any, any>,
  { schedule, seed }: Case<C>,
  options: PlayOptions,
): Run {
  return simulate({ schedule, seed, stateMachine, ...options });
}

export interface Played {
  readonly run: Run;
  readonly trace: readonly TraceEvent[];
  readonly servers: readonly string[];
}

/** The same, and what happened; if `until` is given, only up to this virtual time, ms. */
export function playForTrace(
  { schedule, seed }: Case,
  options: PlayOptions & { readonly until?: number | undefined; readonly guards?: boolean } = {},
): Played {
  const { until, guards, laws = allLaws, machine } = options;
  const trace: TraceEvent[] = [];
  const onEvent = (event: TraceEvent) => trace.push(event);
  const whole = { schedule, seed, stateMachine: runningSum, laws, machine, onEvent, guards };
  const servers = Array.from({ length: schedule.servers }, (_, number) => `s${number + 1}`);
  if (until === undefined) return { run: simulate(whole), trace, servers };
  const simulation = new Simulation(whole);
  simulation.runUntil(until);
  return { run: simulation.result(), trace, servers };
}

/** The same laws and machine, which tell of the lines of the statecharts that are taken. */
export function countedBy(
  counter: TransitionCounter,
  { laws = allLaws, machine = server }: PlayOptions = {},
): PlayOptions {
  return {
    machine: counter.counted(machine),
    clientMachine: counter.counted(clientMachine),
    laws: [...laws, partCharts(counter)],
  };
}
