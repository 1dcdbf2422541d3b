/** What is wrong with the disk of one machine: it is slow, hangs, fails, or is full. */
import type { SectorDisk } from './disk.js';
import type { DiskOperation } from './diskRules.js';
import type { Heal } from './faults/onset.js';
import { lasting, type Mattered, tell, telling } from './lasting.js';
import type { VirtualClock } from './virtualClock.js';

export class DiskTroubles {
  readonly #clock: VirtualClock;
  /** How long the next sync takes if nothing is wrong, ms. */
  readonly #syncMs: () => number;
  readonly #failures = new Set<{
    readonly operation: DiskOperation;
    readonly mattered: Mattered;
  }>();
  readonly #stalls = new Set<Mattered>();
  readonly #slowness = new Set<{ readonly extraMs: number; readonly mattered: Mattered }>();
  readonly #fillings = new Set<Mattered>();
  /** Syncs that a stalled disk holds. */
  #stalled: (() => void)[] = [];

  constructor(clock: VirtualClock, syncMs: () => number) {
    this.#clock = clock;
    this.#syncMs = syncMs;
  }

  /** Whether it takes what is written. */
  get isSound(): boolean {
    return this.#failures.size === 0 && this.#stalls.size === 0 && this.#fillings.size === 0;
  }

  get fails(): boolean {
    return this.#failures.size > 0;
  }

  /** Operations of this sort fail; `repaired` is called when none does any more. */
  fail(operation: DiskOperation, mattered: Mattered, repaired: () => void): Heal {
    return lasting(this.#failures, { operation, mattered }, repaired);
  }

  stall(mattered: Mattered): Heal {
    return telling(this.#stalls, mattered, () => {
      for (const answer of this.#stalled.splice(0)) this.sync(answer);
    });
  }

  slow(extraMs: number, mattered: Mattered): Heal {
    return lasting(this.#slowness, { extraMs, mattered }, () => {});
  }

  /** There is no room for another file, or for one to grow. */
  fill(disk: SectorDisk, mattered: Mattered): Heal {
    disk.capacityBytes = 0;
    disk.onFull = () => tell(this.#fillings);
    return telling(this.#fillings, mattered, () => {
      disk.capacityBytes = Number.POSITIVE_INFINITY;
    });
  }

  /** Answers a sync when the disk does. */
  sync(answer: () => void): void {
    if (this.#stalls.size > 0) {
      tell(this.#stalls);
      this.#stalled.push(answer);
      return;
    }
    let ms = this.#syncMs();
    for (const { extraMs, mattered } of this.#slowness) {
      ms += extraMs;
      if (extraMs > 0) mattered();
    }
    this.#clock.schedule(ms, answer);
  }

  /** Why an operation fails; undefined: it does not. */
  failureOf(kind: DiskOperation): Error | undefined {
    let error: Error | undefined;
    for (const { operation, mattered } of this.#failures) {
      if (operation !== kind) continue;
      mattered();
      error ??= Object.assign(new Error(`the ${kind} failed`), { code: 'EIO' });
    }
    return error;
  }

  /** The process is gone, and waits for nothing. */
  end(): void {
    this.#stalled = [];
  }
}
