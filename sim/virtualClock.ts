/**
 * Virtual time: a queue of what happens when. Nothing passes but from one happening to the next, so
 * that an hour of a quiet cluster takes no longer than what happens in it.
 */

/** Something that is to happen. */
export interface Happening {
  /** Virtual ms. */
  readonly at: number;
  /** Order among those of the same instant: first come, first served. */
  readonly number: number;
  /** What it came of: the clock's `origin` when it was scheduled. */
  readonly origin: number;
  run: (() => void) | undefined;
}

export class VirtualClock {
  /**
   * What is scheduled from here on comes of this: a number that means something to whoever sets it.
   * When something happens, it is again what that came of; 0 at the beginning.
   */
  origin = 0;
  #nowMs = 0;
  #number = 0;
  readonly #heap: Happening[] = [];

  /** The present, virtual ms since the beginning. */
  get nowMs(): number {
    return this.#nowMs;
  }

  /** Number of what was scheduled so far. */
  get scheduled(): number {
    return this.#number;
  }

  /** When the next thing happens, if anything does. */
  get nextMs(): number | undefined {
    this.#dropCancelled();
    return this.#heap[0]?.at;
  }

  /** Lets `run` happen `ms` from now. Its `run` may be set to undefined to take it back. */
  schedule(ms: number, run: () => void, origin = this.origin): Happening {
    const at = this.#nowMs + Math.max(0, ms);
    const happening = { at, number: ++this.#number, origin, run };
    this.#push(happening);
    return happening;
  }

  /** Lets the next thing happen. Answers whether there was one. */
  step(): boolean {
    this.#dropCancelled();
    const next = this.#pop();
    if (next === undefined) return false;
    this.#nowMs = next.at;
    this.origin = next.origin;
    next.run!();
    return true;
  }

  /** Lets all happen that happens until `ms`, and moves the present there. */
  runUntil(ms: number): void {
    for (let at = this.nextMs; at !== undefined && at <= ms; at = this.nextMs) this.step();
    this.#nowMs = Math.max(this.#nowMs, ms);
  }

  #dropCancelled(): void {
    while (this.#heap.length > 0 && this.#heap[0]!.run === undefined) this.#pop();
  }

  #push(happening: Happening): void {
    const heap = this.#heap;
    let at = heap.length;
    heap.push(happening);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (isBefore(heap[parent]!, happening)) break;
      heap[at] = heap[parent]!;
      at = parent;
    }
    heap[at] = happening;
  }

  #pop(): Happening | undefined {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    if (heap.length === 0 || last === undefined) return first;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isBefore(heap[child + 1]!, heap[child]!)) child++;
      if (isBefore(last, heap[child]!)) break;
      heap[at] = heap[child]!;
      at = child;
    }
    heap[at] = last;
    return first;
  }
}

function isBefore(a: Happening, b: Happening): boolean {
  return a.at < b.at || (a.at === b.at && a.number < b.number);
}
