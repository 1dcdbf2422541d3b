/** The follower: answers candidates and leaders, and issues nothing of its own (§5.2). */
import { raft, updateTerm } from './raft.js';

export const follower = raft.createStateConfig({
  entry: 'restartElectionTimer',
  on: {
    'timer.election': [
      { guard: 'mayCampaign', target: 'preCandidate' },
      { actions: 'restartElectionTimer' }, //                 a learner waits on (thesis §4.2.1)
    ],
    AppendEntriesRequest: [
      updateTerm,
      { guard: 'isStale', actions: 'rejectAppend' }, //       (Figure 2, AppendEntries 1)
      { guard: 'hasNoRoom', actions: 'hearLeaderOnly' }, //   heard, and not answered
      { guard: 'logOk', actions: 'acceptEntries' }, //        (3 to 5; answered once durable)
      { actions: 'askForEarlierEntries' }, //                 (2, with the conflicting term, §5.3)
    ],
    RequestVoteRequest: [
      { guard: 'isDisturbing', actions: 'ignore' }, //        a live leader's time (thesis §4.2.3)
      updateTerm,
      { guard: 'mayGrantVote', actions: 'grantVote' }, //     (RequestVote 2, §5.4.1; once durable)
      { actions: 'refuseVote' }, //                           (RequestVote 1)
    ],
    PreVoteRequest: [
      { guard: 'hearsFromLeader', actions: 'refusePreVote' }, // (thesis §9.6)
      { guard: 'mayGrantPreVote', actions: 'grantPreVote' }, //  it would vote so; nothing is kept
      { actions: 'refusePreVote' },
    ],
    InstallSnapshotRequest: [
      updateTerm,
      { guard: 'isStale', actions: 'rejectSnapshot' }, //     (Figure 13, 1)
      { guard: 'isCovered', actions: 'acknowledgeSnapshot' }, // we have what it has
      { guard: 'isWantedChunk', actions: 'takeChunk' }, //    (2 to 4; answered once put aside)
      { actions: 'askForChunk' }, //                          lost, doubled or overtaken
    ],
    TimeoutNowRequest: [
      updateTerm,
      { guard: 'isStale', actions: 'ignore' },
      { guard: 'mayCampaign', target: 'candidate' }, //       no pre-vote: the leader wants it
    ],
    RequestVoteResponse: [updateTerm], //                     to an election that is over
    PreVoteResponse: [updateTerm],
    AppendEntriesResponse: [updateTerm],
    InstallSnapshotResponse: [updateTerm],
  },
});
