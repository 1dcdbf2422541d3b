/**
 * A client's session: opened when it is needed, numbered through, given up when the servers have
 * given it up, and closed at the end (thesis §6.3).
 */
import type { CallOutcome, ClientContext, ClientEventOf, ClientStep } from '../clientContext.js';
import {
  closeNumber,
  isCurrent,
  keepWaiting,
  mayHaveEffect,
  notDone,
  openNumber,
  own,
  requestOf,
  sending,
  sendWaiting,
  settled,
  unanswered,
  without,
} from '../clientRequests.js';

// ---- questions

export function isOpened(_: ClientContext, { number, answer }: ClientEventOf<'answered'>) {
  return number === openNumber && answer.type === 'done';
}

/** Whether the servers have given the session up. */
export function isExpired(client: ClientContext, event: ClientEventOf<'answered'>): boolean {
  const isOfSession = requestOf(client, event.number)?.kind === 'command';
  return isOfSession && event.answer.type === 'expired' && isCurrent(client, event);
}

/** Whether the session is so long unused that the servers may have given it up. */
export function isUnused(client: ClientContext, { kind, atMs }: ClientEventOf<'ask'>): boolean {
  const isUsed = client.inFlight.some((request) => request.kind === 'command');
  const unusedMs = atMs - client.usedMs;
  return kind === 'command' && !isUsed && unusedMs > client.settings.sessionUnusedMs;
}

/** Whether the servers were asked to close the session, and have had their time. */
export function isCloseOverdue(client: ClientContext, { atMs }: ClientEventOf<'wake'>): boolean {
  const request = requestOf(client, closeNumber);
  return request !== undefined && request.dueMs <= atMs;
}

// ---- its life

export function openSession(client: ClientContext, { atMs }: { atMs: number }): ClientStep {
  return sending(client, [own(openNumber, 'openSession')], atMs);
}

/** The session is there, and with it everything may go that waited. */
export function adoptSession(client: ClientContext, event: ClientEventOf<'answered'>): ClientStep {
  const sessionId = (event.answer as Extract<CallOutcome, { type: 'done' }>).index;
  const opened = client.inFlight.filter(({ number }) => number === openNumber);
  const adopted = {
    ...without(client, opened),
    sessionId,
    nextSequence: 1,
    usedMs: event.atMs,
  };
  return sendWaiting(adopted, event.atMs, []);
}

/**
 * The session is gone: what may have been applied stays unknown for ever, since no other session
 * may try it again. What certainly was not goes with the next one.
 */
export function loseSession(
  client: ClientContext,
  { answer }: ClientEventOf<'answered'>,
): ClientStep {
  const commands = client.inFlight.filter(({ kind }) => kind === 'command');
  const lost = commands.filter(mayHaveEffect);
  const harmless = commands.filter((request) => !mayHaveEffect(request));
  const left = without(client, lost);
  const unsent = harmless.map((r) => ({ ...r, state: 'waiting' as const, sequence: 0 }));
  const reason = 'reason' in answer ? answer.reason : '';
  const outcome = { type: 'unknown', cause: 'sessionExpired', reason } as const;
  return {
    patch: {
      ...left,
      sessionId: 0,
      waiting: [...unsent, ...client.waiting],
      inFlight: left.inFlight.filter(({ kind }) => kind !== 'command'),
    },
    effects: lost.map(({ number }) => settled(number, outcome)),
  };
}

/**
 * A command that finds the session long unused waits for another one: in the old one it might only
 * learn that nobody knows what became of it. The servers forget the old one by themselves.
 */
export function leaveSession(client: ClientContext, event: ClientEventOf<'ask'>): ClientStep {
  return keepWaiting({ ...client, sessionId: 0 }, event);
}

/** The last request of a session. */
export function closeSession(client: ClientContext, { atMs }: { atMs: number }): ClientStep {
  return sending(client, [own(closeNumber, 'closeSession')], atMs);
}

/** Nobody gets an answer any more. */
export function settleAll(client: ClientContext): ClientStep {
  const all = [...client.inFlight, ...client.waiting].filter(({ number }) => number > 0);
  return {
    patch: { waiting: [], inFlight: [], unansweredBytes: 0 },
    effects: all.map((request) =>
      settled(request.number, unanswered(request, 'stopped', 'the client was stopped')),
    ),
  };
}

export function end(): ClientStep {
  return { patch: { sessionId: 0, inFlight: [] }, effects: [{ type: 'stopped' }] };
}

export function refuseStopped(_: ClientContext, event: ClientEventOf<'ask'>): ClientStep {
  const outcome = notDone('stopped', 'the client was stopped');
  return { patch: {}, effects: [settled(event.number, outcome)] };
}
