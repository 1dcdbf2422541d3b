/**
 * Complaints about others, said once: a server that cannot be reached is tried again every second,
 * and whoever reads the log wants to know when that began, not how often it was tried.
 */

const reasonsMax = 8;
const othersMax = 256;

/** Says each thing about each server once. */
export class Refusals {
  readonly #say: (other: string, reason: string) => void;
  readonly #said = new Map<string, Set<string>>();

  constructor(say: (other: string, reason: string) => void) {
    this.#say = say;
  }

  /**
   * Says `reason`, unless it was said about `other` since that was last forgotten. At most 8
   * reasons about each of the latest 256 others are kept; a further reason is not said at all, so
   * that nobody can fill a log.
   */
  add(other: string, reason: string): void {
    const reasons = this.#said.get(other) ?? new Set();
    if (reasons.has(reason) || reasons.size >= reasonsMax) return;
    reasons.add(reason);
    if (reasons.size === 1) this.#keep(other, reasons);
    this.#say(other, reason);
  }

  /** All is well with `other`: from now on everything is worth saying again. */
  forget(other: string): void {
    this.#said.delete(other);
  }

  #keep(other: string, reasons: Set<string>): void {
    if (this.#said.size >= othersMax) this.#said.delete(this.#said.keys().next().value!);
    this.#said.set(other, reasons);
  }
}
