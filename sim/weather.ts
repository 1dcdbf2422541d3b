/**
 * What is wrong with the network at this moment: the sum of the faults that are in force there. The
 * network asks it about every message, and about every link.
 */

/** A message on its way, and what becomes of it. */
export interface Passage {
  readonly from: number;
  readonly to: number;
  /** The link, and how many messages were sent on it before: chance is keyed by them. */
  readonly link: number;
  readonly number: number;
  /** Its type, such as `AppendEntriesRequest`. */
  readonly type: string;
  readonly bytes: Uint8Array;
  isLost: boolean;
  /** How much longer than usual it takes, ms. */
  extraMs: number;
  readonly copies: Copy[];
  /** Whom to tell when it arrives: they have made it late. */
  readonly tellOnArrival: (() => void)[];
}

/** A second delivery of a message. */
export interface Copy {
  /** How long after the first, ms. */
  readonly laterMs: number;
  /** Told when it arrives. */
  readonly arrived: () => void;
}

/** The same for a message on a connection: nothing is lost there, but all of it may end. */
export interface Strain {
  readonly from: number;
  readonly to: number;
  /** Drawn for this message. */
  readonly drawn: number;
  isBroken: boolean;
  extraMs: number;
}

/** One thing that is wrong. */
export interface Condition {
  /** Whether nothing passes from one server to another. */
  readonly cuts?: (from: number, to: number) => boolean;
  /** Whether a link cannot be counted on, though something may pass. */
  readonly impairs?: (from: number, to: number) => boolean;
  /** Keeps what has just arrived, to let it go on when it is over. Answers whether it does. */
  readonly holds?: (from: number, to: number, goOn: () => void) => boolean;
  /** Answers whether it has lost the message, or made it late; copies tell for themselves. */
  readonly touches?: (passage: Passage) => boolean;
  /** Answers whether it has made a difference. */
  readonly strains?: (strain: Strain) => boolean;
  /** Told when it made a difference. */
  readonly mattered: () => void;
}

export class Weather {
  #conditions: readonly Condition[] = [];

  /** From now on this is wrong; answers how it ends. */
  add(condition: Condition): () => void {
    this.#conditions = [...this.#conditions, condition];
    return () => {
      this.#conditions = this.#conditions.filter((other) => other !== condition);
    };
  }

  /** Whether nothing is wrong. */
  get isFair(): boolean {
    return this.#conditions.length === 0;
  }

  /** Whether messages from one server reach another, and can be counted on to do so. */
  reaches(from: number, to: number): boolean {
    return !this.#conditions.some(
      (condition) => condition.cuts?.(from, to) || condition.impairs?.(from, to),
    );
  }

  /** Whether something stands in the way of a message. */
  stops(from: number, to: number): boolean {
    for (const { cuts, mattered } of this.#conditions) {
      if (cuts?.(from, to) !== true) continue;
      mattered();
      return true;
    }
    return false;
  }

  /** Whether something keeps what has arrived on a link, and lets it `goOn` later. */
  holds(from: number, to: number, goOn: () => void): boolean {
    for (const { holds, mattered } of this.#conditions) {
      if (holds?.(from, to, goOn) !== true) continue;
      mattered();
      return true;
    }
    return false;
  }

  /** Does to a message what is done to messages now, up to the first that loses it. */
  touch(passage: Passage): void {
    for (const { touches, mattered } of this.#conditions) {
      if (passage.isLost) return;
      if (touches?.(passage) !== true) continue;
      if (passage.isLost) mattered();
      else passage.tellOnArrival.push(mattered);
    }
  }

  strain(strain: Strain): void {
    for (const { strains, mattered } of this.#conditions) if (strains?.(strain)) mattered();
  }
}
