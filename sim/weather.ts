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
  isLost: boolean;
  /** How much longer than usual it takes, ms. */
  extraMs: number;
  /** When copies of it arrive, ms after itself. */
  readonly copiesMs: number[];
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

/** One thing that is wrong. Each function answers whether it made a difference. */
export interface Condition {
  /** Whether nothing passes from one server to another. */
  readonly cuts?: (from: number, to: number) => boolean;
  readonly touches?: (passage: Passage) => boolean;
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

  /** Whether messages from one server reach another. */
  reaches(from: number, to: number): boolean {
    return !this.#conditions.some(({ cuts }) => cuts?.(from, to));
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

  /** Does to a message what is done to messages now. */
  touch(passage: Passage): void {
    for (const { touches, mattered } of this.#conditions) if (touches?.(passage)) mattered();
  }

  strain(strain: Strain): void {
    for (const { strains, mattered } of this.#conditions) if (strains?.(strain)) mattered();
  }
}
