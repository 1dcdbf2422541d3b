/** `raftchart/properties`: the laws of Raft, and the search for a schedule that breaks one. */
export * from '../properties/assertLaws.js';
export { clientLaws } from '../properties/clientLaws.js';
export { definiteOutcomes } from '../properties/definiteOutcomes.js';
export { electionSafety } from '../properties/electionSafety.js';
export { exactlyOnce } from '../properties/exactlyOnce.js';
export { leaderAppendOnly } from '../properties/leaderAppendOnly.js';
export { leaderCompleteness } from '../properties/leaderCompleteness.js';
export { logMatching } from '../properties/logMatching.js';
export { monotonicTerm } from '../properties/monotonicTerm.js';
export { nothingAcknowledgedIsLost } from '../properties/nothingAcknowledgedIsLost.js';
export { progress } from '../properties/progress.js';
export { raftLaws } from '../properties/raftLaws.js';
export { readsAreFresh } from '../properties/readsAreFresh.js';
export { faultKinds, type ScheduleOptions, schedules } from '../properties/schedules.js';
export { snapshotsAgree } from '../properties/snapshotsAgree.js';
export { stateMachineSafety } from '../properties/stateMachineSafety.js';
export { successorIsReady } from '../properties/successorIsReady.js';
