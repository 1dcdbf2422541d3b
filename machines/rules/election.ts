/**
 * Elections, from both sides: those who ask for votes and those who give them (§5.2, §5.4.1;
 * pre-vote and stickiness, thesis §9.6 and §4.2.3).
 */
import { serversOf } from '../configuration.js';
import type { EventOf, Outcome, ServerContext } from '../context.js';
import type { Send } from '../effects.js';
import type { ServerId } from '../entry.js';
import { invariant } from '../invariant.js';
import type { Message } from '../messages.js';
import { isLost, isQuorum } from '../quorum.js';
import { answer, persistVote, send } from './persistence.js';
import { electionTimer, retryTimer } from './terms.js';

// ---- those who ask

/** Asks everybody whether an election could be won, and changes no term (thesis §9.6). */
export function startPreVote(context: ServerContext): Outcome {
  const { id, currentTerm, log } = context;
  const request: Message = {
    type: 'PreVoteRequest',
    from: id,
    atMs: 0,
    term: currentTerm + 1,
    lastLogIndex: log.lastIndex,
    lastLogTerm: log.lastTerm,
  };
  return {
    patch: { leaderId: undefined, votesGranted: [id], votesRefused: [] },
    effects: [retryTimer(context), ...toOthers(context, request, context.voteNumber)],
  };
}

/**
 * Begins an election: a new term, a vote for itself, and requests that wait until both are saved
 * (§5.2).
 */
export function startElection(context: ServerContext, event: { readonly type: string }): Outcome {
  const { id, log } = context;
  const currentTerm = context.currentTerm + 1;
  const write = persistVote(context, currentTerm, id);
  const request: Message = {
    type: 'RequestVoteRequest',
    from: id,
    atMs: 0,
    term: currentTerm,
    lastLogIndex: log.lastIndex,
    lastLogTerm: log.lastTerm,
    isTransfer: event.type === 'TimeoutNowRequest',
  };
  return {
    patch: {
      currentTerm,
      votedFor: id,
      leaderId: undefined,
      votesGranted: [],
      votesRefused: [],
      writeNumber: write.number,
      voteNumber: write.number,
    },
    effects: [write, electionTimer(context), ...toOthers(context, request, write.number)],
  };
}

/** The candidate's own vote counts like any other: once it is durable. */
export function countOwnVote(context: ServerContext): Outcome {
  return { patch: { votesGranted: withOne(context.votesGranted, context.id) }, effects: [] };
}

/**
 * A vote is a member of a set: a duplicate changes nothing (raft.tla HandleRequestVoteResponse).
 */
export function countVote(context: ServerContext, event: Message): Outcome {
  return { patch: { votesGranted: withOne(context.votesGranted, event.from) }, effects: [] };
}

export function countRefusal(context: ServerContext, event: Message): Outcome {
  return { patch: { votesRefused: withOne(context.votesRefused, event.from) }, effects: [] };
}

export function hasMajority({ configuration, votesGranted }: ServerContext): boolean {
  return isQuorum(configuration.voters, (id) => votesGranted.includes(id));
}

export function cannotWin({ configuration, votesRefused }: ServerContext): boolean {
  return isLost(configuration.voters, (id) => votesRefused.includes(id));
}

/** A lost election is followed by another soon, after a short time of chance (§5.2). */
export function retrySoon(context: ServerContext): Outcome {
  return { patch: {}, effects: [retryTimer(context)] };
}

// ---- those who answer

/** Voting restriction: the candidate's log is at least as up-to-date as ours (§5.4.1). */
export function isUpToDate(
  { log }: ServerContext,
  event: { readonly lastLogIndex: number; readonly lastLogTerm: number },
): boolean {
  return (
    event.lastLogTerm > log.lastTerm ||
    (event.lastLogTerm === log.lastTerm && event.lastLogIndex >= log.lastIndex)
  );
}

/** Whether the vote of this term is free, or already this candidate's (Figure 2, RequestVote 2). */
export function isVoteFree(context: ServerContext, event: EventOf<'RequestVoteRequest'>): boolean {
  if (event.term !== context.currentTerm) return false;
  return context.votedFor === undefined || context.votedFor === event.from;
}

/** Grants the vote; the answer waits until it is saved (raft.tla HandleRequestVoteRequest). */
export function grantVote(context: ServerContext, event: EventOf<'RequestVoteRequest'>): Outcome {
  if (context.votedFor === event.from) {
    return {
      patch: {},
      effects: [vote(context, event.from, true, context.writeNumber), electionTimer(context)],
    };
  }
  invariant(context.votedFor === undefined, 'Election Safety', 'a second vote in one term');
  const write = persistVote(context, context.currentTerm, event.from);
  return {
    patch: { votedFor: event.from, writeNumber: write.number, voteNumber: write.number },
    effects: [write, vote(context, event.from, true, write.number), electionTimer(context)],
  };
}

export function refuseVote(context: ServerContext, event: EventOf<'RequestVoteRequest'>): Outcome {
  return { patch: {}, effects: [vote(context, event.from, false, context.writeNumber)] };
}

/** Says that this server would vote so, and remembers nothing of it (thesis §9.6). */
export function grantPreVote(context: ServerContext, event: EventOf<'PreVoteRequest'>): Outcome {
  return { patch: {}, effects: [preVote(context, event, true)] };
}

export function refusePreVote(context: ServerContext, event: EventOf<'PreVoteRequest'>): Outcome {
  return { patch: {}, effects: [preVote(context, event, false)] };
}

/**
 * A follower that heard its leader within the shortest election timeout disturbs it for nobody
 * (thesis §4.2.3).
 */
export function hearsFromLeader(context: ServerContext, event: { readonly atMs: number }): boolean {
  return event.atMs - context.leaderContactMs < context.settings.electionTimeoutMinMs;
}

/** A leader is live while a quorum has answered it within that time. */
export function hearsFromQuorum(context: ServerContext, event: { readonly atMs: number }): boolean {
  return isHeardSince(context, event.atMs - context.settings.electionTimeoutMinMs);
}

/**
 * No quorum has answered for the longest election timeout: others may lead by now (thesis §6.2).
 */
export function hasLostQuorum(context: ServerContext, event: { readonly atMs: number }): boolean {
  return !isHeardSince(context, event.atMs - context.settings.electionTimeoutMaxMs);
}

function isHeardSince({ id, configuration, leadership }: ServerContext, sinceMs: number): boolean {
  const answers = (other: ServerId) =>
    (leadership?.progress[other]?.contactMs ?? sinceMs) > sinceMs;
  return isQuorum(configuration.voters, (other) => other === id || answers(other));
}

/** Only a voter stands for election (thesis §4.2.1), and only one whose disk could serve. */
export function mayCampaign({ id, configuration, disk }: ServerContext): boolean {
  return disk === 'ok' && configuration.voters.some((half) => half.includes(id));
}

function vote(context: ServerContext, to: ServerId, voteGranted: boolean, awaits: number): Send {
  const { id, currentTerm: term } = context;
  return answer(to, { type: 'RequestVoteResponse', from: id, atMs: 0, term, voteGranted }, awaits);
}

function preVote(
  context: ServerContext,
  to: EventOf<'PreVoteRequest'>,
  voteGranted: boolean,
): Send {
  return send(context, to.from, {
    type: 'PreVoteResponse',
    from: context.id,
    atMs: 0,
    term: context.currentTerm,
    forTerm: to.term,
    voteGranted,
  });
}

function toOthers({ id, configuration }: ServerContext, message: Message, awaits: number): Send[] {
  const others = serversOf(configuration).filter((other) => other !== id);
  return others.map((to) => ({ type: 'send', to, message: { ...message }, awaits }));
}

function withOne(ids: readonly ServerId[], id: ServerId): readonly ServerId[] {
  return ids.includes(id) ? ids : [...ids, id];
}
