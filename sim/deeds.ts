/** What a server does that a fault may wait for. */
import type { Step } from '../actors/serverActor.js';
import type { Message } from '../machines/messages.js';
import { roleOf } from '../machines/server.js';
import type { Deed, Target } from './fault.js';

export function isDeed(target: Target | undefined): target is Deed {
  return target === 'voter' || target === 'elected' || target === 'committer';
}

/** The deeds of one step; of votes the network tells. */
export function deedsOf({ before, after }: Step): readonly Deed[] {
  if (before === undefined || roleOf(after) !== 'leader') return [];
  const deeds: Deed[] = [];
  if (roleOf(before) !== 'leader') deeds.push('elected');
  if (after.context.commitIndex > before.context.commitIndex) deeds.push('committer');
  return deeds;
}

export function isVote(message: Message): boolean {
  return message.type === 'RequestVoteResponse' && message.voteGranted;
}
