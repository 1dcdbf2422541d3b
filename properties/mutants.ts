/**
 * Known bugs of real implementations, put back through the machine's own `provide`: if the search
 * does not find them, it finds nothing. Numbers are those under which the field discusses them.
 */
import type { EventOf, Outcome, ServerContext } from '../machines/context.js';
import type { Effect } from '../machines/effects.js';
import { quorumValue } from '../machines/quorum.js';
import { rule } from '../machines/rule.js';
import * as election from '../machines/rules/election.js';
import * as leading from '../machines/rules/leading.js';
import { server } from '../machines/server.js';

export interface Mutant {
  readonly id: string;
  /** The bug, in one sentence. */
  readonly bug: string;
  /** The laws that it breaks. */
  readonly breaks: readonly string[];
  readonly machine: typeof server;
}

export const mutants: readonly Mutant[] = [
  {
    id: 'B1',
    bug: 'A vote is answered before it is saved.',
    breaks: ['Election Safety', 'Leader Completeness', 'State Machine Safety'],
    machine: provide({ actions: { grantVote: rule(grantVoteUnsaved) } }),
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
    id: 'B16',
    bug: 'A leader commits an entry of an older term because a majority holds it (Figure 8).',
    breaks: ['Leader Completeness', 'State Machine Safety'],
    machine: provide({ actions: { recordMatch: rule(commitAnyTerm) } }),
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
];

interface VoteArguments {
  readonly context: ServerContext;
  readonly event: EventOf<'RequestVoteRequest'>;
}

function provide(implementations: object): typeof server {
  return server.provide(implementations as never) as typeof server;
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
