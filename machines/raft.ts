/**
 * The words that the statecharts of the roles are written in: every guard and every rule, by its
 * name in the paper (Figure 2) or in raft.tla. The functions behind the names are in `rules/`.
 */
import { raise, setup } from 'xstate';
import type { EventOf, ServerContext, ServerEvent, ServerInput } from './context.js';
import type { Effect } from './effects.js';
import type { Message } from './messages.js';
import { rule } from './rule.js';
import * as election from './rules/election.js';
import * as following from './rules/following.js';
import * as leading from './rules/leading.js';
import * as reading from './rules/reading.js';
import * as snapshots from './rules/snapshots.js';
import * as terms from './rules/terms.js';
import * as transfer from './rules/transfer.js';

interface GuardArguments {
  readonly context: ServerContext;
  readonly event: ServerEvent;
}

/** A guard that is only ever asked about events of the given type. */
function about<T extends ServerEvent['type']>(holds: (c: ServerContext, e: EventOf<T>) => boolean) {
  return ({ context, event }: GuardArguments) => holds(context, event as EventOf<T>);
}

export const raft = setup({
  types: {
    context: {} as ServerContext,
    events: {} as ServerEvent,
    input: {} as ServerInput,
  },
  guards: {
    // terms (§5.1)
    isNewerTerm: about<Message['type']>((context, event) => event.term > context.currentTerm),
    isStale: about<Message['type']>((context, event) => event.term < context.currentTerm),

    // AppendEntries (Figure 2)
    logOk: about<'AppendEntriesRequest'>(following.logOk),
    hasNoRoom: about<'AppendEntriesRequest'>(
      (context, event) => context.disk === 'full' && event.entries.length > 0,
    ),
    isRefusal: about<'AppendEntriesResponse'>((_, event) => !event.success),

    // votes (§5.2, §5.4.1)
    mayCampaign: ({ context }) => election.mayCampaign(context),
    hearsFromLeader: about<'PreVoteRequest'>(election.hearsFromLeader),
    hearsFromQuorum: about<'PreVoteRequest'>(election.hearsFromQuorum),
    isDisturbing: about<'RequestVoteRequest'>(
      (context, event) => !event.isTransfer && election.hearsFromLeader(context, event),
    ),
    isDisturbingQuorum: about<'RequestVoteRequest'>(
      (context, event) => !event.isTransfer && election.hearsFromQuorum(context, event),
    ),
    mayGrantVote: about<'RequestVoteRequest'>(
      (context, event) =>
        election.isVoteFree(context, event) && election.isUpToDate(context, event),
    ),
    mayGrantPreVote: about<'PreVoteRequest'>(
      (context, event) => event.term > context.currentTerm && election.isUpToDate(context, event),
    ),
    isGranted: about<'RequestVoteResponse'>((_, event) => event.voteGranted),
    isForThisPreVote: about<'PreVoteResponse'>(
      (context, event) => event.voteGranted && event.forTerm === context.currentTerm + 1,
    ),
    hasMajority: ({ context }) => election.hasMajority(context),
    cannotWin: ({ context }) => election.cannotWin(context),

    // snapshots (§7, Figure 13)
    isCovered: about<'InstallSnapshotRequest'>(snapshots.isCovered),
    isWantedChunk: about<'InstallSnapshotRequest'>(snapshots.isWantedChunk),
    isStoringChunk: about<'chunkStored'>(snapshots.isStoringChunk),
    isInstalled: about<'InstallSnapshotResponse'>((_, event) => event.isInstalled),

    // leadership (§8, thesis §3.10, §6.2, §6.4)
    hasLostQuorum: about<'timer.heartbeat'>(election.hasLostQuorum),
    holdsLease: about<'ReadRequest'>(reading.holdsLease),
    mayTransfer: about<'TransferLeadership'>(transfer.mayTransfer),
    shouldHandOver: about<'timer.heartbeat'>(transfer.shouldHandOver),
    isTransferOverdue: about<'timer.heartbeat'>(transfer.isTransferOverdue),

    // durability
    isOwnVote: about<'persisted'>((context, event) => event.number >= context.voteNumber),
    isOfThisTerm: about<'persisted'>(
      (context, event) => event.number >= context.leadership!.noOpWrite,
    ),
    hasCommittedNoOp: ({ context }) => context.commitIndex >= context.leadership!.noOpIndex,
  },
  actions: {
    /** What every rule's effects leave the machine by. */
    perform: (_args, _params: { effects: readonly Effect[] }) => {},
    /** The event is read once more, by the state that it led to. */
    readAgain: raise(({ event }: GuardArguments) => event),

    updateTerm: rule(terms.updateTerm),
    ignore: rule(terms.ignore),
    restartElectionTimer: rule(terms.restartElectionTimer),

    startPreVote: rule(election.startPreVote),
    startElection: rule(election.startElection),
    countOwnVote: rule(election.countOwnVote),
    countVote: rule(election.countVote),
    countRefusal: rule(election.countRefusal),
    retrySoon: rule(election.retrySoon),
    grantVote: rule(election.grantVote),
    refuseVote: rule(election.refuseVote),
    grantPreVote: rule(election.grantPreVote),
    refusePreVote: rule(election.refusePreVote),

    rejectAppend: rule(following.rejectAppend),
    hearLeaderOnly: rule(following.hearLeaderOnly),
    acceptEntries: rule(following.acceptEntries),
    askForEarlierEntries: rule(following.askForEarlierEntries),

    becomeLeader: rule(leading.becomeLeader),
    leaveOffice: rule(leading.leaveOffice),
    clientRequest: rule(leading.clientRequest),
    sendHeartbeats: rule(leading.sendHeartbeats),
    recordMatch: rule(leading.recordMatch),
    recordOwnMatch: rule(leading.recordOwnMatch),
    backTrack: rule(leading.backTrack),
    startReadRound: rule(reading.startReadRound),
    confirmByLease: rule(reading.confirmByLease),
    stepDown: rule(leading.stepDown),

    startTransfer: rule(transfer.startTransfer),
    endTransfer: rule(transfer.endTransfer),

    compactLog: rule(snapshots.compactLog),
    recordInstall: rule(snapshots.recordInstall),
    sendNextChunk: rule(snapshots.sendNextChunk),
    rejectSnapshot: rule(snapshots.rejectSnapshot),
    acknowledgeSnapshot: rule(snapshots.acknowledgeSnapshot),
    takeChunk: rule(snapshots.takeChunk),
    askForChunk: rule(snapshots.askForChunk),
    acknowledgeChunk: rule(snapshots.acknowledgeChunk),
    installSnapshot: rule(snapshots.installSnapshot),
    abandonInstallation: rule(snapshots.abandonInstallation),

    noteDisk: rule(terms.noteDisk),
  },
});

/** A newer term: become a follower in it, then read the message again (raft.tla UpdateTerm). */
export const updateTerm = {
  guard: 'isNewerTerm',
  target: 'follower',
  actions: ['updateTerm', 'readAgain'],
} as const;

/** A response of an older term (raft.tla DropStaleResponse). */
export const dropStale = { guard: 'isStale', actions: 'ignore' } as const;
