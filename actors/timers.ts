/**
 * The two timers of a server, over a clock.
 *
 * An election timer is restarted by every message of the leader and hardly ever fires: a restart
 * only moves the deadline, and a timer that wakes too early sleeps on. One that wakes much too late
 * (the process was stopped, or its event loop stood still) first lets in what has been waiting
 * outside, since that may well be the leader.
 */
import type { SetTimer, TimerName } from '../machines/effects.js';
import type { Cancel, Clock } from './clock.js';
import type { Random } from './random.js';

interface Timer {
  /** When it is to fire, monotonic ms; infinity when it is not set. */
  deadlineMs: number;
  /** The period it was set to. */
  periodMs: number;
  /** When the clock will wake us next; infinity when it will not. */
  wakeMs: number;
  cancel: Cancel;
}

/** A timer that is less late than this is no news, ms. */
const stallMsMin = 50;

export interface TimersListener {
  fire(timer: TimerName): void;
  /** A timer woke so late, ms, that the process must have stood still. */
  late(ms: number): void;
}

export class Timers {
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #listener: TimersListener;
  readonly #timers: Record<TimerName, Timer> = { election: unset(), heartbeat: unset() };
  #isStopped = false;

  constructor(clock: Clock, random: Random, listener: TimersListener) {
    this.#clock = clock;
    this.#random = random;
    this.#listener = listener;
  }

  set({ timer: name, minMs, maxMs }: SetTimer): void {
    if (this.#isStopped) return;
    const timer = this.#timers[name];
    const spreadMs = maxMs - minMs;
    const chanceMs = spreadMs === 0 ? 0 : this.#random.integer(spreadMs + 1, `timer.${name}`);
    timer.periodMs = minMs + chanceMs;
    timer.deadlineMs = this.#clock.monotonicMs() + timer.periodMs;
    if (timer.wakeMs > timer.deadlineMs) this.#sleep(name, timer, timer.periodMs);
  }

  clear(name: TimerName): void {
    this.#timers[name].deadlineMs = Number.POSITIVE_INFINITY;
  }

  /** Stops both, for good. */
  stop(): void {
    this.#isStopped = true;
    for (const name of ['election', 'heartbeat'] as const) {
      this.clear(name);
      this.#timers[name].cancel();
    }
  }

  #sleep(name: TimerName, timer: Timer, ms: number): void {
    timer.cancel();
    timer.wakeMs = this.#clock.monotonicMs() + ms;
    timer.cancel = this.#clock.schedule(ms, () => this.#wake(name, timer));
  }

  #wake(name: TimerName, timer: Timer): void {
    timer.wakeMs = Number.POSITIVE_INFINITY;
    const lateMs = this.#clock.monotonicMs() - timer.deadlineMs;
    if (lateMs <= timer.periodMs / 2) return this.#fireIfDue(name, timer);
    if (lateMs >= stallMsMin) this.#listener.late(lateMs);
    this.#clock.defer(() => this.#fireIfDue(name, timer));
  }

  #fireIfDue(name: TimerName, timer: Timer): void {
    if (timer.deadlineMs === Number.POSITIVE_INFINITY) return;
    const leftMs = timer.deadlineMs - this.#clock.monotonicMs();
    if (leftMs > 0) {
      if (timer.wakeMs > timer.deadlineMs) this.#sleep(name, timer, leftMs);
      return;
    }
    timer.deadlineMs = Number.POSITIVE_INFINITY;
    this.#listener.fire(name);
  }
}

function unset(): Timer {
  return {
    deadlineMs: Number.POSITIVE_INFINITY,
    periodMs: 0,
    wakeMs: Number.POSITIVE_INFINITY,
    cancel: () => {},
  };
}
