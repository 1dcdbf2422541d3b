/**
 * The requests of one stream that wait for their answers: each is answered exactly once,
 * whatever happens.
 */
import type { ForwardAnswer } from './transport.js';

/**
 * How many requests of one stream may wait for their answers; more are answered *not done* at once.
 */
export const requestsMaxDefault = 65_536;

/** The answers that a stream gives by itself. */
export const answers = {
  /** The request was never sent. */
  notConnected: { type: 'notDone', reason: 'no connection' },
  /** The request was not sent, since too much waits already. */
  overloaded: { type: 'notDone', reason: 'overloaded' },
  /** The request arrived where nobody takes any. */
  nobodyListens: { type: 'notDone', reason: 'that server takes no requests' },
  /** The request was sent, and nobody knows what became of it. */
  streamEnded: { type: 'unknown', reason: 'the connection ended before the answer' },
} as const satisfies Record<string, ForwardAnswer>;

/** Whoever asked. */
export type TakeAnswer = (answer: ForwardAnswer) => void;

/** Requests by number, and who waits for their answers. */
export class PendingAnswers {
  readonly #pending = new Map<number, TakeAnswer>();
  #lastId = 0;

  /** How many wait. */
  get size(): number {
    return this.#pending.size;
  }

  /** Numbers a request, from 1. */
  add(take: TakeAnswer): number {
    const id = ++this.#lastId;
    this.#pending.set(id, take);
    return id;
  }

  /** Hands on the answer to request `id`. False if none waits under that id. */
  settle(id: number, answer: ForwardAnswer): boolean {
    const take = this.#pending.get(id);
    if (take === undefined) return false;
    this.#pending.delete(id);
    take(answer);
    return true;
  }

  /** Gives all that wait the same answer, in the order of their requests. */
  settleAll(answer: ForwardAnswer): void {
    const waiting = [...this.#pending.values()];
    this.#pending.clear();
    for (const take of waiting) take(answer);
  }
}
