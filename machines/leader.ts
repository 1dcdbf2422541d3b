/**
 * The leader: the one server of a term that appends, and that decides what is committed (§5.3,
 * §5.4).
 */
import { dropStale, raft, updateTerm } from './raft.js';

export const leader = raft.createStateConfig({
  entry: 'becomeLeader',
  exit: 'leaveOffice',
  initial: 'establishing',
  states: {
    establishing: { always: { guard: 'hasCommittedNoOp', target: 'serving' } }, // (§5.4.2, §8)
    serving: {},
  },
  on: {
    ClientRequest: { actions: 'clientRequest' },
    ReadRequest: { actions: 'startReadRound' }, //            (§8, thesis §6.4)
    'timer.heartbeat': { actions: 'sendHeartbeats' },
    persisted: { guard: 'isOfThisTerm', actions: 'recordOwnMatch' },
    AppendEntriesResponse: [
      updateTerm,
      dropStale,
      { guard: 'isRefusal', actions: 'backTrack' }, //        (§5.3)
      { actions: 'recordMatch' }, //                          (§5.3, §5.4.2)
    ],
    AppendEntriesRequest: [updateTerm, { actions: 'rejectAppend' }],
    RequestVoteRequest: [
      { guard: 'isDisturbingQuorum', actions: 'ignore' }, //  a quorum answers it (thesis §4.2.3)
      updateTerm,
      { actions: 'refuseVote' },
    ],
    PreVoteRequest: [
      { guard: 'hearsFromQuorum', actions: 'refusePreVote' },
      { guard: 'mayGrantPreVote', actions: 'grantPreVote' },
      { actions: 'refusePreVote' },
    ],
    RequestVoteResponse: [updateTerm, { actions: 'ignore' }], // a vote that was not needed any more
    PreVoteResponse: [updateTerm, { actions: 'ignore' }],
  },
});
