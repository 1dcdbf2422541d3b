/**
 * The candidate: stands for election in a term of its own, until it wins, loses, or meets a leader
 * (§5.2).
 */
import { dropStale, raft, updateTerm } from './raft.js';

export const candidate = raft.createStateConfig({
  entry: 'startElection',
  initial: 'campaigning',
  states: {
    campaigning: {
      always: [
        { guard: 'hasMajority', target: '#raft.leader' },
        { guard: 'cannotWin', target: 'lost' },
      ],
    },
    lost: { entry: 'retrySoon' }, //                          so many refused that no quorum is left
  },
  on: {
    'timer.election': [
      { guard: 'mayCampaign', target: 'preCandidate' }, //    no outcome, or lost: try again (§5.2)
      { target: 'follower' },
    ],
    persisted: { guard: 'isOwnVote', actions: 'countOwnVote' },
    RequestVoteResponse: [
      updateTerm,
      dropStale,
      { guard: 'isGranted', actions: 'countVote' },
      { actions: 'countRefusal' },
    ],
    AppendEntriesRequest: [
      updateTerm,
      { guard: 'isStale', actions: 'rejectAppend' },
      { target: 'follower', actions: 'readAgain' }, //        another won this term (§5.2)
    ],
    InstallSnapshotRequest: [
      updateTerm,
      { guard: 'isStale', actions: 'rejectSnapshot' },
      { target: 'follower', actions: 'readAgain' },
    ],
    RequestVoteRequest: [updateTerm, { actions: 'refuseVote' }], // it has voted for itself
    PreVoteRequest: [
      { guard: 'mayGrantPreVote', actions: 'grantPreVote' },
      { actions: 'refusePreVote' },
    ],
    PreVoteResponse: [updateTerm, { actions: 'ignore' }],
    AppendEntriesResponse: [updateTerm, dropStale],
    InstallSnapshotResponse: [updateTerm, dropStale],
    TimeoutNowRequest: [updateTerm, { actions: 'ignore' }], // it stands already
  },
});
