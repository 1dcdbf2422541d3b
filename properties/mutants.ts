/**
 * Known bugs of real implementations, put back through the machine's own `provide`: if the search
 * does not find them, it finds nothing. Numbers are those under which the field discusses them.
 */
import type { EventOf, Outcome, ServerContext } from '../machines/context.js';
import type { Effect } from '../machines/effects.js';
import { quorumValue } from '../machines/quorum.js';
import { rule } from '../machines/rule.js';
import * as election from '../machines/rules/election.js';
import * as following from '../machines/rules/following.js';
import * as leading from '../machines/rules/leading.js';
import * as transfer from '../machines/rules/transfer.js';
import { clientMutants } from './clientMutants.js';
import { type Mutant, provide } from './mutant.js';
import { readMutants } from './readMutants.js';
import { snapshotMutants } from './snapshotMutants.js';

const protocolMutants: readonly Mutant[] = [
  {
    id: 'B1',
    bug: 'A vote is answered before it is saved.',
    breaks: ['Election Safety', 'Leader Completeness', 'State Machine Safety'],
    machine: provide({ actions: { grantVote: rule(grantVoteUnsaved) } }),
  },
  {
    id: 'B6',
    bug: 'A vote that arrives twice counts twice.',
    breaks: ['Election Safety', 'Leader Completeness'],
    machine: provide({
      actions: { countVote: rule(countAnyVote) },
      guards: {
        hasMajority: ({ context }: VoteArguments) =>
          context.votesGranted.length > context.configuration.voters[0]!.length / 2,
      },
    }),
  },
  {
    id: 'B8',
    bug: 'Logs are compared by their length before the term of their last entry.',
    breaks: ['Leader Completeness', 'State Machine Safety'],
    machine: provide({
      guards: {
        mayGrantVote: ({ context, event }: VoteArguments) =>
          election.isVoteFree(context, event) && isLonger(context, event),
        mayGrantPreVote: ({ context, event }: VoteArguments) =>
          event.term > context.currentTerm && isLonger(context, event),
      },
    }),
  },
  {
    id: 'B14',
    bug: 'A leader whom no quorum answers goes on, and its heartbeats keep others from election.',
    breaks: ['Progress'],
    machine: provide({ guards: { hasLostQuorum: () => false } }),
  },
  {
    id: 'B16',
    bug: 'A leader commits an entry of an older term because a majority holds it (Figure 8).',
    breaks: ['Leader Completeness', 'State Machine Safety'],
    machine: provide({ actions: { recordMatch: rule(commitAnyTerm) } }),
  },
  {
    id: 'B18',
    bug: 'A follower takes whatever commit index it is told, also an older one.',
    breaks: ['State Machine Safety'],
    machine: provide({ actions: { acceptEntries: rule(commitAsTold) } }),
  },
  {
    id: 'B19',
    bug: 'A follower drops what follows the entries that it gets, though those match.',
    breaks: ['Leader Completeness', 'Log Matching', 'State Machine Safety'],
    machine: provide({ actions: { acceptEntries: rule(truncateAlways) } }),
  },
  {
    id: 'B24',
    bug: 'A leader counts itself among those who hold an entry before its own disk does.',
    breaks: ['Leader Completeness', 'State Machine Safety'],
    machine: provide({
      actions: {
        becomeLeader: rule(countingItself(leading.becomeLeader)),
        clientRequest: rule(countingItself(leading.clientRequest)),
      },
    }),
  },
  {
    id: 'B64',
    bug: 'A successor is told to stand for election before it has the whole log.',
    breaks: ['Successor Is Ready'],
    machine: provide({ actions: { startTransfer: rule(tellAtOnce) } }),
  },
];

export const mutants: readonly Mutant[] = [
  ...protocolMutants,
  ...readMutants,
  ...snapshotMutants,
  ...clientMutants,
];

interface VoteArguments {
  readonly context: ServerContext;
  readonly event: EventOf<'RequestVoteRequest'>;
}

function grantVoteUnsaved(c: ServerContext, event: EventOf<'RequestVoteRequest'>): Outcome {
  const { patch, effects } = election.grantVote(c, event);
  return { patch, effects: effects.map((e) => (e.type === 'send' ? { ...e, awaits: 0 } : e)) };
}

function isLonger({ log }: ServerContext, event: EventOf<'RequestVoteRequest'>): boolean {
  if (event.lastLogIndex !== log.lastIndex) return event.lastLogIndex > log.lastIndex;
  return event.lastLogTerm >= log.lastTerm;
}

function commitAnyTerm(context: ServerContext, event: EventOf<'AppendEntriesResponse'>): Outcome {
  const outcome = leading.recordMatch(context, event);
  const { leadership = context.leadership!, commitIndex = context.commitIndex } = outcome.patch;
  const agreed = quorumValue(context.configuration.voters, (id) =>
    id === context.id ? leadership!.durableIndex : (leadership!.progress[id]?.matchIndex ?? 0),
  );
  if (agreed <= commitIndex) return outcome;
  const apply: Effect = { type: 'apply', commitIndex: agreed };
  return { patch: { ...outcome.patch, commitIndex: agreed }, effects: [...outcome.effects, apply] };
}

function countingItself<E>(step: (context: ServerContext, event: E) => Outcome) {
  return (context: ServerContext, event: E): Outcome => {
    const { patch, effects } = step(context, event);
    const leadership = { ...patch.leadership!, durableIndex: patch.log!.lastIndex };
    return { patch: { ...patch, leadership }, effects };
  };
}

function countAnyVote(context: ServerContext, { from }: EventOf<'RequestVoteResponse'>): Outcome {
  return { patch: { votesGranted: [...context.votesGranted, from] }, effects: [] };
}

type AppendEntries = EventOf<'AppendEntriesRequest'>;

function commitAsTold(context: ServerContext, event: AppendEntries): Outcome {
  const { patch, effects } = following.acceptEntries(context, event);
  const matchIndex = event.prevLogIndex + event.entries.length;
  return { patch: { ...patch, commitIndex: Math.min(event.leaderCommit, matchIndex) }, effects };
}

function truncateAlways(context: ServerContext, event: AppendEntries): Outcome {
  const { log } = context;
  const isInside = event.prevLogIndex >= log.base.index && event.prevLogIndex < log.lastIndex;
  const isCut = isInside && event.entries.length > 0;
  const cut = isCut ? { ...context, log: log.truncate(event.prevLogIndex + 1) } : context;
  return following.acceptEntries(cut, event);
}

function tellAtOnce(
  context: ServerContext,
  event: Parameters<typeof transfer.startTransfer>[1],
): Outcome {
  const { patch, effects } = transfer.startTransfer(context, event);
  const { to, isTold } = patch.leadership!.transfer!;
  return { patch, effects: isTold ? effects : [transfer.tellTimeoutNow(context, to)] };
}
