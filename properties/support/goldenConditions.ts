/**
 * Conditions within the guards and rules of the charts, and of the parts beside them, by the names
 * that golden scripts have for them: each is one thing that a guard asks or a rule heeds.
 */
import { Applier } from '../../actors/applier.js';
import { Sessions } from '../../actors/sessions.js';
import type { EventOf, Outcome, ServerContext } from '../../machines/context.js';
import type { Effect } from '../../machines/effects.js';
import { Log } from '../../machines/log.js';
import { rule } from '../../machines/rule.js';
import * as election from '../../machines/rules/election.js';
import * as following from '../../machines/rules/following.js';
import * as leading from '../../machines/rules/leading.js';
import * as snapshots from '../../machines/rules/snapshots.js';
import { allMutants as mutants } from '../mutants/allMutants.js';
import { type Mutant, provide } from '../mutants/mutant.js';

type Lack = Pick<Mutant, 'machine' | 'part'>;

interface VoteArguments {
  readonly context: ServerContext;
  readonly event: EventOf<'RequestVoteRequest'>;
}

const guard = (name: string, asks: (args: VoteArguments) => boolean): Lack => ({
  machine: provide({ guards: { [name]: asks } }),
});

const action = (name: string, step: (context: ServerContext, event: never) => Outcome): Lack => ({
  machine: provide({ actions: { [name]: rule(step) } }),
});

/** What a known bug of real implementations lacks. */
const knownBug = (id: string): Lack => mutants.find((mutant) => mutant.id === id)!;

/** The charts, or a part beside them, without each of these. */
export const withoutCondition: Readonly<Record<string, Lack>> = {
  'isVoteFree in mayGrantVote': guard('mayGrantVote', ({ context, event }) =>
    election.isUpToDate(context, event),
  ),
  'isUpToDate in mayGrantVote': guard('mayGrantVote', ({ context, event }) =>
    election.isVoteFree(context, event),
  ),
  'isUpToDate in mayGrantPreVote': guard(
    'mayGrantPreVote',
    ({ context, event }) => event.term > context.currentTerm,
  ),
  'isTransfer in isDisturbing': guard('isDisturbing', ({ context, event }) =>
    election.hearsFromLeader(context, event),
  ),
  'lastLogTerm in isUpToDate': knownBug('B8'),
  'awaits in grantVote': knownBug('B1'),
  'includes in countVote': knownBug('B6'),
  'hasLostQuorum in the leader': knownBug('B14'),

  'awaits in acceptEntries': action('acceptEntries', acceptUnsaved),
  'truncate in acceptEntries': action('acceptEntries', acceptBehindEnd),
  'withoutKnown in acceptEntries': knownBug('B19'),
  'matchIndex in acceptEntries': action('acceptEntries', claimWholeLog),
  'leaderCommit in acceptEntries': action('acceptEntries', learnNoCommit),
  'commitIndex in acceptEntries': knownBug('B18'),
  'conflictTerm in backTrack': action('backTrack', backTrackByOne),
  'currentTerm in advanceCommitIndex': knownBug('B16'),
  'durableIndex in advanceCommitIndex': knownBug('B24'),

  'resendChunk in sendHeartbeats': action('sendHeartbeats', beatOnly),
  'commitIndex in isCovered': knownBug('B53'),
  'keepsSuffix in installSnapshot': action('installSnapshot', discardLog),
  'termAt in installSnapshot': knownBug('B51'),

  'round in startReadRound': knownBug('B36'),
  'noOpIndex in startReadRound': knownBug('B34'),
  'round in recordMatch': action('recordMatch', takeForLatestRound),
  'answeredSentMs in holdsLease': knownBug('B38'),
  'hasToldTimeoutNow in holdsLease': knownBug('B40'),

  'matchIndex in toldSuccessor': knownBug('B64'),

  'remember in Sessions': knownBug('B65'),
  'firstUnacknowledged in Sessions': {
    part: {
      of: Sessions.prototype,
      method: 'admit',
      by: (admit) =>
        function (entry) {
          return admit.call(this, { ...entry, firstUnacknowledged: 1 });
        },
    },
  },
  'sessions in the snapshot': {
    part: {
      of: Applier.prototype,
      method: 'become',
      by: (become) =>
        function (head) {
          return become.call(this, { ...head, sessions: [] });
        },
    },
  },
};

function acceptUnsaved(context: ServerContext, event: EventOf<'AppendEntriesRequest'>): Outcome {
  const { patch, effects } = following.acceptEntries(context, event);
  return { patch, effects: effects.map((e) => (e.type === 'send' ? { ...e, awaits: 0 } : e)) };
}

function acceptBehindEnd(context: ServerContext, event: EventOf<'AppendEntriesRequest'>): Outcome {
  const known = event.entries.filter(({ index }) => index <= context.log.lastIndex);
  const entries = event.entries.slice(known.length);
  const prevLogIndex = event.prevLogIndex + known.length;
  return following.acceptEntries(context, { ...event, prevLogIndex, entries });
}

function claimWholeLog(context: ServerContext, event: EventOf<'AppendEntriesRequest'>): Outcome {
  const { patch, effects } = following.acceptEntries(context, event);
  const { lastIndex: matchIndex } = patch.log ?? context.log;
  const claims = (effect: Effect): Effect =>
    effect.type === 'send' && effect.message.type === 'AppendEntriesResponse'
      ? { ...effect, message: { ...effect.message, matchIndex } }
      : effect;
  return { patch, effects: effects.map(claims) };
}

function backTrackByOne(context: ServerContext, event: EventOf<'AppendEntriesResponse'>): Outcome {
  const conflictIndex = event.matchIndex;
  return leading.backTrack(context, { ...event, conflictTerm: 0, conflictIndex });
}

function learnNoCommit(context: ServerContext, event: EventOf<'AppendEntriesRequest'>): Outcome {
  return following.acceptEntries(context, { ...event, leaderCommit: 0 });
}

function beatOnly(context: ServerContext, event: EventOf<'timer.heartbeat'>): Outcome {
  const { patch, effects } = leading.sendHeartbeats(context, event);
  return { patch, effects: effects.filter(({ type }) => type !== 'sendChunk') };
}

function discardLog(context: ServerContext, event: EventOf<'snapshotStored'>): Outcome {
  return snapshots.installSnapshot({ ...context, log: Log.empty() }, event);
}

function takeForLatestRound(
  context: ServerContext,
  event: EventOf<'AppendEntriesResponse'>,
): Outcome {
  return leading.recordMatch(context, { ...event, round: context.leadership!.round });
}
