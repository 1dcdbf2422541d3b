/** Terms: how a server comes to a newer one, and what it makes of older ones (§5.1). */
import type { EventOf, Outcome, ServerContext } from '../context.js';
import type { SetTimer } from '../effects.js';
import { invariant } from '../invariant.js';
import type { Message } from '../messages.js';
import { isQuorum } from '../quorum.js';
import { persistVote } from './persistence.js';

/**
 * Adopts the term of a message that has a newer one, and knows no leader of it yet (raft.tla
 * UpdateTerm).
 */
export function updateTerm(context: ServerContext, event: Message): Outcome {
  invariant(event.term > context.currentTerm, 'Monotonic Term');
  const write = persistVote(context, event.term, undefined);
  return {
    patch: {
      currentTerm: event.term,
      votedFor: undefined,
      leaderId: undefined,
      writeNumber: write.number,
      voteNumber: write.number,
    },
    effects: [write],
  };
}

/**
 * A follower waits anew for a leader or a candidate (§5.2). One that is a majority by itself, and
 * fit to lead, has nobody to wait for.
 */
export function restartElectionTimer(context: ServerContext): Outcome {
  const { id, configuration, disk } = context;
  const isAlone = disk === 'ok' && isQuorum(configuration.voters, (voter) => voter === id);
  const timer = electionTimer(context);
  return { patch: {}, effects: [isAlone ? { ...timer, minMs: 0, maxMs: 0 } : timer] };
}

export function electionTimer({ settings }: ServerContext): SetTimer {
  return {
    type: 'setTimer',
    timer: 'election',
    minMs: settings.electionTimeoutMinMs,
    maxMs: settings.electionTimeoutMaxMs,
  };
}

export function retryTimer({ settings }: ServerContext) {
  return {
    type: 'setTimer',
    timer: 'election',
    minMs: settings.retryMinMs,
    maxMs: settings.retryMaxMs,
  } as const;
}

/**
 * A message of an older term, or one that must not disturb: nothing happens (raft.tla
 * DropStaleResponse).
 */
export function ignore(_context: ServerContext, _event: EventOf<Message['type']>): Outcome {
  return nothingHappens;
}

/** How the disk is from now on. */
export function noteDisk(_context: ServerContext, { disk }: EventOf<'diskChanged'>): Outcome {
  return { patch: { disk }, effects: [] };
}

export const nothingHappens: Outcome = { patch: {}, effects: [] };
