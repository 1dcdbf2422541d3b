/**
 * A run written down: every event with its cause, as lines of JSON that can be kept, compared and
 * read again.
 */
import type { Run, TraceEvent } from './run.js';
import { Simulation, type SimulationOptions } from './simulation.js';

export interface Recording {
  readonly run: Run;
  readonly trace: readonly TraceEvent[];
}

/** Plays a schedule to its end, as `simulate` does, and keeps what happened. */
export function record<C, R>(options: SimulationOptions<C, R>): Recording {
  const trace: TraceEvent[] = [];
  const simulation = new Simulation({ ...options, onEvent: (event) => trace.push(event) });
  simulation.runUntil(options.schedule.forMs);
  return { run: simulation.result(), trace };
}

/** One line for each event. */
export function toJsonLines(trace: readonly TraceEvent[]): string {
  return trace.map((event) => `${JSON.stringify(event)}\n`).join('');
}
