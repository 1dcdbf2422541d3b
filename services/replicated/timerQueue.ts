/**
 * The timers of all instances, the one that is due first in front: by time, and then by number, so
 * that the order is the same on every server, however its queue was filled.
 *
 * A binary heap that knows the place of each timer by its number, so that one that is cancelled
 * leaves at once, and the queue is never longer than the timers that there are.
 */
import type { Instance, Timer } from './instance.js';

/** A timer, and whose it is. */
export interface Pending {
  readonly address: string;
  readonly timer: Timer;
}

export class TimerQueue {
  readonly #heap: Pending[] = [];
  readonly #places = new Map<number, number>();

  get length(): number {
    return this.#heap.length;
  }

  /** What is due first. */
  get earliest(): Pending | undefined {
    return this.#heap[0];
  }

  /** The timers of an instance were those of `before`, and are those of `after`. */
  change(before: Instance | undefined, after: Instance | undefined): void {
    const had = before?.timers ?? [];
    const has = after?.timers ?? [];
    if (had === has) return;
    for (const timer of had) if (!has.includes(timer)) this.#remove(timer);
    for (const timer of has) {
      if (!this.#places.has(timer.number)) this.#add({ address: after!.address, timer });
    }
  }

  #add(pending: Pending): void {
    this.#heap.push(pending);
    this.#moveUp(pending, this.#heap.length - 1);
  }

  #remove({ number }: Timer): void {
    const place = this.#places.get(number);
    if (place === undefined) return;
    this.#places.delete(number);
    const last = this.#heap.pop()!;
    if (last.timer.number === number) return;
    const above = this.#heap[(place - 1) >> 1];
    if (place > 0 && isBefore(last, above!)) this.#moveUp(last, place);
    else this.#moveDown(last, place);
  }

  #moveUp(pending: Pending, from: number): void {
    let place = from;
    while (place > 0) {
      const above = (place - 1) >> 1;
      const parent = this.#heap[above]!;
      if (isBefore(parent, pending)) break;
      this.#put(parent, place);
      place = above;
    }
    this.#put(pending, place);
  }

  #moveDown(pending: Pending, from: number): void {
    let place = from;
    for (;;) {
      const left = 2 * place + 1;
      const [leftChild, rightChild] = [this.#heap[left], this.#heap[left + 1]];
      if (leftChild === undefined) break;
      const isRight = rightChild !== undefined && isBefore(rightChild, leftChild);
      const child = isRight ? rightChild : leftChild;
      if (isBefore(pending, child)) break;
      this.#put(child, place);
      place = isRight ? left + 1 : left;
    }
    this.#put(pending, place);
  }

  #put(pending: Pending, place: number): void {
    this.#heap[place] = pending;
    this.#places.set(pending.timer.number, place);
  }
}

function isBefore({ timer: one }: Pending, { timer: other }: Pending): boolean {
  return one.dueMs < other.dueMs || (one.dueMs === other.dueMs && one.number < other.number);
}
