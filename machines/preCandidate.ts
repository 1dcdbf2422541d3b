/**
 * The pre-candidate: asks whether an election could be won, and disturbs nobody by it (thesis
 * §9.6).
 */
import { dropStale, raft, updateTerm } from './raft.js';

export const preCandidate = raft.createStateConfig({
  entry: 'startPreVote',
  always: { guard: 'hasMajority', target: 'candidate' },
  on: {
    'timer.election': [
      { guard: 'mayCampaign', target: 'preCandidate', reenter: true }, // too few answered
      { target: 'follower' },
    ],
    PreVoteResponse: [
      updateTerm,
      { guard: 'isForThisPreVote', actions: 'countVote' },
      { actions: 'ignore' },
    ],
    AppendEntriesRequest: [
      updateTerm,
      { guard: 'isStale', actions: 'rejectAppend' },
      { target: 'follower', actions: 'readAgain' }, //        there is a leader after all
    ],
    InstallSnapshotRequest: [
      updateTerm,
      { guard: 'isStale', actions: 'rejectSnapshot' },
      { target: 'follower', actions: 'readAgain' },
    ],
    RequestVoteRequest: [
      updateTerm,
      { guard: 'mayGrantVote', target: 'follower', actions: 'grantVote' },
      { actions: 'refuseVote' },
    ],
    PreVoteRequest: [
      { guard: 'mayGrantPreVote', actions: 'grantPreVote' }, // any number may be encouraged
      { actions: 'refusePreVote' },
    ],
    RequestVoteResponse: [updateTerm, dropStale],
    AppendEntriesResponse: [updateTerm, dropStale],
    InstallSnapshotResponse: [updateTerm, dropStale],
    TimeoutNowRequest: [updateTerm, { actions: 'ignore' }], // the leader will say it again
  },
});
