/**
 * How rules ask for writes and answers. A write has a number; an answer names the write that it
 * waits for, so that nothing is promised before it is saved (Figure 2: "updated on stable storage
 * before responding to RPCs").
 */
import type { ServerContext } from '../context.js';
import type { Persist, Send } from '../effects.js';
import type { Entry, ServerId } from '../entry.js';
import type { LogBase } from '../log.js';
import type { Message } from '../messages.js';

/** Saves a new term or vote. */
export function persistVote(
  context: ServerContext,
  currentTerm: number,
  votedFor: ServerId | undefined,
): Persist {
  return {
    type: 'persist',
    number: context.writeNumber + 1,
    currentTerm,
    votedFor,
    isVote: true,
    entries: [],
    lastIndex: context.log.lastIndex,
  };
}

/** Saves entries, which replace whatever the log held from the first one's index on. */
export function persistEntries(context: ServerContext, entries: readonly Entry[]): Persist {
  return {
    type: 'persist',
    number: context.writeNumber + 1,
    currentTerm: context.currentTerm,
    votedFor: context.votedFor,
    isVote: false,
    entries,
    lastIndex: entries[entries.length - 1]!.index,
  };
}

/** Has the log begin anew behind `base`, which a snapshot in place covers (§7). */
export function persistBase(context: ServerContext, base: LogBase): Persist {
  return {
    type: 'persist',
    number: context.writeNumber + 1,
    currentTerm: context.currentTerm,
    votedFor: context.votedFor,
    isVote: false,
    base,
    entries: [],
    lastIndex: base.index,
  };
}

/** A message that promises nothing but the sender's term. */
export function send(context: ServerContext, to: ServerId, message: Message): Send {
  return { type: 'send', to, message, awaits: context.voteNumber };
}

/** An answer: it waits until all that was written before it is durable. */
export function answer(to: ServerId, message: Message, awaits: number): Send {
  return { type: 'send', to, message, awaits };
}
