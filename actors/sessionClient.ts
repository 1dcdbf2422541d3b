/**
 * A client of a cluster, at the level of bytes and callbacks: joins the statechart of a client
 * (`machines/client.ts`) to a clock and to whatever takes its requests to a leader.
 */

import type { clientMachine } from '../machines/client.js';
import type {
  CallOutcome,
  ClientEffect,
  ClientEvent,
  ClientSettings,
} from '../machines/clientContext.js';
import { type ClientStepper, createClientStepper } from '../machines/clientStepper.js';
import type { Cancel, Clock } from './clock.js';
import type { ForwardAnswer, ForwardRequest } from './transport.js';

/**
 * The way to the leader, whoever that is. It takes calls in the order in which they are to be sent,
 * answers each at most once, inside the call or later, and throws nothing. *Not done* must be
 * certain: no copy of that very call has an effect, now or later. Everything else that is no answer
 * is *unknown*, or silence.
 */
export interface RequestPort {
  request(what: ForwardRequest, done: (answer: ForwardAnswer) => void): void;
}

export interface SessionClientOptions {
  readonly port: RequestPort;
  readonly clock: Clock;
  readonly settings?: Partial<ClientSettings> | undefined;
  /** Another machine in place of the client's: one that tells of its steps, or a mutant. */
  readonly machine?: typeof clientMachine | undefined;
}

/** Whoever asked; called once, and throws nothing. */
export type TakeOutcome = (outcome: CallOutcome) => void;

export class SessionClient {
  readonly #port: RequestPort;
  readonly #clock: Clock;
  readonly #stepper: ClientStepper;
  readonly #waiting = new Map<number, TakeOutcome>();
  readonly #events: ClientEvent[] = [];
  #isStepping = false;
  #number = 0;
  #wakeMs = Number.POSITIVE_INFINITY;
  #cancelWake: Cancel | undefined;
  #stopped: (() => void)[] | undefined;
  #isStopped = false;

  constructor({ port, clock, settings, machine }: SessionClientOptions) {
    this.#port = port;
    this.#clock = clock;
    this.#stepper = createClientStepper(settings, machine);
  }

  /**
   * Has a command applied exactly once, or a query answered at a linearizable point. Commands are
   * sent in the order in which they were asked for. `done` is called once, within `timeoutMs` or
   * about then. Answers a number, to `abort` by.
   */
  ask(kind: 'command' | 'query', bytes: Uint8Array, timeoutMs: number, done: TakeOutcome): number {
    const number = ++this.#number;
    this.#waiting.set(number, done);
    this.#tell({ type: 'ask', number, kind, bytes, timeoutMs, atMs: this.#nowMs() });
    return number;
  }

  /** Ends a request: *not done* if it certainly has no effect, else *unknown*. */
  abort(number: number): void {
    this.#tell({ type: 'abort', number, atMs: this.#nowMs() });
  }

  /**
   * Ends all requests, closes the session if one is open, and answers when nothing is left: after
   * `patienceMs` at the latest. Idempotent.
   */
  stop(done: () => void): void {
    if (this.#isStopped) return done();
    this.#stopped?.push(done);
    if (this.#stopped !== undefined) return;
    this.#stopped = [done];
    this.#tell({ type: 'stop', atMs: this.#nowMs() });
  }

  #nowMs(): number {
    return this.#clock.monotonicMs();
  }

  /** One event after another: a port may answer inside its call, and an answer may ask again. */
  #tell(event: ClientEvent): void {
    this.#events.push(event);
    if (this.#isStepping) return;
    this.#isStepping = true;
    try {
      for (let next = this.#events.shift(); next !== undefined; next = this.#events.shift())
        for (const effect of this.#stepper.step(next)) this.#perform(effect);
    } finally {
      this.#isStepping = false;
    }
  }

  #perform(effect: ClientEffect): void {
    switch (effect.type) {
      case 'send': {
        const { number, attempt, call } = effect;
        return this.#port.request(call, (answer) =>
          this.#tell({ type: 'answered', number, attempt, answer, atMs: this.#nowMs() }),
        );
      }
      case 'settle': {
        const done = this.#waiting.get(effect.number);
        this.#waiting.delete(effect.number);
        return done?.(effect.outcome);
      }
      case 'wakeBy':
        return this.#wakeBy(effect.atMs);
      default:
        return this.#end();
    }
  }

  /** One timer, for the earliest time that was asked for. */
  #wakeBy(atMs: number): void {
    if (atMs >= this.#wakeMs) return;
    this.#cancelWake?.();
    this.#wakeMs = atMs;
    this.#cancelWake = this.#clock.schedule(Math.max(0, atMs - this.#nowMs()), () => {
      this.#wakeMs = Number.POSITIVE_INFINITY;
      this.#cancelWake = undefined;
      this.#tell({ type: 'wake', atMs: this.#nowMs() });
    });
  }

  #end(): void {
    this.#isStopped = true;
    this.#cancelWake?.();
    for (const done of this.#stopped ?? []) done();
  }
}
