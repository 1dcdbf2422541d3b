/** `raftchart/properties`: the laws of Raft, and the search for a schedule that breaks one. */
export * from '../properties/assertLaws.js';
export { electionSafety } from '../properties/electionSafety.js';
export { leaderAppendOnly } from '../properties/leaderAppendOnly.js';
export { leaderCompleteness } from '../properties/leaderCompleteness.js';
export { logMatching } from '../properties/logMatching.js';
export { monotonicTerm } from '../properties/monotonicTerm.js';
export { raftLaws } from '../properties/raftLaws.js';
export { readsAreFresh } from '../properties/readsAreFresh.js';
export { faultKinds, type ScheduleOptions, schedules } from '../properties/schedules.js';
export { stateMachineSafety } from '../properties/stateMachineSafety.js';
