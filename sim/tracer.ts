/** Tells whoever traces a run what happens in it. Costs next to nothing while nobody does. */
import type { Step } from '../actors/serverActor.js';
import type { ServerId } from '../machines/entry.js';
import { roleOf } from '../machines/server.js';
import type { Fault } from './fault.js';
import type { Operation } from './run.js';
import type { GuardAnswer, TraceEvent } from './trace.js';
import type { VirtualClock } from './virtualClock.js';

/** An event without what the tracer knows itself. */
type Untimed<E> = E extends TraceEvent ? Omit<E, 'number' | 'cause' | 'at'> : never;

export class Tracer {
  readonly #clock: VirtualClock;
  readonly #listener: ((event: TraceEvent) => void) | undefined;
  #events = 0;
  /** What guards have said since the last step. */
  readonly #guards: GuardAnswer[] = [];

  constructor(clock: VirtualClock, listener: ((event: TraceEvent) => void) | undefined) {
    this.#clock = clock;
    this.#listener = listener;
  }

  guard(answer: GuardAnswer): void {
    this.#guards.push(answer);
  }

  stepped(server: ServerId, { event, after }: Step): void {
    const cause = this.#happens();
    if (this.#listener === undefined) return;
    const { currentTerm, votedFor, log, commitIndex } = after.context;
    const guards = this.#guards.splice(0);
    this.#tell(cause, {
      type: 'step',
      server,
      event: event?.type ?? 'Restart',
      ...(event !== undefined && 'from' in event && { from: event.from }),
      role: roleOf(after),
      term: currentTerm,
      ...(votedFor !== undefined && { votedFor }),
      lastIndex: log.lastIndex,
      commitIndex,
      ...(guards.length > 0 && { guards }),
    });
  }

  lost(from: ServerId, to: ServerId, event: string): void {
    // Nothing comes of it.
    this.#events++;
    this.#tell(this.#clock.origin, { type: 'lost', from, to, event });
  }

  fault(type: 'fault' | 'healed', count: number, fault: Fault, server: ServerId | undefined): void {
    const cause = this.#happens();
    this.#tell(cause, { type, count, fault, ...(server !== undefined && { server }) });
  }

  asked(operation: number, { client, input }: Operation): void {
    const cause = this.#happens();
    this.#tell(cause, { type: 'asked', client, operation, ...(input !== undefined && { input }) });
  }

  settled(operation: number, { client, output, outcome }: Operation): void {
    const answer = output === undefined ? {} : { output };
    this.#events++;
    this.#tell(this.#clock.origin, { type: 'settled', client, operation, outcome, ...answer });
  }

  /** An event that others come of. Answers what it came of itself. */
  #happens(): number {
    const cause = this.#clock.origin;
    this.#clock.origin = ++this.#events;
    return cause;
  }

  #tell(cause: number, event: Untimed<TraceEvent>): void {
    if (this.#listener === undefined) return;
    const at = this.#clock.nowMs;
    this.#listener({ number: this.#events, cause, at, ...event } as TraceEvent);
  }
}
