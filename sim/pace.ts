/**
 * The pace of a process: it does things as they come, or so much later, or, while it stands still,
 * not before it goes on.
 */
import type { Heal } from './faults/onset.js';
import { lasting, type Mattered, tell, telling } from './lasting.js';
import type { VirtualClock } from './virtualClock.js';

/**
 * What a process does by itself or hears. Also the order in which it goes on after it stood still:
 * first what it was about to say, then what its timers missed, then what has arrived meanwhile.
 */
const sorts = ['outputs', 'timers', 'inputs'] as const;

type Sort = (typeof sorts)[number];

/** What a process will do as soon as it runs, and what it comes of. */
interface Held {
  readonly run: () => void;
  readonly origin: number;
}

export class Pace {
  readonly #clock: VirtualClock;
  readonly #pauses = new Set<Mattered>();
  readonly #lateness = new Set<{ readonly extraMs: number; readonly mattered: Mattered }>();
  #held: Record<Sort, Held[]> = nothingHeld();
  /** Nothing overtakes what was late before it. */
  #lateUntilMs = 0;
  /** Counts processes: what one has not done is not done by the next. */
  #life = 0;

  constructor(clock: VirtualClock) {
    this.#clock = clock;
  }

  get isPaused(): boolean {
    return this.#pauses.size > 0;
  }

  /** It stands still from now on. */
  pause(mattered: Mattered): Heal {
    return telling(this.#pauses, mattered, () => this.#goOn());
  }

  /** It hears everything, and wakes, so much later. */
  slow(extraMs: number, mattered: Mattered): Heal {
    return lasting(this.#lateness, { extraMs, mattered }, () => {});
  }

  /** Lets it do this, when it does. */
  when(sort: Sort, run: () => void): void {
    if (this.#pauses.size > 0) return this.#hold(sort, run);
    const isLate = this.#lateness.size > 0 || this.#clock.nowMs < this.#lateUntilMs;
    if (isLate && sort !== 'outputs') this.#late(sort, run);
    else run();
  }

  /** The process is gone, and with it all that it has not done. */
  end(): void {
    this.#life++;
    this.#held = nothingHeld();
    this.#lateUntilMs = 0;
  }

  #hold(sort: Sort, run: () => void): void {
    tell(this.#pauses);
    this.#held[sort].push({ run, origin: this.#clock.origin });
  }

  #late(sort: Sort, run: () => void): void {
    const { nowMs } = this.#clock;
    let atMs = nowMs;
    for (const { extraMs, mattered } of this.#lateness) {
      atMs += extraMs;
      if (extraMs > 0) mattered();
    }
    atMs = Math.max(atMs, this.#lateUntilMs);
    if (atMs === nowMs) return run();
    this.#lateUntilMs = atMs;
    const life = this.#life;
    this.#clock.schedule(atMs - nowMs, () => {
      if (life !== this.#life) return;
      if (this.#pauses.size > 0) this.#hold(sort, run);
      else run();
    });
  }

  #goOn(): void {
    const held = this.#held;
    this.#held = nothingHeld();
    const life = this.#life;
    for (const sort of sorts) {
      for (const { run, origin } of held[sort]) {
        this.#clock.schedule(0, () => life === this.#life && run(), origin);
      }
    }
  }
}

function nothingHeld(): Record<Sort, Held[]> {
  return { outputs: [], timers: [], inputs: [] };
}
