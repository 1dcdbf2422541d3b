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
 * Where a log begins: the entry before its first, which a snapshot covers (`lastIncludedIndex`,
 * `lastIncludedTerm`, §7); 0 throughout at the very beginning.
 */
export interface LogBase {
  readonly index: number;
  readonly term: number;
  /** Log time at that entry, ms. */
  readonly stampMs: number;
}

export const logStart: LogBase = { index: 0, term: 0, stampMs: 0 };

export class Log {
  readonly base: LogBase;
  readonly lastIndex: number;
  readonly lastTerm: number;
  readonly #chunks: Entry[][];
  /** Index of the first entry of the first chunk: at or before `firstIndex`. */
  readonly #origin: number;

  private constructor(
    base: LogBase,
    lastIndex: number,
    lastTerm: number,
    chunks: Entry[][],
    origin: number,
  ) {
    this.base = base;
    this.lastIndex = lastIndex;
    this.lastTerm = lastTerm;
    this.#chunks = chunks;
    this.#origin = origin;
  }

  /** A log that holds nothing after `base`. */
  static empty(base: LogBase = logStart): Log {
    return new Log(base, base.index, base.term, [], base.index + 1);
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
    const position = index - this.#origin;
    return this.#chunks[Math.floor(position / chunkLength)]![position % chunkLength];
  }

  /**
   * The term of the entry at `index`, also just before the first; undefined where it is not known.
   */
  termAt(index: number): number | undefined {
    if (index === this.lastIndex) return this.lastTerm;
    return index === this.base.index ? this.base.term : this.entryAt(index)?.term;
  }

  /** Log time at the end, ms. */
  get lastStampMs(): number {
    return this.entryAt(this.lastIndex)?.stampMs ?? this.base.stampMs;
  }

  /**
   * Entries from `from` on, or from the first that there is: at most `count`, and at most `bytes`
   * of them unless the first alone is larger.
   */
  slice(from: number, count: number, bytes = Number.POSITIVE_INFINITY): readonly Entry[] {
    const entries: Entry[] = [];
    const first = Math.max(from, this.firstIndex);
    const end = Math.min(this.lastIndex, first + count - 1);
    let left = bytes;
    for (let index = first; index <= end; index++) {
      const entry = this.entryAt(index)!;
      left -= entry.bytes.length;
      if (left < 0 && entries.length > 0) break;
      entries.push(entry);
    }
    return entries;
  }

  /** How many bytes the entries from `from` on hold. */
  bytesFrom(from: number): number {
    let bytes = 0;
    for (let index = Math.max(from, this.firstIndex); index <= this.lastIndex; index++) {
      bytes += this.entryAt(index)!.bytes.length;
    }
    return bytes;
  }

  /** This log with `entries` behind its end. Their indexes must follow on. */
  append(entries: readonly Entry[]): Log {
    if (entries.length === 0) return this;
    invariant(entries[0]!.index === this.lastIndex + 1, 'Log Matching', 'an append leaves a gap');
    const chunks = this.#writableChunks();
    let used = this.lastIndex + 1 - this.#origin;
    for (const entry of entries) {
      if (used % chunkLength === 0) chunks.push([]);
      chunks[chunks.length - 1]!.push(entry);
      used++;
    }
    const last = entries[entries.length - 1]!;
    return new Log(this.base, last.index, last.term, chunks, this.#origin);
  }

  /** This log without the entry at `index` and all that follow it (Figure 2, AppendEntries 3). */
  truncate(index: number): Log {
    if (index > this.lastIndex) return this;
    invariant(index > this.base.index, 'Log Matching', 'a truncation reaches into the snapshot');
    return new Log(this.base, index - 1, this.termAt(index - 1)!, this.#chunks, this.#origin);
  }

  /** This log without the entries up to `index`, which becomes its base (§7). */
  compact(index: number): Log {
    if (index <= this.base.index) return this;
    const last = this.entryAt(index);
    invariant(last !== undefined, 'Log Matching', 'a compaction reaches beyond the log');
    const { term, stampMs } = last;
    const dropped = Math.floor((index + 1 - this.#origin) / chunkLength);
    const chunks = this.#chunks.slice(dropped);
    const origin = this.#origin + dropped * chunkLength;
    return new Log({ index, term, stampMs }, this.lastIndex, this.lastTerm, chunks, origin);
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
    const length = this.lastIndex + 1 - this.#origin;
    const count = Math.ceil(length / chunkLength);
    const used = length - (count - 1) * chunkLength;
    const chunks = this.#chunks;
    if (count === chunks.length && (count === 0 || chunks[count - 1]!.length === used))
      return chunks;
    const copy = chunks.slice(0, count);
    if (count > 0) copy[count - 1] = copy[count - 1]!.slice(0, used);
    return copy;
  }
}
