/**
 * Watches over the disk of a server: whether it has room, and whether it answers in time. A disk
 * that is full is asked again every so often; one whose write hangs is *stalled* until it answers.
 */
import type { DiskCondition } from '../machines/context.js';
import type { Cancel, Clock } from './clock.js';

export interface DiskWatchOptions {
  readonly clock: Clock;
  /** A write that takes longer means that the disk is stalled, ms. */
  readonly stallMs: number;
  /** Asks the store to look for room again. */
  readonly findRoom: () => void;
  readonly changed: (disk: DiskCondition) => void;
}

/** How often a full disk is asked again, ms. */
const roomRetryMs = 1_000;

export class DiskWatch {
  readonly #options: DiskWatchOptions;
  /** Writes that are not durable. */
  #outstanding = 0;
  /** When the oldest of them began to be the next, monotonic ms. */
  #sinceMs = 0;
  #isStalled = false;
  #hasRoom = true;
  #isStopped = false;
  #disk: DiskCondition = 'ok';
  #cancelCheck: Cancel | undefined;
  #cancelRetry: Cancel | undefined;

  constructor(options: DiskWatchOptions) {
    this.#options = options;
  }

  get condition(): DiskCondition {
    return this.#disk;
  }

  wrote(number: number): void {
    if (this.#outstanding === 0) this.#sinceMs = this.#options.clock.monotonicMs();
    this.#outstanding = number;
    if (this.#cancelCheck === undefined) this.#checkIn(this.#options.stallMs);
  }

  /** Every write up to `number` is durable. */
  persisted(number: number): void {
    if (number >= this.#outstanding) this.#outstanding = 0;
    else this.#sinceMs = this.#options.clock.monotonicMs();
    this.#isStalled = false;
    this.#tell();
  }

  room(hasRoom: boolean): void {
    if (this.#isStopped) return;
    this.#hasRoom = hasRoom;
    this.#cancelRetry?.();
    this.#cancelRetry = hasRoom
      ? undefined
      : this.#options.clock.schedule(roomRetryMs, () => this.#options.findRoom());
    this.#tell();
  }

  stop(): void {
    this.#isStopped = true;
    this.#cancelCheck?.();
    this.#cancelRetry?.();
  }

  /** Comes back for as long as anything is under way. */
  #check(): void {
    this.#cancelCheck = undefined;
    if (this.#outstanding === 0) return;
    const { clock, stallMs } = this.#options;
    const waitedMs = clock.monotonicMs() - this.#sinceMs;
    this.#isStalled = waitedMs >= stallMs;
    const leftMs = this.#isStalled ? stallMs : stallMs - waitedMs;
    this.#checkIn(leftMs);
    this.#tell();
  }

  /** What the disk has answered while the process itself stood still is heard first. */
  #checkIn(ms: number): void {
    const { clock } = this.#options;
    this.#cancelCheck = clock.schedule(ms, () =>
      clock.defer(() => {
        if (!this.#isStopped) this.#check();
      }),
    );
  }

  #tell(): void {
    const disk = !this.#hasRoom ? 'full' : this.#isStalled ? 'stalled' : 'ok';
    if (disk === this.#disk) return;
    this.#disk = disk;
    this.#options.changed(disk);
  }
}
