/**
 * Takes a request to the leader, wherever that is: to this very server, or over a stream to
 * another. Requests are sent once, in order. What is answered *not done* is tried again with the
 * next leader, in its old order; what a lost leader left without an answer is *unknown*, unless it
 * only read.
 */
import type { EntryKind, Proposal, ServerId } from '../machines/entry.js';
import { textOf } from './applier.js';
import type { Cancel, Clock } from './clock.js';
import type { EntryOutcome } from './outcome.js';
import type { ServerActor } from './serverActor.js';
import type {
  ForwardAnswer,
  Forwarded,
  ForwardRequest,
  ForwardStream,
  Transport,
} from './transport.js';

export interface RouterOptions {
  readonly actor: ServerActor;
  readonly transport: Transport;
  readonly clock: Clock;
  /** What the state machine answers, as bytes. */
  readonly encodeValue: (value: unknown) => Uint8Array;
  /**
   * A request that has no answer by then is *not done* if it was never sent, else *unknown*; ms
   * (5,000).
   */
  readonly timeoutMs?: number | undefined;
}

interface Request {
  readonly number: number;
  readonly what: ForwardRequest;
  readonly done: (answer: ForwardAnswer) => void;
  readonly deadlineMs: number;
  /** Why it was refused last. */
  refusal?: string;
}

/** The way to one leader in one term. */
interface Route {
  readonly leaderId: ServerId;
  readonly term: number;
  readonly stream: ForwardStream | undefined;
  readonly inFlight: Map<number, Request>;
  /** What it would not have: it waits until nothing is in flight, so that the order stays. */
  readonly refused: Request[];
  /** Nothing more is sent on it. */
  isOver: boolean;
  /** Another leads now: takes back that what is not answered soon is given up. */
  cancelClose: Cancel | undefined;
}

/**
 * A leader that was deposed learns of what became of its last entries from the next one, and can
 * answer them then: so long, ms.
 */
const graceMs = 100;

/** How soon a refused request is tried again while no other leader is known, ms. */
const retryMs = 20;

export class Router {
  readonly #options: RouterOptions;
  readonly #timeoutMs: number;
  #route: Route | undefined;
  #waiting: Request[] = [];
  #number = 0;
  #isPumping = false;
  #isStopped = false;
  #cancelSweep: Cancel | undefined;
  #cancelRetry: Cancel | undefined;

  constructor(options: RouterOptions) {
    this.#options = options;
    this.#timeoutMs = options.timeoutMs ?? 5_000;
    options.actor.events$.subscribe(({ type }) => type === 'changed' && this.#followLeader());
    options.transport.forwarded$.subscribe((forwarded) => this.#serve(forwarded));
    options.transport.clients$.subscribe((asked) => {
      this.request(asked, (answer) => asked.answer(answer));
    });
  }

  /**
   * Has a command applied, a session opened or closed, or a query answered at a linearizable point.
   * `done` is called once.
   */
  request(what: ForwardRequest, done: (answer: ForwardAnswer) => void): void {
    if (this.#isStopped) return done({ type: 'notDone', reason: 'the server stopped' });
    const deadlineMs = this.#options.clock.monotonicMs() + this.#timeoutMs;
    this.#waiting.push({ number: ++this.#number, what, done, deadlineMs });
    this.#cancelSweep ??= this.#options.clock.schedule(this.#timeoutMs, () => this.#sweep());
    this.#pump();
  }

  /** What was never sent is *not done*; the rest ends as the server's own requests do. */
  stop(): void {
    this.#isStopped = true;
    this.#cancelSweep?.();
    this.#cancelRetry?.();
    const route = this.#route;
    if (route !== undefined) {
      this.#takeBack(route);
      route.isOver = true;
      closeStream(route);
    }
    this.#refuseWaiting();
  }

  #followLeader(): void {
    const { leaderId, term } = this.#options.actor;
    const route = this.#route;
    const isDeposed = route !== undefined && (route.leaderId !== leaderId || route.term !== term);
    if (isDeposed) {
      route.isOver = true;
      route.cancelClose ??= this.#options.clock.schedule(graceMs, () => route.stream?.close());
    }
    this.#pump();
  }

  /** Sends what waits, as far as it can be; what is asked from within an answer comes behind it. */
  #pump(): void {
    if (this.#isPumping) return;
    this.#isPumping = true;
    try {
      while (!this.#isStopped && this.#sendWaiting());
    } finally {
      this.#isPumping = false;
    }
    if (this.#isStopped) this.#refuseWaiting();
  }

  /**
   * Sends, if there is a leader and nothing is left of the one before. Answers whether to look
   * again.
   */
  #sendWaiting(): boolean {
    if (this.#route?.isOver && this.#route.inFlight.size === 0) this.#leave(this.#route);
    this.#route ??= this.#findRoute();
    const route = this.#route;
    if (route === undefined || route.isOver) return false;
    const requests = this.#waiting;
    this.#waiting = [];
    let sent = 0;
    for (; sent < requests.length && !route.isOver; sent++) {
      const request = requests[sent]!;
      route.inFlight.set(request.number, request);
      this.#send(route, request);
    }
    if (sent < requests.length) this.#waiting = [...requests.slice(sent), ...this.#waiting];
    return this.#waiting.length > 0;
  }

  #leave(route: Route): void {
    closeStream(route);
    this.#takeBack(route);
    this.#route = undefined;
  }

  /** What the leader would not have waits again, in its old place. */
  #takeBack({ refused }: Route): void {
    if (refused.length === 0) return;
    this.#waiting = [...refused.splice(0), ...this.#waiting].sort((a, b) => a.number - b.number);
  }

  #refuseWaiting(): void {
    for (const request of this.#waiting.splice(0)) {
      request.done({ type: 'notDone', reason: 'the server stopped' });
    }
  }

  #findRoute(): Route | undefined {
    const { actor, transport } = this.#options;
    const { leaderId, term } = actor;
    if (leaderId === undefined || this.#cancelRetry !== undefined) return undefined;
    const stream = leaderId === actor.id ? undefined : transport.forward(leaderId, term);
    return {
      leaderId,
      term,
      stream,
      inFlight: new Map(),
      refused: [],
      isOver: false,
      cancelClose: undefined,
    };
  }

  #send(route: Route, request: Request): void {
    const answer = (a: ForwardAnswer) => this.#answered(route, request, a);
    if (route.stream === undefined) this.#here(request.what, answer);
    else route.stream.request(request.what, answer);
  }

  #answered(route: Route, request: Request, answer: ForwardAnswer): void {
    if (!route.inFlight.delete(request.number)) return;
    const isHarmless =
      answer.type === 'notDone' || (answer.type === 'unknown' && request.what.kind === 'query');
    if (!isHarmless || this.#isStopped || this.#isLate(request)) request.done(answer);
    else this.#refused(route, request, answer.reason);
    if (route.isOver && route.inFlight.size === 0) this.#pump();
  }

  /** The leader would not have it: whoever comes next gets it, before all that was asked later. */
  #refused(route: Route, request: Request, reason: string): void {
    request.refusal = reason;
    route.refused.push(request);
    if (route.isOver) return;
    route.isOver = true;
    this.#cancelRetry = this.#options.clock.schedule(retryMs, () => {
      this.#cancelRetry = undefined;
      this.#pump();
    });
  }

  #isLate(request: Request): boolean {
    return request.deadlineMs <= this.#options.clock.monotonicMs();
  }

  /** Ends what waited too long, and comes back for the next. */
  #sweep(): void {
    const route = this.#route;
    if (route !== undefined) this.#takeBack(route);
    const unsent = this.#late(this.#waiting);
    const unanswered = this.#late(route?.inFlight.values() ?? []);
    this.#waiting.splice(0, unsent.length);
    for (const { number } of unanswered) route!.inFlight.delete(number);
    this.#sweepAgain();
    for (const { done, refusal = 'no leader was found in time' } of unsent) {
      done({ type: 'notDone', reason: refusal });
    }
    const reason = `no answer within ${this.#timeoutMs} ms`;
    for (const { what, done } of unanswered) {
      done({ type: what.kind === 'query' ? 'notDone' : 'unknown', reason });
    }
    this.#pump();
  }

  /** Those at the head that waited too long: deadlines grow with numbers. */
  #late(requests: Iterable<Request>): Request[] {
    const late: Request[] = [];
    for (const request of requests) {
      if (!this.#isLate(request)) break;
      late.push(request);
    }
    return late;
  }

  #sweepAgain(): void {
    const { clock } = this.#options;
    const [inFlight] = this.#route?.inFlight.values() ?? [];
    const [waiting] = this.#waiting;
    const never = Number.POSITIVE_INFINITY;
    const nextMs = Math.min(inFlight?.deadlineMs ?? never, waiting?.deadlineMs ?? never);
    this.#cancelSweep =
      nextMs === never
        ? undefined
        : clock.schedule(nextMs - clock.monotonicMs(), () => this.#sweep());
  }

  // ---- at the leader

  /** The leader of another term than the sender believes in may have another order of things. */
  #serve(forwarded: Forwarded): void {
    const { actor } = this.#options;
    if (forwarded.term === undefined || forwarded.term === actor.term) {
      return this.#here(forwarded, (answer) => forwarded.answer(answer));
    }
    const reason = `server ${actor.id} is in term ${actor.term}, not in ${forwarded.term}`;
    forwarded.answer({ type: 'notDone', reason });
  }

  #here(what: ForwardRequest, answer: (answer: ForwardAnswer) => void): void {
    if (what.kind === 'query') this.#query(what.bytes, answer);
    else this.#propose({ ...what, kind: what.kind }, answer);
  }

  #propose(what: Proposal, answer: (answer: ForwardAnswer) => void): void {
    const { kind, sessionId, sequence, firstUnacknowledged, bytes } = what;
    const proposed = { kind, sessionId, sequence, firstUnacknowledged, bytes };
    const place = this.#options.actor.propose(proposed, (outcome) => {
      answer(this.#answerTo(kind, outcome));
    });
    if ('refusal' in place) answer({ type: 'notDone', reason: place.reason });
  }

  #answerTo(kind: EntryKind, outcome: EntryOutcome): ForwardAnswer {
    switch (outcome.type) {
      case 'done':
        if (kind === 'command') return this.#answerOf(outcome.index, outcome.value);
        return { type: 'done', index: outcome.index, bytes: none };
      case 'threw':
        return { type: 'threw', message: textOf(outcome.error) };
      case 'answered': {
        const { threw, index, bytes } = outcome.answer;
        if (threw) return { type: 'threw', message: decoder.decode(bytes) };
        return { type: 'done', index, bytes };
      }
      default:
        return outcome;
    }
  }

  /** The command has its effect even where its result cannot be written down. */
  #answerOf(index: number, value: unknown): ForwardAnswer {
    try {
      return { type: 'done', index, bytes: this.#options.encodeValue(value) };
    } catch (error) {
      const reason = `applied at ${index}, but its result cannot be encoded: ${textOf(error)}`;
      return { type: 'unknown', reason };
    }
  }

  #query(bytes: Uint8Array, answer: (answer: ForwardAnswer) => void): void {
    const { actor, encodeValue } = this.#options;
    actor.read((refusal) => {
      if (refusal !== undefined) return answer({ type: 'notDone', reason: refusal });
      try {
        const value = encodeValue(actor.stateMachine.query?.(bytes));
        answer({ type: 'done', index: actor.lastApplied, bytes: value });
      } catch (error) {
        answer({ type: 'threw', message: textOf(error) });
      }
    });
  }
}

const none = new Uint8Array(0);
const decoder = new TextDecoder();

function closeStream({ stream, cancelClose }: Route): void {
  cancelClose?.();
  stream?.close();
}
