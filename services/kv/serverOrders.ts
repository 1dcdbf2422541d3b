/** What a server is told to do by whoever operates it, and how that went. */
import type { Clock } from '../../actors/clock.js';
import type { RaftEvent } from '../../actors/raftEvents.js';
import type { ServerActor } from '../../actors/serverActor.js';
import type { ServerId } from '../../machines/entry.js';

/** Called once, with why it did not come about if it did not. */
export type OrderDone = (error: Error | undefined) => void;

/** How an order stands: not decided, done, or failed for a reason. */
type End = undefined | 'done' | Error;

export class ServerOrders {
  readonly #actor: ServerActor;
  readonly #clock: Clock;
  /** A transfer that has not come to its end by then never will, ms. */
  readonly #transferMsMax: number;
  #snapshotError: string | undefined;

  constructor(actor: ServerActor, clock: Clock, electionTimeoutMaxMs: number) {
    this.#actor = actor;
    this.#clock = clock;
    this.#transferMsMax = 2 * electionTimeoutMaxMs;
    actor.events$.subscribe((event) => {
      if (hasFailed(event)) this.#snapshotError = event.error.message;
      if (event.type === 'snapshotTaken') this.#snapshotError = undefined;
    });
  }

  /** Why the latest snapshot could not be had; undefined if it could. */
  get snapshotError(): string | undefined {
    return this.#snapshotError;
  }

  /** Begins to hand leadership over; answers why it cannot even be tried. */
  beginTransfer(to: ServerId | undefined): string | undefined {
    const actor = this.#actor;
    if (!actor.isLeader) {
      const { leaderId } = actor;
      const who = leaderId === undefined ? 'and nobody else is known to' : `${leaderId} does`;
      return `server ${actor.id} does not lead, ${who}`;
    }
    const { transferTo } = actor.status();
    if (transferTo !== undefined && (to === undefined || to === transferTo)) return undefined;
    if (transferTo !== undefined) {
      return `server ${actor.id} is handing leadership over to ${transferTo} already`;
    }
    return actor.transferLeadership(to);
  }

  /**
   * Hands leadership over, and answers once another server leads, as far as this one knows: it has
   * given its vote by then. Bounded by two election timeouts.
   */
  transfer(to: ServerId | undefined, done: OrderDone): void {
    const { id } = this.#actor;
    const end = this.#watch(done, (event): End => {
      if (event.type === 'transferAborted') {
        return new Error(`server ${event.to} did not take over in time; ${id} leads on`);
      }
      if (event.type === 'leadershipLost' && event.reason === 'noQuorum') {
        return new Error(`server ${id} leads no more: too few of the others answered`);
      }
      if (event.type !== 'changed') return undefined;
      const { leaderId } = event.status;
      return leaderId === undefined || leaderId === id ? undefined : 'done';
    });
    const refusal = this.beginTransfer(to);
    if (refusal !== undefined) return end(new Error(refusal));
    end.after(this.#transferMsMax, 'no other server leads yet');
  }

  /** Begins a snapshot of the state; answers why that cannot be. */
  beginSnapshot(): string | undefined {
    const { id, lastApplied, snapshotIndex, role } = this.#actor.status();
    if (role !== 'stopped' && lastApplied === 0) return `server ${id} has applied nothing yet`;
    // It would be the same once more, under the same name.
    if (role !== 'stopped' && snapshotIndex >= lastApplied) return undefined;
    const refusal = this.#actor.takeSnapshot();
    if (refusal === undefined) this.#snapshotError = undefined;
    return refusal;
  }

  /** Takes a snapshot, and answers once one is in place that covers all that is applied now. */
  snapshot(done: OrderDone): void {
    const wanted = this.#actor.lastApplied;
    const end = this.#watch(done, (event): End => {
      if (hasFailed(event)) return event.error;
      return event.type === 'snapshotTaken' && event.index >= wanted ? 'done' : undefined;
    });
    const refusal = this.beginSnapshot();
    if (refusal !== undefined) end(new Error(refusal));
    else if (this.#actor.status().snapshotIndex >= wanted) end(undefined);
  }

  /** Asks each event whether it is the end. */
  #watch(done: OrderDone, endOf: (event: RaftEvent) => End): EndOrder {
    let isOver = false;
    let cancel = () => {};
    const order = (error: Error | undefined): void => {
      if (isOver) return;
      isOver = true;
      cancel();
      watching.unsubscribe();
      done(error);
    };
    const watching = this.#actor.events$.subscribe({
      next: (event) => {
        const end = event.type === 'failed' ? event.error : endOf(event);
        if (end !== undefined) order(end === 'done' ? undefined : end);
      },
      complete: () => order(new Error(`server ${this.#actor.id} stopped`)),
    });
    return Object.assign(order, {
      after: (ms: number, reason: string) => {
        if (!isOver) cancel = this.#clock.schedule(ms, () => order(new Error(reason)));
      },
    });
  }
}

/** Ends an order, once; now, or after a time unless it has ended by then. */
interface EndOrder {
  (error: Error | undefined): void;
  after(ms: number, reason: string): void;
}

/** Whether a snapshot of this server's own state could not be written. */
function hasFailed(event: RaftEvent): event is Extract<RaftEvent, { type: 'snapshotFailed' }> {
  return event.type === 'snapshotFailed' && event.during === 'taking';
}
