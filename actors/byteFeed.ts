/**
 * Bytes that arrive in pieces of any size, for a reader that asks for so many at a time: what the
 * readers of streams are made of.
 */

/**
 * A reader: it yields how many bytes it wants next, and is given exactly those. It has checked a
 * length that it read before it asks for so much, since memory for it is allocated then.
 */
export type WantingBytes<T> = Generator<number, T, Uint8Array>;

/** Feeds one reader. What the reader throws reaches whoever pushes, who pushes nothing after. */
export class ByteFeed<T> {
  readonly #reader: WantingBytes<T>;
  #next: IteratorResult<number, T>;
  /** What the reader wants, as far as it has come, where it came in more than one piece. */
  #held: Uint8Array | undefined;
  #heldLength = 0;
  #offset = 0;

  constructor(reader: WantingBytes<T>) {
    this.#reader = reader;
    this.#next = reader.next();
  }

  /** Bytes that the reader was given so far. */
  get offset(): number {
    return this.#offset;
  }

  /** What the reader returned, once it has. */
  get result(): T | undefined {
    return this.#next.done === true ? this.#next.value : undefined;
  }

  /**
   * Hands on `bytes`. The reader is given views of them where it can be: they must not change
   * during the call. Throws a RangeError for bytes that come after the reader's end.
   */
  push(bytes: Uint8Array): void {
    let at = 0;
    while (this.#next.done !== true) {
      const wanted = this.#next.value;
      const end = at + wanted - this.#heldLength;
      if (end > bytes.length) return this.#hold(wanted, bytes.subarray(at));
      this.#give(this.#whole(wanted, bytes.subarray(at, end)));
      at = end;
    }
    if (at < bytes.length) throw new RangeError(`${bytes.length - at} bytes after the end`);
  }

  #whole(wanted: number, last: Uint8Array): Uint8Array {
    if (this.#held === undefined) return last;
    const whole = this.#held;
    this.#hold(wanted, last);
    this.#held = undefined;
    this.#heldLength = 0;
    return whole;
  }

  #hold(wanted: number, bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    this.#held ??= new Uint8Array(wanted);
    this.#held.set(bytes, this.#heldLength);
    this.#heldLength += bytes.length;
  }

  #give(bytes: Uint8Array): void {
    this.#offset += bytes.length;
    this.#next = this.#reader.next(bytes);
  }
}
