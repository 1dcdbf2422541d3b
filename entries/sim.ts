/** `raftchart/sim`: whole clusters in virtual time; runs in Node and in a browser. */
export * from '../sim/explore/explore.js';
export * from '../sim/fault.js';
export { BadInput } from '../sim/format/parseJson.js';
export { type Case, parseSchedule, scheduleText } from '../sim/format/scheduleFormat.js';
export { type TraceHeader, traceText } from '../sim/format/traceFormat.js';
export type { Law, Violation, Watch } from '../sim/law.js';
export {
  checkLinearizable,
  defaultLimits,
  type Limits,
} from '../sim/linearizability/checkLinearizable.js';
export { kv } from '../sim/linearizability/kv.js';
export type { Model } from '../sim/linearizability/model.js';
export { type Reducer, reducerModel } from '../sim/linearizability/reducerModel.js';
export { register } from '../sim/linearizability/register.js';
export { runningSum as runningSumModel } from '../sim/linearizability/runningSum.js';
export type { Verdict } from '../sim/linearizability/verdict.js';
export { type Recording, record } from '../sim/recording.js';
export type { FaultCount, Operation, Refusal, Run, ServerView } from '../sim/run.js';
export * from '../sim/schedule.js';
export { Simulation, type SimulationOptions, simulate } from '../sim/simulation.js';
export { type SpaceTimeOptions, spaceTime } from '../sim/spaceTime.js';
export * from '../sim/trace.js';
