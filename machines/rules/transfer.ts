/** Leadership handed over on purpose (thesis §3.10). */
import { serversOf } from '../configuration.js';
import type { EventOf, Leadership, Outcome, ServerContext } from '../context.js';
import type { Effect } from '../effects.js';
import type { ServerId } from '../entry.js';
import { send } from './persistence.js';

/** Whether there is somebody to hand over to: the voter that is named, or any that answers. */
export function mayTransfer(context: ServerContext, event: EventOf<'TransferLeadership'>): boolean {
  return successor(context, event) !== undefined;
}

/** A disk that does not serve: somebody else leads better. */
export function shouldHandOver(context: ServerContext, event: EventOf<'timer.heartbeat'>): boolean {
  return context.disk !== 'ok' && successor(context, event) !== undefined;
}

/**
 * Chooses the successor, and tells it at once if it has everything; else when it has. Meanwhile
 * nothing is proposed, so that it can.
 */
export function startTransfer(
  context: ServerContext,
  event: EventOf<'TransferLeadership' | 'timer.heartbeat'>,
): Outcome {
  const to = successor(context, event)!;
  const transfer = { to, sinceMs: event.atMs, isTold: false };
  const effects: Effect[] = [];
  const leadership = toldSuccessor(context, { ...context.leadership!, transfer }, effects);
  return { patch: { leadership }, effects };
}

/** It did not work in the time of an election: this server serves on. */
export function isTransferOverdue(
  { leadership, settings }: ServerContext,
  event: { readonly atMs: number },
): boolean {
  return event.atMs - leadership!.transfer!.sinceMs >= settings.electionTimeoutMaxMs;
}

export function endTransfer({ leadership }: ServerContext): Outcome {
  return { patch: { leadership: { ...leadership!, transfer: undefined } }, effects: [] };
}

/** Tells the successor to stand for election, once it has the whole log, durably. */
export function toldSuccessor(
  context: ServerContext,
  leadership: Leadership,
  effects: Effect[],
): Leadership {
  const transfer = leadership.transfer!;
  const match = leadership.progress[transfer.to]?.matchIndex ?? 0;
  if (transfer.isTold || match < context.log.lastIndex) return leadership;
  effects.push(tellTimeoutNow(context, transfer.to));
  return { ...leadership, transfer: { ...transfer, isTold: true }, hasToldTimeoutNow: true };
}

export function tellTimeoutNow(context: ServerContext, to: ServerId): Effect {
  const { id, currentTerm: term } = context;
  return send(context, to, { type: 'TimeoutNowRequest', from: id, atMs: 0, term });
}

/** The voter that is named; or of those that answer, the one whose log is furthest. */
function successor(
  { id, configuration, leadership, settings }: ServerContext,
  event: EventOf<'TransferLeadership' | 'timer.heartbeat'>,
): ServerId | undefined {
  const isVoter = (server: ServerId) => configuration.voters.some((half) => half.includes(server));
  const others = serversOf(configuration).filter((server) => server !== id && isVoter(server));
  const named = event.type === 'TransferLeadership' ? event.to : undefined;
  if (named !== undefined) return others.find((server) => server === named);
  const { progress } = leadership!;
  const answers = others.filter((server) => {
    const silentMs = event.atMs - (progress[server]?.contactMs ?? Number.NEGATIVE_INFINITY);
    return silentMs < settings.electionTimeoutMinMs;
  });
  return answers.reduce<ServerId | undefined>(
    (best, server) =>
      best !== undefined && progress[best]!.matchIndex >= progress[server]!.matchIndex
        ? best
        : server,
    undefined,
  );
}
