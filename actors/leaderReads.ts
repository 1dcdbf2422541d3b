/**
 * Linearizable reads at a leader, and the time of the log that they need: what is due by the
 * leader's clock is brought about by a tick before a read is answered, and without one when nobody
 * writes.
 */
import { type Proposal, proposal } from '../machines/entry.js';
import type { BytesStateMachine } from './bytesStateMachine.js';
import type { Cancel, Clock } from './clock.js';
import { notDone, type Settle } from './outcome.js';
import { type ReadDone, ReadQueue } from './readQueue.js';

export interface LeaderReadsOptions {
  readonly stateMachine: BytesStateMachine;
  readonly clock: Clock;
  readonly isLeader: () => boolean;
  /** Answers whether it was appended. */
  readonly propose: (what: Proposal, settle: Settle) => boolean;
  /** Runs what a timer has to do, where errors are caught. */
  readonly guarded: (run: () => void) => void;
}

/** A timer of the platform holds no more than 2^31 ms; a longer wait looks at the clock again. */
const tickWaitMaxMs = 2 ** 30;

export class LeaderReads {
  readonly queue = new ReadQueue();
  readonly #options: LeaderReadsOptions;
  /** When a tick is looked into next, by the monotonic clock. */
  #tick: { readonly atMs: number; readonly cancel: Cancel } | undefined;

  constructor(options: LeaderReadsOptions) {
    this.#options = options;
  }

  /** Answers what may be answered from a state at `lastApplied`. */
  answer(lastApplied: number): void {
    const ready = this.queue.takeReady(lastApplied);
    if (ready.length === 0) return;
    if (this.#isDue()) this.#tickFirst(ready);
    else for (const read of ready) read(undefined);
  }

  /** A leader that nobody writes to still lets log time pass when something is due by it. */
  tickWhenDue(): void {
    const { stateMachine, clock, isLeader, guarded, propose } = this.#options;
    const dueMs = stateMachine.dueMs?.();
    if (dueMs === undefined) return this.#cancelTick();
    const waitMs = Math.min(Math.max(dueMs - clock.wallMs(), 1), tickWaitMaxMs);
    const atMs = clock.monotonicMs() + waitMs;
    // Each entry asks anew: what is due must not be put off for as long as there are entries.
    if (this.#tick !== undefined && this.#tick.atMs <= atMs) return;
    this.#cancelTick();
    const cancel = clock.schedule(waitMs, () => {
      this.#tick = undefined;
      if (!isLeader()) return;
      guarded(() => {
        if (this.#isDue()) propose(proposal('tick'), () => {});
        else this.tickWhenDue();
      });
    });
    this.#tick = { atMs, cancel };
  }

  #cancelTick(): void {
    this.#tick?.cancel();
    this.#tick = undefined;
  }

  /** This server leads no more. */
  leave(reason: string, commitIndex: number): void {
    this.queue.refuse(reason, commitIndex);
    this.#cancelTick();
  }

  /** This server stops. */
  stop(reason: string): void {
    this.#cancelTick();
    this.queue.refuse(reason);
  }

  #tickFirst(ready: readonly ReadDone[]): void {
    const answerAll: Settle = ({ type }) => {
      for (const read of ready)
        read(type === 'done' ? undefined : 'the read met a change of leader');
    };
    if (!this.#options.propose(proposal('tick'), answerAll)) answerAll(notDone('no leader'));
  }

  #isDue(): boolean {
    const { stateMachine, clock } = this.#options;
    const dueMs = stateMachine.dueMs?.();
    return dueMs !== undefined && dueMs <= clock.wallMs();
  }
}
