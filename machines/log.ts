/**
 * The replicated log in memory: an immutable list of entries, kept in shared chunks.
 *
 * A `Log` is a value. `append` and `truncate` answer another log; the old one stays as it was, at
 * no cost, which is what lets a simulator look back and a checker compare. An append writes in
 * place where nobody could see it (behind the true end of the last chunk), and copies that one
 * chunk otherwise.
 */
import type { Entry } from './entry.js';
import { invariant } from './invariant.js';

const chunkLength = 256;

/**
 * Where the log begins: the last entry that a snapshot covers (`lastIncludedIndex`, §7), or 0 and
 * 0.
 */
export interface LogBase {
  readonly index: number;
  readonly term: number;
}

export class Log {
  readonly base: LogBase;
  readonly lastIndex: number;
  readonly lastTerm: number;
  readonly #chunks: Entry[][];

  private constructor(base: LogBase, lastIndex: number, lastTerm: number, chunks: Entry[][]) {
    this.base = base;
    this.lastIndex = lastIndex;
    this.lastTerm = lastTerm;
    this.#chunks = chunks;
  }

  /** A log that holds nothing after `base`. */
  static empty(base: LogBase = { index: 0, term: 0 }): Log {
    return new Log(base, base.index, base.term, []);
  }

  get firstIndex(): number {
    return this.base.index + 1;
  }

  get length(): number {
    return this.lastIndex - this.base.index;
  }

  /** The entry at `index`, or undefined where the log holds none. */
  entryAt(index: number): Entry | undefined {
    if (index <= this.base.index || index > this.lastIndex) return undefined;
    const position = index - this.base.index - 1;
    return this.#chunks[Math.floor(position / chunkLength)]![position % chunkLength];
  }

  /**
   * The term of the entry at `index`, also just before the first; undefined where it is not known.
   */
  termAt(index: number): number | undefined {
    if (index === this.lastIndex) return this.lastTerm;
    return index === this.base.index ? this.base.term : this.entryAt(index)?.term;
  }

  /**
   * Entries from `from` on: at most `count`, and at most `bytes` of them unless the first alone is
   * larger.
   */
  slice(from: number, count: number, bytes = Number.POSITIVE_INFINITY): readonly Entry[] {
    const entries: Entry[] = [];
    const end = Math.min(this.lastIndex, from + count - 1);
    let left = bytes;
    for (let index = Math.max(from, this.firstIndex); index <= end; index++) {
      const entry = this.entryAt(index)!;
      left -= entry.bytes.length;
      if (left < 0 && entries.length > 0) break;
      entries.push(entry);
    }
    return entries;
  }

  /** This log with `entries` behind its end. Their indexes must follow on. */
  append(entries: readonly Entry[]): Log {
    if (entries.length === 0) return this;
    invariant(entries[0]!.index === this.lastIndex + 1, 'Log Matching', 'an append leaves a gap');
    let { length } = this;
    const chunks = this.#writableChunks();
    for (const entry of entries) {
      if (length % chunkLength === 0) chunks.push([]);
      chunks[chunks.length - 1]!.push(entry);
      length++;
    }
    const last = entries[entries.length - 1]!;
    return new Log(this.base, this.base.index + length, last.term, chunks);
  }

  /** This log without the entry at `index` and all that follow it (Figure 2, AppendEntries 3). */
  truncate(index: number): Log {
    if (index > this.lastIndex) return this;
    invariant(index > this.base.index, 'Log Matching', 'a truncation reaches into the snapshot');
    return new Log(this.base, index - 1, this.termAt(index - 1)!, this.#chunks);
  }

  /**
   * First index from which every entry up to `index` has the term of `index` (§5.3, conflicting
   * term).
   */
  firstIndexOfTermAt(index: number): number {
    const term = this.termAt(index);
    let first = index;
    while (first > this.firstIndex && this.termAt(first - 1) === term) first--;
    return first;
  }

  /**
   * Last index at or before `index` whose term is at most `term`: where two logs may still agree
   * (§5.3).
   */
  lastIndexUpToTerm(index: number, term: number): number {
    let last = Math.min(index, this.lastIndex);
    while (last > this.base.index && this.termAt(last)! > term) last--;
    return last;
  }

  toJSON(): { base: LogBase; lastIndex: number; lastTerm: number } {
    return { base: this.base, lastIndex: this.lastIndex, lastTerm: this.lastTerm };
  }

  /**
   * The chunks, if this log ends where they end; else a copy of the list and of the last chunk up
   * to our end.
   */
  #writableChunks(): Entry[][] {
    const count = Math.ceil(this.length / chunkLength);
    const used = this.length - (count - 1) * chunkLength;
    const chunks = this.#chunks;
    if (count === chunks.length && (count === 0 || chunks[count - 1]!.length === used))
      return chunks;
    const copy = chunks.slice(0, count);
    if (count > 0) copy[count - 1] = copy[count - 1]!.slice(0, used);
    return copy;
  }
}
