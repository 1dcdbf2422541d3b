/** `raftchart/sim`: whole clusters in virtual time; runs in Node and in a browser. */

export type { Law, Violation, Watch } from '../sim/law.js';
export { type Recording, record, toJsonLines } from '../sim/recording.js';
export * from '../sim/schedule.js';
export {
  type Operation,
  type Run,
  type ServerView,
  Simulation,
  type SimulationOptions,
  simulate,
  type TraceEvent,
} from '../sim/simulation.js';
