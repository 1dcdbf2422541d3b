/**
 * A connection of the simulated network, as a socket is one: requests flow from its dialer, answers
 * to it, as bytes through the codec that ships, in order either way. Nothing on it is lost or
 * doubled; it is late, or it ends: when an end dies or closes it, when its link is cut for long, or
 * by chance while messages get lost. Then what has no answer is *unknown*.
 */
import { ByteWriter } from '../actors/bytes.js';
import {
  decodeAnswer,
  decodeRequest,
  encodeAnswer,
  encodeRequest,
} from '../actors/forwardFormat.js';
import { answers, PendingAnswers, type TakeAnswer } from '../actors/pendingAnswers.js';
import type {
  ForwardAnswer,
  Forwarded,
  ForwardRequest,
  ForwardStream,
} from '../actors/transport.js';
import { draw, purposes } from './chance.js';
import type { VirtualClock } from './virtualClock.js';
import type { Weather } from './weather.js';

/** What is sent arrives after so long, and up to one ms more. */
const latencyMs = 1;
/** What does not get through is sent again after so long, */
const resendMs = 20;
/** and for so long; then the connection is over. */
const cutMs = 200;

/** One end: a process, or a client. */
export interface ConnectionEnd {
  /** Whether it still runs and listens. */
  readonly isOpen: boolean;
  /** Lets it hear of something, when it can. */
  hear(run: () => void): void;
}

export interface ConnectionOptions {
  readonly clock: VirtualClock;
  readonly weather: Weather;
  readonly seed: number;
  /** Names it among all connections of a run: chance depends on it. */
  readonly key: readonly [link: number, count: number];
  readonly from: ConnectionEnd;
  readonly to: ConnectionEnd;
  /** Beside which servers the ends stand: what cuts those off cuts it, too. */
  readonly between: readonly [from: number, to: number];
  /** The term of the leader that it is meant for; 0: whoever leads. */
  readonly term: number;
  /** A request has arrived. False: nobody takes any. */
  readonly arrived: (request: Forwarded) => boolean;
  /** Nothing will come of it any more; told to a dialer that has not closed it itself. */
  readonly ended?: (() => void) | undefined;
}

/** What is under way in one direction, in order. */
interface Direction {
  readonly from: number;
  readonly to: number;
  readonly end: ConnectionEnd;
  readonly take: (bytes: Uint8Array) => void;
  readonly queue: Uint8Array[];
  lastMs: number;
  cutSinceMs: number | undefined;
}

export class Connection implements ForwardStream {
  readonly #options: ConnectionOptions;
  readonly #pending = new PendingAnswers();
  readonly #there: Direction;
  readonly #back: Direction;
  #messages = 0;
  #isOver: boolean;
  /** Its dialer wants nothing of it any more; what it has sent still arrives. */
  #isClosed = false;

  constructor(options: ConnectionOptions) {
    const { from, to, between } = options;
    this.#options = options;
    this.#isOver = !to.isOpen;
    const begin = { lastMs: 0, cutSinceMs: undefined };
    this.#there = {
      from: between[0],
      to: between[1],
      end: to,
      queue: [],
      ...begin,
      take: (bytes) => this.#arrive(bytes),
    };
    this.#back = {
      from: between[1],
      to: between[0],
      end: from,
      queue: [],
      ...begin,
      take: (bytes) => this.#answered(bytes),
    };
  }

  request(request: ForwardRequest, answer: TakeAnswer): void {
    if (this.#isOver || this.#isClosed) {
      const { clock, from } = this.#options;
      clock.schedule(latencyMs, () => from.isOpen && from.hear(() => answer(answers.notConnected)));
      return;
    }
    const writer = new ByteWriter();
    encodeRequest(writer, this.#pending.add(answer), this.#options.term, request);
    this.#send(this.#there, writer.finish().slice());
  }

  close(): void {
    this.#isClosed = true;
    this.#pending.settleAll(answers.streamEnded);
  }

  /** One of its ends is gone, or the link: a dialer that is still there is told. */
  end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    const { clock, from, ended } = this.#options;
    clock.schedule(latencyMs, () => {
      if (!from.isOpen) return;
      from.hear(() => {
        if (!this.#isClosed) ended?.();
        this.#pending.settleAll(answers.streamEnded);
      });
    });
  }

  #send(direction: Direction, bytes: Uint8Array): void {
    const { clock, seed, weather, key } = this.#options;
    const drawn = draw(seed, purposes.connection, ...key, ++this.#messages);
    const { from, to } = direction;
    const strain = { from, to, drawn, isBroken: false, extraMs: 0 };
    weather.strain(strain);
    if (strain.isBroken) return this.end();
    const atMs = clock.nowMs + latencyMs + (drawn % 16) / 16 + strain.extraMs;
    direction.lastMs = Math.max(direction.lastMs, atMs);
    direction.queue.push(bytes);
    clock.schedule(direction.lastMs - clock.nowMs, () => this.#pass(direction));
  }

  /** The next message gets through, or is sent again, or the connection is over. */
  #pass(direction: Direction): void {
    if (this.#isOver) return;
    const { clock, weather } = this.#options;
    const { from, to, end } = direction;
    if (!end.isOpen) return this.end();
    if (from === to || !weather.stops(from, to)) {
      direction.cutSinceMs = undefined;
      if (from !== to && weather.holds(from, to, () => this.#pass(direction))) return;
      end.hear(() => direction.take(direction.queue.shift()!));
      return;
    }
    direction.cutSinceMs ??= clock.nowMs;
    if (clock.nowMs - direction.cutSinceMs >= cutMs) return this.end();
    clock.schedule(resendMs, () => this.#pass(direction));
  }

  #arrive(bytes: Uint8Array): void {
    if (!this.#options.to.isOpen) return;
    const { id, term, ...request } = decodeRequest(bytes);
    const answer = (given: ForwardAnswer) => this.#answer(id, given);
    const forwarded = { ...request, term: term === 0 ? undefined : term, answer };
    if (!this.#options.arrived(forwarded)) answer(answers.nobodyListens);
  }

  #answer(id: number, answer: ForwardAnswer): void {
    if (this.#isOver || !this.#options.to.isOpen) return;
    const writer = new ByteWriter();
    encodeAnswer(writer, id, answer);
    this.#send(this.#back, writer.finish().slice());
  }

  #answered(bytes: Uint8Array): void {
    const { id, answer } = decodeAnswer(bytes);
    if (this.#options.from.isOpen) this.#pending.settle(id, answer);
  }
}
