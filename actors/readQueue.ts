/**
 * Linearizable reads at a leader. Those that come while a round of confirmation is under way share
 * the next one; a confirmed read waits until the state machine has applied what it must see (§8,
 * thesis §6.4).
 */

/**
 * Called with undefined when the read may be answered from the state as it is now, else with why
 * not.
 */
export type ReadDone = (refusal: string | undefined) => void;

interface Confirmed {
  readonly readIndex: number;
  readonly reads: readonly ReadDone[];
}

export class ReadQueue {
  #gathering: ReadDone[] = [];
  #asking: ReadDone[] | undefined;
  #confirmed: Confirmed[] = [];
  #batch = 0;

  add(read: ReadDone): void {
    this.#gathering.push(read);
  }

  /** The next batch to ask for, if there is one and none is under way. */
  nextBatch(): number | undefined {
    if (this.#asking !== undefined || this.#gathering.length === 0) return undefined;
    this.#asking = this.#gathering;
    this.#gathering = [];
    return ++this.#batch;
  }

  confirmed(batch: number, readIndex: number): void {
    if (batch !== this.#batch || this.#asking === undefined) return;
    this.#confirmed.push({ readIndex, reads: this.#asking });
    this.#asking = undefined;
  }

  /** Takes out the reads that a state at `lastApplied` may answer. */
  takeReady(lastApplied: number): readonly ReadDone[] {
    if (this.#confirmed.length === 0 || this.#confirmed[0]!.readIndex > lastApplied) return [];
    const ready = this.#confirmed.filter((c) => c.readIndex <= lastApplied);
    this.#confirmed = this.#confirmed.filter((c) => c.readIndex > lastApplied);
    return ready.flatMap((c) => c.reads);
  }

  /**
   * This server leads no more, or stops: what was not confirmed never will be, and a read is safe
   * to repeat. Confirmed reads still get their answer where they wait for nothing beyond
   * `commitIndex`; what lies beyond it may never come.
   */
  refuse(reason: string, commitIndex = 0): void {
    const hopeless = this.#confirmed.filter((c) => c.readIndex > commitIndex);
    const refused = [
      ...hopeless.flatMap((c) => c.reads),
      ...(this.#asking ?? []),
      ...this.#gathering,
    ];
    this.#confirmed = this.#confirmed.filter((c) => c.readIndex <= commitIndex);
    this.#asking = undefined;
    this.#gathering = [];
    for (const read of refused) read(reason);
  }
}
