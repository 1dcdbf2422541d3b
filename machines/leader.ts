/**
 * The leader: the one server of a term that appends, and that decides what is committed (§5.3,
 * §5.4).
 */
import { dropStale, raft, updateTerm } from './raft.js';

/** No quorum answers: others may have elected another leader by now (thesis §6.2). */
const loseOffice = {
  guard: 'hasLostQuorum',
  target: '#raft.follower',
  actions: 'stepDown',
} as const;

export const leader = raft.createStateConfig({
  entry: 'becomeLeader',
  exit: 'leaveOffice',
  initial: 'establishing',
  states: {
    establishing: { always: { guard: 'hasCommittedNoOp', target: 'serving' } }, // (§5.4.2, §8)
    serving: {
      on: {
        TransferLeadership: { guard: 'mayTransfer', target: 'transferring' },
        'timer.heartbeat': [
          loseOffice,
          {
            guard: 'shouldHandOver', //                       its disk does not serve
            target: 'transferring',
            actions: 'sendHeartbeats',
          },
        ],
      },
    },
    transferring: {
      entry: 'startTransfer', //                              (thesis §3.10)
      exit: 'endTransfer',
      on: {
        ClientRequest: { actions: 'ignore' }, //              nobody asks: it would never end
        'timer.heartbeat': [
          loseOffice,
          { guard: 'isTransferOverdue', target: 'serving', actions: 'sendHeartbeats' },
        ],
      },
    },
  },
  on: {
    ClientRequest: { actions: 'clientRequest' },
    ReadRequest: [
      { guard: 'holdsLease', actions: 'confirmByLease' }, //  (thesis §6.4.1)
      { actions: 'startReadRound' }, //                       (§8, thesis §6.4)
    ],
    'timer.heartbeat': [loseOffice, { actions: 'sendHeartbeats' }],
    persisted: { guard: 'isOfThisTerm', actions: 'recordOwnMatch' },
    AppendEntriesResponse: [
      updateTerm,
      dropStale,
      { guard: 'isRefusal', actions: 'backTrack' }, //        (§5.3)
      { actions: 'recordMatch' }, //                          (§5.3, §5.4.2)
    ],
    InstallSnapshotResponse: [
      updateTerm,
      dropStale,
      { guard: 'isInstalled', actions: 'recordInstall' }, //  entries follow
      { actions: 'sendNextChunk' }, //                        (§7)
    ],
    AppendEntriesRequest: [updateTerm, { actions: 'rejectAppend' }],
    InstallSnapshotRequest: [updateTerm, { actions: 'rejectSnapshot' }],
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
    TimeoutNowRequest: [updateTerm, { actions: 'ignore' }],
    snapshotStored: { actions: 'ignore' }, //                 it leads: it has all that is committed
  },
});
