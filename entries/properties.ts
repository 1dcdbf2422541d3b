/** `raftchart/properties`: the laws of Raft, and the search for a schedule that breaks one. */
export { allLaws, lawsFor } from '../properties/allLaws.js';
export * from '../properties/assertLaws.js';
export * from '../properties/campaign.js';
export { clientLaws } from '../properties/clientLaws.js';
export { definiteOutcomes } from '../properties/definiteOutcomes.js';
export { diskLaws } from '../properties/diskLaws.js';
export { durableCommits } from '../properties/durableCommits.js';
export { durableVotes } from '../properties/durableVotes.js';
export { electionSafety } from '../properties/electionSafety.js';
export { equalState } from '../properties/equalState.js';
export { everyRequestSettles } from '../properties/everyRequestSettles.js';
export { exactlyOnce } from '../properties/exactlyOnce.js';
export { leaderAppendOnly } from '../properties/leaderAppendOnly.js';
export { leaderCompleteness } from '../properties/leaderCompleteness.js';
export { linearizability } from '../properties/linearizability.js';
export { logMatching } from '../properties/logMatching.js';
export { monotonicIndexes } from '../properties/monotonicIndexes.js';
export { monotonicTerm } from '../properties/monotonicTerm.js';
export { nothingAcknowledgedIsLost } from '../properties/nothingAcknowledgedIsLost.js';
export { progress } from '../properties/progress.js';
export { raftLaws } from '../properties/raftLaws.js';
export { readsAreFresh } from '../properties/readsAreFresh.js';
export {
  always,
  faultKinds,
  type ScheduleOptions,
  type Schedules,
  schedules,
} from '../properties/schedules.js';
export { snapshotsAgree } from '../properties/snapshotsAgree.js';
export { stateMachineSafety } from '../properties/stateMachineSafety.js';
export { successorIsReady } from '../properties/successorIsReady.js';
export { wholeRecovery } from '../properties/wholeRecovery.js';
