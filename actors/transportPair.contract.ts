/**
 * Two transports under test, and what the facts about them need: to open them, to get a word
 * across, to wait.
 */
import type { ServerId } from '../machines/entry.js';
import type { AppendEntriesRequest } from '../machines/messages.js';
import type { ForwardRequest, Transport, TransportOptions } from './transport.js';

export type { Runner } from './disk.contract.js';

/** Two transports that can reach one another once they are open, for the servers `a` and `b`. */
export interface TransportPair {
  readonly a: Transport;
  readonly b: Transport;
  /**
   * What each is opened with, unless a fact needs it otherwise: one cluster, no store met before.
   */
  readonly options: (id: 'a' | 'b') => TransportOptions;
  /** Closes both, if need be, and whatever else was made for them. */
  readonly close: () => Promise<void>;
}

/** How long anything may take that must happen, in ms. */
const patienceMs = 8_000;

/** Fails the fact unless `held`. */
export function check(held: boolean, what: string): void {
  if (!held) throw new Error(`the contract does not hold: ${what}`);
}

/** Waits until `condition` holds; fails with `what` if it never does. */
export async function eventually(condition: () => boolean, what: string): Promise<void> {
  const endMs = performance.now() + patienceMs;
  while (!condition()) {
    check(performance.now() < endMs, `${what}, within ${patienceMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

/** Opens both, with options of their own or as the pair says. */
export async function openPair(
  pair: TransportPair,
  overrides: { a?: Partial<TransportOptions>; b?: Partial<TransportOptions> } = {},
): Promise<void> {
  await opened(pair.a, { ...pair.options('a'), ...overrides.a });
  await opened(pair.b, { ...pair.options('b'), ...overrides.b });
}

/** Rejects if it cannot be opened. */
export function opened(transport: Transport, options: TransportOptions): Promise<void> {
  return new Promise((resolve, reject) =>
    transport.open(options, (error) => (error === undefined ? resolve() : reject(error))),
  );
}

/** Once it is closed. */
export function stopped(transport: Transport): Promise<void> {
  return new Promise((resolve) => transport.close(resolve));
}

/** Sends until something arrives: before that a message may be lost. */
export async function converse(
  from: Transport,
  fromId: ServerId,
  to: Transport,
  toId: ServerId,
): Promise<void> {
  // The last one sent is known by its term, so that none of these arrives later.
  let lastTerm = 0;
  let arrivedTerm = -1;
  const subscription = to.messages$.subscribe((message) => {
    arrivedTerm = message.term;
  });
  await eventually(() => {
    if (arrivedTerm < 0) from.send(toId, 0, heartbeat(fromId, ++lastTerm));
    return arrivedTerm === lastTerm;
  }, `a message gets from ${fromId} to ${toId}`);
  subscription.unsubscribe();
}

/** The smallest AppendEntries, told apart by its term. */
export function heartbeat(from: ServerId, term: number): AppendEntriesRequest {
  const positions = { prevLogIndex: 40, prevLogTerm: 1, leaderCommit: 39, round: 5, sentMs: 6 };
  return { type: 'AppendEntriesRequest', from, atMs: 0, term, entries: [], ...positions };
}

/** A request without a session. */
export function asked(kind: ForwardRequest['kind'], bytes = new Uint8Array(0)): ForwardRequest {
  return { kind, sessionId: 0, sequence: 0, firstUnacknowledged: 0, bytes };
}
