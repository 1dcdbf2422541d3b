/**
 * A client's requests as values: which there are, how they are sent, and how they end without an
 * answer. The rules in `rules/calling.ts` and `rules/sessions.ts` are made of these.
 */
import type {
  Call,
  CallCause,
  CallKind,
  CallOutcome,
  ClientContext,
  ClientEffect,
  ClientEventOf,
  ClientRequest,
  ClientStep,
} from './clientContext.js';

/** The numbers of the requests that the client makes for itself. */
export const openNumber = 0;
export const closeNumber = -1;

const never = Number.POSITIVE_INFINITY;
const noBytes = new Uint8Array(0);

/** A step that leads nowhere. */
export const noStep: ClientStep = { patch: {}, effects: [] };

/** How many commands may be sent before an answer comes: the session table's own bound. */
export function room(client: ClientContext): number {
  return firstUnacknowledged(client) + client.settings.requestsInFlightMax - client.nextSequence;
}

/** The lowest sequence whose answer somebody waits for. */
export function firstUnacknowledged({ inFlight, nextSequence }: ClientContext): number {
  return inFlight.find(({ sequence }) => sequence > 0)?.sequence ?? nextSequence;
}

/** Whether the answer is to the latest attempt of a request, and the first that it got. */
export function isCurrent(
  client: ClientContext,
  { number, attempt }: ClientEventOf<'answered'>,
): boolean {
  const request = requestOf(client, number);
  return request !== undefined && request.state === 'sent' && request.attempts === attempt;
}

/** What was sent under this number and has no answer. */
export function requestOf({ inFlight }: ClientContext, number: number): ClientRequest | undefined {
  return inFlight.find((request) => request.number === number);
}

/** What was asked for, before it is sent. */
export function asked({
  number,
  kind,
  bytes,
  timeoutMs,
  atMs,
}: ClientEventOf<'ask'>): ClientRequest {
  return { ...own(number, kind), bytes, timeoutMs, deadlineMs: atMs + timeoutMs };
}

/** The client, with the bytes of what is asked for now. */
export function withBytes(client: ClientContext, { bytes }: ClientEventOf<'ask'>): ClientContext {
  return { ...client, unansweredBytes: client.unansweredBytes + bytes.length };
}

/** Waits for a session, or for its turn. */
export function keepWaiting(client: ClientContext, event: ClientEventOf<'ask'>): ClientStep {
  const request = asked(event);
  return {
    patch: { ...withBytes(client, event), waiting: [...client.waiting, request] },
    effects: [{ type: 'wakeBy', atMs: request.deadlineMs }],
  };
}

/** A request that has no deadline. */
export function own(number: number, kind: CallKind): ClientRequest {
  return {
    number,
    kind,
    bytes: noBytes,
    timeoutMs: never,
    deadlineMs: never,
    state: 'waiting',
    sequence: 0,
    attempts: 0,
    dueMs: never,
    isUncertain: false,
    reason: '',
  };
}

/** Sends what waits, as far as there is a session and room. */
export function sendWaiting(
  client: ClientContext,
  atMs: number,
  effects: readonly ClientEffect[],
): ClientStep {
  const count = client.sessionId === 0 ? 0 : Math.min(client.waiting.length, room(client));
  if (count === 0) return { patch: client, effects };
  const { nextSequence, waiting } = client;
  const next = waiting.slice(0, count).map((r, at) => ({ ...r, sequence: nextSequence + at }));
  const rest = {
    waiting: waiting.slice(count),
    nextSequence: nextSequence + count,
    usedMs: atMs,
  };
  // Those that go together say of the first of them that its answer is still waited for.
  const first = firstUnacknowledged(client);
  const step = sending({ ...client, ...rest }, next, atMs, first);
  return { patch: step.patch, effects: [...effects, ...step.effects] };
}

/** Sends `requests` for the first time. */
export function sending(
  client: ClientContext,
  requests: readonly ClientRequest[],
  atMs: number,
  first = firstUnacknowledged(client),
): ClientStep {
  const sent = requests.map((request) => attempted(client, request, atMs));
  return {
    patch: { ...client, inFlight: [...client.inFlight, ...sent] },
    effects: sent.flatMap((request) => sendEffects(client, request, first)),
  };
}

/** The request, sent once more. */
export function attempted(
  client: ClientContext,
  request: ClientRequest,
  atMs: number,
): ClientRequest {
  return {
    ...request,
    state: 'sent',
    attempts: request.attempts + 1,
    dueMs: atMs + client.settings.patienceMs,
    isUncertain: mayHaveEffect(request),
  };
}

/** What sends a request that was `attempted`; `first` is what the client still waits for. */
export function sendEffects(
  { sessionId }: ClientContext,
  { number, kind, sequence, attempts, bytes, dueMs, deadlineMs }: ClientRequest,
  first: number,
): readonly ClientEffect[] {
  const isOfSession = kind === 'command' || kind === 'closeSession';
  const call: Call = {
    kind,
    sessionId: isOfSession ? sessionId : 0,
    sequence,
    firstUnacknowledged: kind === 'command' ? first : 0,
    bytes,
  };
  return [
    { type: 'send', number, attempt: attempts, call },
    { type: 'wakeBy', atMs: Math.min(dueMs, deadlineMs) },
  ];
}

/** An attempt is under way, or one before it was not definitely refused. */
export function mayHaveEffect({ state, isUncertain }: ClientRequest): boolean {
  return state === 'sent' || isUncertain;
}

/** A query has no effect, whatever became of it. */
export function unanswered(request: ClientRequest, cause: CallCause, reason: string): CallOutcome {
  const isUnknown = request.kind === 'command' && mayHaveEffect(request);
  return { type: isUnknown ? 'unknown' : 'notDone', cause, reason };
}

/** It was never sent. */
export function notDone(cause: CallCause, reason: string): CallOutcome {
  return { type: 'notDone', cause, reason };
}

/** Tells whoever asked. */
export function settled(number: number, outcome: CallOutcome): ClientEffect {
  return { type: 'settle', number, outcome };
}

/** The client without `requests`. */
export function without(client: ClientContext, requests: readonly ClientRequest[]): ClientContext {
  const gone = new Set(requests);
  const stays = (request: ClientRequest) => !gone.has(request);
  return {
    ...client,
    waiting: client.waiting.filter(stays),
    inFlight: client.inFlight.filter(stays),
    unansweredBytes: requests.reduce((sum, r) => sum - r.bytes.length, client.unansweredBytes),
  };
}

/** The client without a request that was sent: for every answer, and so without looking at all. */
export function withoutSent(client: ClientContext, request: ClientRequest): ClientContext {
  return {
    ...client,
    inFlight: client.inFlight.toSpliced(client.inFlight.indexOf(request), 1),
    unansweredBytes: client.unansweredBytes - request.bytes.length,
  };
}
