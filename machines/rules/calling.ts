/**
 * A client's requests: sent in the order in which they were asked for, and sent again, under the
 * same session and sequence, until they have an answer (§8, thesis §6.3).
 */
import type {
  CallOutcome,
  ClientContext,
  ClientEventOf,
  ClientRequest,
  ClientStep,
} from '../clientContext.js';
import {
  asked,
  attempted,
  firstUnacknowledged,
  isCurrent,
  noStep,
  notDone,
  requestOf,
  room,
  sendEffects,
  sending,
  sendWaiting,
  settled,
  unanswered,
  withBytes,
  without,
  withoutSent,
} from '../clientRequests.js';

// ---- questions

export function isOverloaded(client: ClientContext, { bytes }: ClientEventOf<'ask'>): boolean {
  const { unansweredMax, unansweredBytesMax } = client.settings;
  return (
    client.waiting.length + client.inFlight.length >= unansweredMax ||
    client.unansweredBytes + bytes.length > unansweredBytesMax
  );
}

/** Whether a command may go out at once, behind all those before it. */
export function maySend(client: ClientContext, event: ClientEventOf<'ask'>): boolean {
  const isNext = event.kind === 'command' && client.waiting.length === 0;
  return isNext && room(client) > 0;
}

/** The request has ended, or was sent again since. A final answer is never too late to be true. */
export function isLate(client: ClientContext, event: ClientEventOf<'answered'>): boolean {
  return !isFinal(client, event) && !isCurrent(client, event);
}

/** Whether the answer ends what somebody asked for. */
export function isFinal(
  client: ClientContext,
  { number, answer }: ClientEventOf<'answered'>,
): boolean {
  const isAsked = number > 0 && requestOf(client, number) !== undefined;
  return isAsked && (answer.type === 'done' || answer.type === 'threw');
}

// ---- what is asked for

/** Too much waits already. */
export function refuseOverloaded(_: ClientContext, event: ClientEventOf<'ask'>): ClientStep {
  const reason = 'too many requests of this client wait for their answers';
  return { patch: {}, effects: [settled(event.number, notDone('overloaded', reason))] };
}

/** Queries need no session: asked twice, they change nothing twice. */
export function sendQuery(client: ClientContext, event: ClientEventOf<'ask'>): ClientStep {
  return sending(withBytes(client, event), [asked(event)], event.atMs);
}

export function sendCommand(client: ClientContext, event: ClientEventOf<'ask'>): ClientStep {
  return sendWaiting({ ...withBytes(client, event), waiting: [asked(event)] }, event.atMs, []);
}

// ---- what comes back

/** Somebody has an answer, and the next may go. */
export function settle(client: ClientContext, event: ClientEventOf<'answered'>): ClientStep {
  const outcome = event.answer as CallOutcome;
  const left = withoutSent(client, requestOf(client, event.number)!);
  const used = { ...left, usedMs: event.atMs };
  return sendWaiting(used, event.atMs, [settled(event.number, outcome)]);
}

/** No answer, but *not done*, or *unknown*: the same once more, in a while. */
export function restBeforeRetry(
  client: ClientContext,
  { number, answer, atMs }: ClientEventOf<'answered'>,
): ClientStep {
  const request = requestOf(client, number)!;
  const { retryMinMs, retryMaxMs } = client.settings;
  const restMs = Math.min(retryMaxMs, retryMinMs * 2 ** Math.min(30, request.attempts - 1));
  const resting: ClientRequest = {
    ...request,
    state: 'resting',
    dueMs: atMs + restMs,
    isUncertain: request.isUncertain || answer.type !== 'notDone',
    reason: 'reason' in answer ? answer.reason : request.reason,
  };
  return {
    patch: { inFlight: client.inFlight.map((r) => (r === request ? resting : r)) },
    effects: [{ type: 'wakeBy', atMs: Math.min(resting.dueMs, resting.deadlineMs) }],
  };
}

/** Whoever asked waits no longer: what was sent and never refused may have an effect. */
export function giveUp(client: ClientContext, event: ClientEventOf<'abort'>): ClientStep {
  const isIt = ({ number }: ClientRequest) => number === event.number;
  const request = client.inFlight.find(isIt) ?? client.waiting.find(isIt);
  if (request === undefined) return noStep;
  const outcome = unanswered(request, 'aborted', 'aborted by its caller');
  return sendWaiting(without(client, [request]), event.atMs, [settled(event.number, outcome)]);
}

/** Ends what is past its deadline, and sends again what has rested or waited long enough. */
export function keepTime(client: ClientContext, { atMs }: ClientEventOf<'wake'>): ClientStep {
  const all = [...client.inFlight, ...client.waiting];
  const late = all.filter(({ deadlineMs }) => deadlineMs <= atMs);
  const left = without(client, late);
  const isDue = ({ dueMs }: ClientRequest) => dueMs <= atMs;
  const due = left.inFlight.filter(isDue).map((request) => attempted(client, request, atMs));
  const again = new Map(due.map((request) => [request.number, request]));
  const inFlight = left.inFlight.map((request) => again.get(request.number) ?? request);
  const kept = { ...left, inFlight };
  const nextMs = Math.min(
    ...inFlight.map((request) => Math.min(request.dueMs, request.deadlineMs)),
    ...left.waiting.map(({ deadlineMs }) => deadlineMs),
  );
  return sendWaiting(kept, atMs, [
    ...late.map((request) => settled(request.number, timedOut(request))),
    ...due.flatMap((request) => sendEffects(client, request, firstUnacknowledged(kept))),
    { type: 'wakeBy', atMs: nextMs },
  ]);
}

function timedOut(request: ClientRequest): CallOutcome {
  const last = request.reason === '' ? '' : `; the last answer was: ${request.reason}`;
  return unanswered(request, 'timeout', `no answer within ${request.timeoutMs} ms${last}`);
}

export function ignore(): ClientStep {
  return noStep;
}
