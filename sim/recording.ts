/** A run and its trace: every event with its cause, to be kept, compared and read again. */
import type { Run } from './run.js';
import { type SimulationOptions, simulate } from './simulation.js';
import type { TraceEvent } from './trace.js';

export interface Recording {
  readonly run: Run;
  readonly trace: readonly TraceEvent[];
}

/** Plays a schedule to its end, as `simulate` does, and keeps what happened. */
export function record<C, R>(options: SimulationOptions<C, R>): Recording {
  const trace: TraceEvent[] = [];
  const run = simulate({ ...options, onEvent: (event) => trace.push(event) });
  return { run, trace };
}
