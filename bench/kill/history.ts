/** The history of a run: what was asked, when, and what became of it. */
import type { Outcome } from './appender.js';

/** One tag that was sent to be appended to a key. */
export interface SentTag {
  /** No two are alike, and each ends in a semicolon: so a value is a list of tags. */
  readonly tag: string;
  readonly key: string;
  readonly sentMs: number;
  /** When its outcome came; infinite while there is none. */
  readonly settledMs: number;
  readonly outcome: Outcome;
}

type Settling = { -readonly [name in keyof SentTag]: SentTag[name] };

const underWay: Outcome = { type: 'unknown', reason: 'under way' };

export class History {
  /** In the order of sending. */
  readonly sent: SentTag[] = [];
  /** When each acknowledgement came, in ascending order. */
  readonly acknowledgedMs: number[] = [];
  readonly #nowMs: () => number;
  readonly #counts = new Map<string, number>();

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  /** The next tag of a worker, sent now. */
  send(worker: string, key: string): SentTag {
    const count = (this.#counts.get(worker) ?? 0) + 1;
    this.#counts.set(worker, count);
    const sent: SentTag = {
      tag: `${worker}.${count};`,
      key,
      sentMs: this.#nowMs(),
      settledMs: Number.POSITIVE_INFINITY,
      outcome: underWay,
    };
    this.sent.push(sent);
    return sent;
  }

  /** The outcome of a tag, once. */
  settle(sent: SentTag, outcome: Outcome): void {
    const settling: Settling = sent;
    settling.outcome = outcome;
    settling.settledMs = this.#nowMs();
    if (outcome.type === 'done') this.acknowledgedMs.push(settling.settledMs);
  }

  /**
   * How many tags of the workers whose names begin with `prefix` have each outcome; those without
   * one count as unknown.
   */
  counts(prefix = ''): Readonly<Record<Outcome['type'], number>> {
    const counts = { done: 0, notDone: 0, unknown: 0 };
    for (const { tag, outcome } of this.sent) if (tag.startsWith(prefix)) counts[outcome.type]++;
    return counts;
  }
}
