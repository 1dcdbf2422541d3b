/**
 * Calls and returns of done operations in the order of time, as a list from which an operation is
 * taken when it takes effect, and into which it is put back when the search turns round.
 */

/** When an operation ran, ms. */
export interface Span {
  readonly called: number;
  readonly returned: number;
}

/** Operations are numbered as given; a place is a position in the order of time, from 1 on. */
export class Timeline {
  /** By place: the operation. */
  readonly #operations: Int32Array;
  readonly #isReturn: Uint8Array;
  readonly #next: Int32Array;
  readonly #previous: Int32Array;
  /** By operation: the places of its call and its return. */
  readonly #calls: Int32Array;
  readonly #returns: Int32Array;
  readonly #times: Float64Array;

  constructor(spans: readonly Span[]) {
    const size = 2 * spans.length + 2;
    this.#operations = new Int32Array(size).fill(-1);
    this.#isReturn = new Uint8Array(size).fill(1, size - 1);
    this.#next = new Int32Array(size).map((_, place) => place + 1);
    this.#previous = new Int32Array(size).map((_, place) => place - 1);
    this.#calls = new Int32Array(spans.length);
    this.#returns = new Int32Array(spans.length);
    this.#times = new Float64Array(size).fill(Number.POSITIVE_INFINITY, size - 1);
    const times = (place: number) => {
      const { called, returned } = spans[place >>> 1]!;
      return place & 1 ? returned : called;
    };
    // At equal times calls come first: what meets in one instant overlaps.
    const events = Int32Array.from({ length: 2 * spans.length }, (_, event) => event);
    events.sort((a, b) => times(a) - times(b) || (a & 1) - (b & 1) || a - b);
    for (const [i, event] of events.entries()) this.#put(i + 1, event, times(event));
  }

  #put(place: number, event: number, time: number): void {
    const operation = event >>> 1;
    this.#operations[place] = operation;
    this.#isReturn[place] = event & 1;
    this.#times[place] = time;
    (event & 1 ? this.#returns : this.#calls)[operation] = place;
  }

  /** The place behind all others. It passes for a return that never comes. */
  get end(): number {
    return this.#next.length - 1;
  }

  /** The first place that is left; the end if none is. */
  get first(): number {
    return this.#next[0]!;
  }

  next(place: number): number {
    return this.#next[place]!;
  }

  isReturn(place: number): boolean {
    return this.#isReturn[place] === 1;
  }

  /** The operation that is called or returns at a place; -1 at the end. */
  operationAt(place: number): number {
    return this.#operations[place]!;
  }

  placeOfCall(operation: number): number {
    return this.#calls[operation]!;
  }

  /** The place of the first return that is left: what is called behind it has to wait for it. */
  firstReturn(): number {
    let place = this.first;
    while (!this.isReturn(place)) place = this.#next[place]!;
    return place;
  }

  /** Whether something called at a time may take effect while nothing before a place is left. */
  isCalledBefore(called: number, place: number): boolean {
    return called <= this.#times[place]!;
  }

  take(operation: number): void {
    this.#unlink(this.#calls[operation]!);
    this.#unlink(this.#returns[operation]!);
  }

  /** Only in the opposite order of {@link Timeline.take}. */
  putBack(operation: number): void {
    this.#link(this.#returns[operation]!);
    this.#link(this.#calls[operation]!);
  }

  #unlink(place: number): void {
    this.#next[this.#previous[place]!] = this.#next[place]!;
    this.#previous[this.#next[place]!] = this.#previous[place]!;
  }

  #link(place: number): void {
    this.#next[this.#previous[place]!] = place;
    this.#previous[this.#next[place]!] = place;
  }
}
