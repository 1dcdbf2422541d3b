/**
 * A forward stream inside one process: the same promises as over a socket, without one.
 */
import type { Subject } from 'rxjs';
import type { ServerId } from '../machines/entry.js';
import type { MemoryPost } from './memoryPost.js';
import { answers, PendingAnswers, requestsMaxDefault, type TakeAnswer } from './pendingAnswers.js';
import type { Forwarded, ForwardRequest, ForwardStream } from './transport.js';

/** One end of a stream: closing it ends the stream. */
export interface StreamEnd {
  readonly serverId: ServerId;
  readonly isOpen: boolean;
  readonly forwarded$: Subject<Forwarded>;
  keep(stream: MemoryForwardStream): void;
  forget(stream: MemoryForwardStream): void;
}

/** A stream between two transports of one network. */
export class MemoryForwardStream implements ForwardStream {
  readonly #post: MemoryPost;
  readonly #from: StreamEnd;
  readonly #to: StreamEnd | undefined;
  readonly #term: number;
  readonly #pending = new PendingAnswers();
  #isOpen: boolean;

  /** A stream without a `to` never opens. */
  constructor(post: MemoryPost, from: StreamEnd, to: StreamEnd | undefined, term: number) {
    this.#post = post;
    this.#from = from;
    this.#to = to;
    this.#term = term;
    this.#isOpen = to !== undefined;
    if (to !== undefined) for (const end of [from, to]) end.keep(this);
  }

  isBetween(one: ServerId, other: ServerId): boolean {
    const ends = [this.#from.serverId, this.#to?.serverId];
    return ends.includes(one) && ends.includes(other);
  }

  request(request: ForwardRequest, answer: TakeAnswer): void {
    if (!this.#isOpen) return this.#post.run(() => answer(answers.notConnected));
    if (this.#pending.size >= requestsMaxDefault)
      return this.#post.run(() => answer(answers.overloaded));
    const id = this.#pending.add(answer);
    this.#post.run(() => this.#deliver(id, request));
  }

  close(): void {
    this.#isOpen = false;
    this.#from.forget(this);
    this.#to?.forget(this);
    this.#pending.settleAll(answers.streamEnded);
  }

  #deliver(id: number, request: ForwardRequest): void {
    if (!this.#isOpen) return;
    const { forwarded$ } = this.#to!;
    if (!forwarded$.observed) return void this.#pending.settle(id, answers.nobodyListens);
    const { kind, sessionId, sequence, firstUnacknowledged, bytes } = request;
    forwarded$.next({
      kind,
      sessionId,
      sequence,
      firstUnacknowledged,
      bytes,
      term: this.#term,
      answer: (answer) => this.#post.run(() => this.#pending.settle(id, answer)),
    });
  }
}
