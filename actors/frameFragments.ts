/**
 * The long message of a connection, while it arrives in fragments: in memory that grows with what
 * has arrived, never with what somebody announces.
 */
import { WireError } from './wireError.js';

/** Memory that several connections share for what has arrived in part. */
export class Allowance {
  readonly bytesMax: number;
  #taken = 0;

  constructor(bytesMax: number) {
    this.bytesMax = bytesMax;
  }

  /** Whether there was as much left; then it is taken. */
  take(bytes: number): boolean {
    if (this.#taken + bytes > this.bytesMax) return false;
    this.#taken += bytes;
    return true;
  }

  give(bytes: number): void {
    this.#taken -= bytes;
  }
}

/** Puts the fragments of one message after another together. */
export class FrameFragments {
  readonly #messageBytesMax: number;
  readonly #allowance: Allowance | undefined;
  #message = new Uint8Array(0);
  #filled = 0;

  /** `messageBytesMax`: the longest message that is let in, in bytes. */
  constructor(messageBytesMax: number, allowance?: Allowance) {
    this.#messageBytesMax = messageBytesMax;
    this.#allowance = allowance;
  }

  /**
   * Takes the next fragment. Throws a WireError for one without bytes, of which there could be any
   * number, for one that makes the message too long, and when the allowance is used up.
   */
  add(fragment: Uint8Array): void {
    if (fragment.length === 0) throw new WireError('a fragment without bytes');
    const filled = this.#filled + fragment.length;
    if (filled > this.#messageBytesMax)
      throw new WireError(
        `a message in fragments of more than the ${this.#messageBytesMax} bytes allowed`,
      );
    if (filled > this.#message.length) this.#grow(filled);
    this.#message.set(fragment, this.#filled);
    this.#filled = filled;
  }

  /** Takes the last fragment, and answers the message. Throws as `add` does. */
  end(fragment: Uint8Array): Uint8Array {
    this.add(fragment);
    const message = this.#message.subarray(0, this.#filled);
    this.drop();
    return message;
  }

  /** Forgets what has arrived, and gives back what it took. */
  drop(): void {
    this.#allowance?.give(this.#message.length);
    this.#message = new Uint8Array(0);
    this.#filled = 0;
  }

  #grow(bytesMin: number): void {
    const before = this.#message;
    const bytes = Math.min(this.#messageBytesMax, Math.max(bytesMin, before.length * 2));
    const allowance = this.#allowance;
    if (allowance?.take(bytes - before.length) === false)
      throw new WireError(
        `unfinished messages need more than the ${allowance.bytesMax} bytes left`,
      );
    this.#message = new Uint8Array(bytes);
    this.#message.set(before.subarray(0, this.#filled));
  }
}
