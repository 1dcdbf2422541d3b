/** Known bugs of elections and votes (§5.2, §5.4.1, thesis §4.2.3 and §9.6). */
import type { EventOf, Outcome, ServerContext } from '../../machines/context.js';
import { rule } from '../../machines/rule.js';
import * as election from '../../machines/rules/election.js';
import { type Mutant, provide } from './mutant.js';
import { mutantSchedules } from './mutantSchedules.js';

export const voteMutants: readonly Mutant[] = [
  {
    id: 'B1',
    bug: 'A vote is answered before it is saved.',
    breaks: ['Durable Votes', 'Election Safety', 'Leader Completeness', 'State Machine Safety'],
    pinned: mutantSchedules.B1!,
    machine: provide({ actions: { grantVote: rule(grantVoteUnsaved) } }),
  },
  {
    id: 'B2',
    bug: 'A candidate counts its own vote, and asks for others, before its term is saved.',
    breaks: ['Durable Votes', 'Monotonic Term', 'Election Safety'],
    pinned: mutantSchedules.B2!,
    text: [
      {
        file: 'machines/rules/election.ts',
        find: 'toOthers(context, request, write.number)',
        replace: 'toOthers(context, request, 0)',
      },
      {
        file: 'machines/rules/election.ts',
        find: 'leaderId: undefined, votesGranted: [],',
        replace: 'leaderId: undefined, votesGranted: [id],',
      },
    ],
  },
  {
    id: 'B3',
    bug: 'Term and vote are two writes, and the first alone is answered for.',
    breaks: ['Whole Recovery', 'Durable Votes', 'Election Safety', 'Leader Completeness'],
    pinned: mutantSchedules.B3!,
    text: [
      {
        file: 'actors/walStore.ts',
        find: 'batches.addVote(write.currentTerm, write.votedFor);',
        replace: `{
          batches.addVote(write.currentTerm, undefined);
          batches.complete(write.number);
          this.#pump();
          batches.addVote(write.currentTerm, write.votedFor);
        }`,
      },
    ],
  },
  {
    id: 'B5',
    bug: 'A candidate gives its vote to another one of its own term.',
    breaks: ['Durable Votes', 'Election Safety'],
    text: [
      {
        file: 'machines/candidate.ts',
        find: "RequestVoteRequest: [updateTerm, { actions: 'refuseVote' }]",
        replace: `RequestVoteRequest: [
          updateTerm,
          { guard: 'mayGrantVote', actions: 'grantVote' },
          { actions: 'refuseVote' },
        ]`,
      },
      {
        file: 'machines/rules/election.ts',
        find: 'return context.votedFor === undefined || context.votedFor === event.from;',
        replace: `const ofItself = context.votedFor === context.id;
          return context.votedFor === undefined || context.votedFor === event.from || ofItself;`,
      },
      {
        file: 'machines/rules/election.ts',
        find: `invariant(
          context.votedFor === undefined, 'Election Safety', 'a second vote in one term');`,
        replace: '',
      },
    ],
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
    pinned: mutantSchedules.B6!,
  },
  {
    id: 'B8',
    bug: 'Logs are compared by their length before the term of their last entry.',
    breaks: ['Leader Completeness', 'State Machine Safety'],
    pinned: mutantSchedules.B8!,
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
    id: 'B9',
    bug: 'A quorum is one server less than a majority.',
    breaks: ['Election Safety', 'Leader Completeness'],
    text: [
      {
        file: 'machines/quorum.ts',
        find: 'if (count <= voters.length / 2)',
        replace: 'if (count < Math.floor(voters.length / 2))',
      },
    ],
  },
  {
    id: 'B10',
    bug: 'Who asks for pre-votes does not follow the newer term that it is answered with.',
    breaks: ['Progress'],
    pinned: mutantSchedules.B10!,
    text: [
      {
        file: 'machines/preCandidate.ts',
        find: "PreVoteResponse: [updateTerm, { guard: 'isForThisPreVote',",
        replace: "PreVoteResponse: [{ guard: 'isForThisPreVote',",
      },
    ],
  },
  {
    id: 'B11',
    bug: 'Who grants a pre-vote takes the candidate for a leader that it has heard.',
    breaks: ['Progress'],
    text: [
      {
        file: 'machines/rules/election.ts',
        find: 'return { patch: {}, effects: [preVote(context, event, true)] };',
        replace: `const patch = { leaderContactMs: event.atMs };
          return { patch, effects: [preVote(context, event, true)] };`,
      },
    ],
  },
  {
    id: 'B12',
    bug: 'A follower that refuses entries of its leader does not wait anew for it.',
    breaks: ['Election Timeouts'],
    unitTest: 'machines/timers.test.ts',
    text: [
      {
        file: 'machines/rules/following.ts',
        find: 'effects: [refusal(context, event), electionTimer(context)],',
        replace: 'effects: [refusal(context, event)],',
      },
    ],
  },
  {
    id: 'B13',
    bug: 'A follower that hears its leader votes for others nevertheless.',
    breaks: ['Fresh Reads'],
    pinned: mutantSchedules.B13!,
    text: [
      {
        file: 'machines/rules/election.ts',
        find: `return event.atMs - context.leaderContactMs
          < context.settings.electionTimeoutMinMs;`,
        replace: 'return false;',
      },
    ],
    unitTest: 'machines/stickiness.test.ts',
  },
  {
    id: 'B14',
    bug: 'A leader whom no quorum answers goes on, and its heartbeats keep others from election.',
    breaks: ['Progress'],
    pinned: mutantSchedules.B14!,
    machine: provide({ guards: { hasLostQuorum: () => false } }),
  },
  {
    id: 'B15',
    bug: 'All servers wait equally long before they stand for election.',
    breaks: ['Election Timeouts'],
    unitTest: 'machines/timers.test.ts',
    text: [
      {
        file: 'machines/rules/terms.ts',
        find: 'maxMs: settings.electionTimeoutMaxMs,',
        replace: 'maxMs: settings.electionTimeoutMinMs,',
      },
      {
        file: 'machines/rules/terms.ts',
        find: 'maxMs: settings.retryMaxMs,',
        replace: 'maxMs: settings.retryMinMs,',
      },
    ],
  },
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

function countAnyVote(context: ServerContext, { from }: EventOf<'RequestVoteResponse'>): Outcome {
  return { patch: { votesGranted: [...context.votesGranted, from] }, effects: [] };
}
