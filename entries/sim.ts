/** `raftchart/sim`: whole clusters in virtual time; runs in Node and in a browser. */

export * from '../sim/fault.js';
export type { Law, Violation, Watch } from '../sim/law.js';
export { type Recording, record } from '../sim/recording.js';
export type { FaultCount, Operation, Refusal, Run, ServerView } from '../sim/run.js';
export * from '../sim/schedule.js';
export { Simulation, type SimulationOptions, simulate } from '../sim/simulation.js';
export * from '../sim/trace.js';
