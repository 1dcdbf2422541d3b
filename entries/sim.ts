/** `raftchart/sim`: whole clusters in virtual time; runs in Node and in a browser. */

export type { Law, Violation, Watch } from '../sim/law.js';
export { type Recording, record, toJsonLines } from '../sim/recording.js';
export type { Operation, Run, ServerView, TraceEvent } from '../sim/run.js';
export * from '../sim/schedule.js';
export { Simulation, type SimulationOptions, simulate } from '../sim/simulation.js';
