/**
 * Drops what the newest snapshot covers: whole segments, the oldest first, then the older
 * snapshots. One removal at a time, each durable before the next, so that a crash between any two
 * leaves a log without holes.
 */
import { type Disk, isLackOfRoom } from './disk.js';
import { segmentName } from './walFormat.js';
import type { WalSegments } from './walSegments.js';
import type { WalSnapshots } from './walSnapshots.js';

export class WalCompaction {
  readonly #disk: Disk;
  readonly #segments: WalSegments;
  readonly #snapshots: WalSnapshots;
  readonly #fail: (error: Error) => void;
  /** Entries up to here may go, as far as the newest snapshot covers them. */
  #index = 0;
  #isRemoving = false;
  #isStopped = false;
  #whenIdle: (() => void) | undefined;

  constructor(
    disk: Disk,
    segments: WalSegments,
    snapshots: WalSnapshots,
    fail: (error: Error) => void,
  ) {
    this.#disk = disk;
    this.#segments = segments;
    this.#snapshots = snapshots;
    this.#fail = fail;
  }

  /** See `LogStore.compact`. */
  compact(index: number): void {
    if (index > this.#index) this.#index = index;
    this.proceed();
  }

  /** Removes the next thing that can go, unless something is being removed. */
  proceed(): void {
    if (this.#isRemoving || this.#isStopped || this.#index === 0) return;
    const covered = Math.min(this.#index, this.#snapshots.newest?.index ?? 0);
    const segment = this.#segments.droppable(covered);
    const older = this.#snapshots.superfluous;
    if (segment === undefined && older === undefined) return;
    this.#isRemoving = true;
    if (segment === undefined)
      return this.#snapshots.remove(older!, (error) => this.#removed(error));
    this.#disk.remove(segmentName(segment.number), (error) => {
      if (error === undefined) this.#segments.dropped();
      this.#removed(error);
    });
  }

  /** Begins no further removal; answers when none is on its way. */
  stop(done: () => void): void {
    this.#isStopped = true;
    if (this.#isRemoving) this.#whenIdle = done;
    else done();
  }

  #removed(error: Error | undefined): void {
    this.#isRemoving = false;
    if (this.#isStopped) return this.#whenIdle?.();
    // There are file systems that need room for removing; then the next compaction tries again.
    if (error !== undefined && isLackOfRoom(error)) return;
    if (error !== undefined) return this.#fail(error);
    this.#segments.retry();
    this.proceed();
  }
}
