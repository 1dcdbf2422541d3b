/** What a server does that a fault may wait for. */
import type { Step } from '../actors/serverActor.js';
import type { Persist } from '../machines/effects.js';
import type { Message } from '../machines/messages.js';
import { roleOf, type ServerSnapshot } from '../machines/server.js';
import type { Deed } from './deed.js';
import { leaderOf, type SimulatedServer } from './simulatedServer.js';

export { type Deed, deeds, isDeed } from './deed.js';

/** The deeds of one step; of votes the network tells, of what is durable {@link spreadOf}. */
export function deedsOf({ before, after, event, effects }: Step): readonly Deed[] {
  if (before === undefined) return ['starter'];
  const done: Deed[] = [];
  const [led, leads] = [roleOf(before) === 'leader', roleOf(after) === 'leader'];
  if (leads && !led) done.push('elected');
  if (led && !leads) done.push('deposed');
  if (leads && after.context.commitIndex > before.context.commitIndex) {
    done.push('committer');
    if (commitsCommand(before, after)) done.push('answerer');
  }
  for (const effect of effects) {
    if (effect.type === 'persist') done.push(...writingOf(effect, before));
    if (effect.type === 'storeChunk' && (effect.offset === 0 || effect.isLast))
      done.push('receiver');
  }
  if (event?.type === 'snapshotTaken' || event?.type === 'snapshotStored') done.push('snapshotter');
  return done;
}

/** Whether an entry that is not committed has become durable on as many as it needs, or nearly. */
export function spreadOf(
  { actor }: SimulatedServer,
  { event }: Step,
  servers: readonly SimulatedServer[],
): readonly Deed[] {
  if (event?.type !== 'persisted' || event.lastIndex === 0) return [];
  const { lastIndex } = event;
  const leader = leaderOf(servers)?.actor?.snapshot?.context;
  const term = actor?.snapshot?.context.log.termAt(lastIndex);
  if (leader === undefined || lastIndex <= leader.commitIndex) return [];
  if (term === undefined || leader.log.termAt(lastIndex) !== term) return [];
  const holders = servers.filter(
    (server) =>
      server.durableIndex >= lastIndex &&
      server.actor?.snapshot?.context.log.termAt(lastIndex) === term,
  );
  const missing = Math.floor(servers.length / 2) + 1 - holders.length;
  if (missing === 0) return ['quorum'];
  return missing === 1 ? ['brink'] : [];
}

export function isVote(message: Message): boolean {
  return message.type === 'RequestVoteResponse' && message.voteGranted;
}

function writingOf({ entries }: Persist, { context }: ServerSnapshot): Deed[] {
  const first = entries[0];
  if (first === undefined) return [];
  return first.index <= context.log.lastIndex ? ['writer', 'truncator'] : ['writer'];
}

function commitsCommand(before: ServerSnapshot, after: ServerSnapshot): boolean {
  const { log, commitIndex } = after.context;
  const from = Math.max(before.context.commitIndex + 1, log.firstIndex);
  return log.slice(from, commitIndex - from + 1).some(({ kind }) => kind === 'command');
}
