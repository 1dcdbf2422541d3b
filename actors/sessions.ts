/**
 * The replicated table of client sessions: what makes a command that is sent twice apply once (§8,
 * thesis §6.3).
 *
 * Every server keeps the same table, since it is a function of the log alone: it sees, in log
 * order, each applied entry that opens or closes a session, and each command of one. A command is
 * known by session and sequence. The first entry that carries it is applied; each later one gets
 * the answer that the first one had.
 *
 * The client says with every command which answers it has: all below `firstUnacknowledged`. The
 * others are kept, *whole, however large*. A client whose answer was lost may have no other way to
 * it (the value that a command took out of the state is nowhere else), so that a shortened answer
 * would break the promise exactly where it is needed. What is bounded instead is the table, and
 * where it is full, whole sessions go, the least recently applied first:
 *
 * - when a session has not been heard of for `sessionExpiryMs` of log time;
 * - when there are more than `sessionsMax`;
 * - when all answers together hold more than `answerBytesMax` (and so a session that holds so much
 *   alone goes as well, at the answer that was too much).
 *
 * A session that went is *expired*: whether its unanswered commands were applied cannot be said any
 * more, and none of them is applied from then on. The limits are part of what is replicated, the
 * same on every server, and so no options of a cluster.
 */
import type { Entry } from '../machines/entry.js';
import { invariant } from '../machines/invariant.js';

export interface SessionLimits {
  /** Sessions at a time. Default 4,096. */
  readonly sessionsMax: number;
  /** Log time after which a session that is not used has expired, ms. Default one hour. */
  readonly sessionExpiryMs: number;
  /** All answers together, each with `answerOverheadBytes`. Default 64 MiB. */
  readonly answerBytesMax: number;
  /** How far beyond `firstUnacknowledged` a session's sequences may go. Default 256. */
  readonly requestsInFlightMax: number;
}

export const sessionLimits: SessionLimits = {
  sessionsMax: 4_096,
  sessionExpiryMs: 60 * 60 * 1000,
  answerBytesMax: 64 * 1024 * 1024,
  requestsInFlightMax: 256,
};

/** What an answer counts for besides its bytes: about what it takes in memory. */
export const answerOverheadBytes = 128;

/** A remembered answer. */
export interface SessionAnswer {
  /** Index of the entry that was applied. */
  readonly index: number;
  /** Whether the state machine threw; `bytes` are its message then, in UTF-8. */
  readonly threw: boolean;
  /** In storage of its own. */
  readonly bytes: Uint8Array;
}

/** One session, as a value: what a snapshot holds of it. */
export interface Session {
  /** Index of its openSession entry. */
  readonly id: number;
  /** Log time of the last entry that named it, ms. */
  readonly touchedMs: number;
  readonly firstUnacknowledged: number;
  /** By sequence, in the order in which they were applied. */
  readonly answers: ReadonlyMap<number, SessionAnswer>;
}

/** What is to be done with a command of a session. Only a fresh one is applied. */
export type Admission =
  /** Apply it, and `remember` its answer. */
  | { readonly type: 'fresh' }
  /** It was applied before: answer it as then. */
  | { readonly type: 'answered'; readonly answer: SessionAnswer }
  /** There is no such session (any more): whether it was applied before is not known. */
  | { readonly type: 'expired' }
  /** Its client has said that it waits for this answer no longer. */
  | { readonly type: 'forgotten' }
  /** Too far beyond the first that is not acknowledged. This entry has no effect. */
  | { readonly type: 'tooFar' };

interface OpenSession extends Session {
  touchedMs: number;
  firstUnacknowledged: number;
  readonly answers: Map<number, SessionAnswer>;
  /** What its answers count for. */
  bytes: number;
  /** It may be changed as long as no view was frozen since this generation. */
  readonly generation: number;
}

const fresh: Admission = { type: 'fresh' };
const expired: Admission = { type: 'expired' };
const forgotten: Admission = { type: 'forgotten' };
const tooFar: Admission = { type: 'tooFar' };

export class Sessions {
  readonly #limits: SessionLimits;
  /** The least recently applied first. */
  readonly #sessions = new Map<number, OpenSession>();
  #answerBytes = 0;
  #generation = 0;

  /** A table as it was frozen elsewhere, or an empty one. */
  constructor(frozen: Iterable<Session> = [], limits: Partial<SessionLimits> = {}) {
    this.#limits = { ...sessionLimits, ...limits };
    for (const session of frozen) {
      const bytes = sum([...session.answers.values()].map(weight));
      const answers = new Map(session.answers);
      this.#sessions.set(session.id, { ...session, answers, bytes, generation: 0 });
      this.#answerBytes += bytes;
    }
  }

  /** How many sessions there are. */
  get size(): number {
    return this.#sessions.size;
  }

  /** What all remembered answers count for, bytes. */
  get answerBytes(): number {
    return this.#answerBytes;
  }

  /** Applies an openSession entry: the session's id is the entry's index. */
  open({ index, stampMs }: Pick<Entry, 'index' | 'stampMs'>): void {
    this.#expire(stampMs);
    this.#sessions.set(index, {
      id: index,
      touchedMs: stampMs,
      firstUnacknowledged: 1,
      answers: new Map(),
      bytes: 0,
      generation: this.#generation,
    });
    if (this.#sessions.size > this.#limits.sessionsMax) this.#evictOldest();
  }

  /** Applies a closeSession entry. One that names no session changes nothing. */
  close({ sessionId, stampMs }: Pick<Entry, 'sessionId' | 'stampMs'>): void {
    this.#expire(stampMs);
    const session = this.#sessions.get(sessionId);
    if (session !== undefined) this.#drop(session);
  }

  /** Says what to do with a command of a session. */
  admit(
    entry: Pick<Entry, 'sessionId' | 'sequence' | 'firstUnacknowledged' | 'stampMs'>,
  ): Admission {
    this.#expire(entry.stampMs);
    const session = this.#touch(entry.sessionId, entry.stampMs);
    if (session === undefined) return expired;
    this.#acknowledge(session, entry.firstUnacknowledged);
    const { sequence } = entry;
    if (sequence < session.firstUnacknowledged) return forgotten;
    if (sequence >= session.firstUnacknowledged + this.#limits.requestsInFlightMax) return tooFar;
    const answer = session.answers.get(sequence);
    return answer === undefined ? fresh : { type: 'answered', answer };
  }

  /** Keeps the answer of a command that was admitted as fresh, and has just been applied. */
  remember(
    entry: Pick<Entry, 'index' | 'sessionId' | 'sequence'>,
    answer: Pick<SessionAnswer, 'threw' | 'bytes'>,
  ): void {
    const { index, sessionId, sequence } = entry;
    const session = this.#sessions.get(sessionId);
    const isFresh = session !== undefined && !session.answers.has(sequence);
    invariant(isFresh, 'Exactly Once', `session ${sessionId}, sequence ${sequence}`);
    // Not `slice`: that of a Node Buffer is a view.
    const remembered = { index, threw: answer.threw, bytes: new Uint8Array(answer.bytes) };
    session.answers.set(sequence, remembered);
    session.bytes += weight(remembered);
    this.#answerBytes += weight(remembered);
    while (this.#answerBytes > this.#limits.answerBytesMax) this.#evictOldest();
  }

  /**
   * The table as it is now, whatever becomes of it. Takes a pointer for each session; what changes
   * later is copied then, session by session.
   */
  freeze(): readonly Session[] {
    this.#generation++;
    return [...this.#sessions.values()];
  }

  /** The order of the table is that of the stamps as well, since log time never goes back. */
  #expire(nowMs: number): void {
    for (const session of this.#sessions.values()) {
      if (nowMs - session.touchedMs <= this.#limits.sessionExpiryMs) return;
      this.#drop(session);
    }
  }

  /** The session as the most recently applied one, to be changed. */
  #touch(id: number, nowMs: number): OpenSession | undefined {
    const found = this.#sessions.get(id);
    if (found === undefined) return undefined;
    const isFrozen = found.generation !== this.#generation;
    const session = isFrozen
      ? { ...found, answers: new Map(found.answers), generation: this.#generation }
      : found;
    session.touchedMs = nowMs;
    this.#sessions.delete(id);
    this.#sessions.set(id, session);
    return session;
  }

  /** Late entries say less than is known already. */
  #acknowledge(session: OpenSession, firstUnacknowledged: number): void {
    const before = session.firstUnacknowledged;
    if (firstUnacknowledged <= before) return;
    session.firstUnacknowledged = firstUnacknowledged;
    const end = Math.min(firstUnacknowledged, before + this.#limits.requestsInFlightMax);
    for (let sequence = before; sequence < end; sequence++) {
      const answer = session.answers.get(sequence);
      if (answer === undefined) continue;
      session.answers.delete(sequence);
      session.bytes -= weight(answer);
      this.#answerBytes -= weight(answer);
    }
  }

  #evictOldest(): void {
    for (const session of this.#sessions.values()) return this.#drop(session);
  }

  #drop(session: OpenSession): void {
    this.#sessions.delete(session.id);
    this.#answerBytes -= session.bytes;
  }
}

function weight(answer: SessionAnswer): number {
  return answer.bytes.length + answerOverheadBytes;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
