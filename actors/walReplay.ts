/**
 * What the records of a log add up to when they are read again: Figure 2's persistent state.
 *
 * The oldest segments may be gone, with entries that a snapshot covers. What is left then begins
 * with a checkpoint, and its first entry may have any index up to the one behind where the log
 * ended: it may follow on, or replace entries of segments that are gone.
 */
import type { Entry, ServerId } from '../machines/entry.js';
import { type LogBase, logStart } from '../machines/log.js';
import type { ByteReader } from './bytes.js';
import { readEntry } from './entryFormat.js';
import { type Checkpoint, recordKinds } from './walRecords.js';

export class WalReplay {
  currentTerm = 0;
  votedFor: ServerId | undefined = undefined;
  /** Consecutive. */
  readonly entries: Entry[] = [];
  /**
   * The last entry before `entries`; undefined where that was in a segment that is gone, or no
   * entry is known yet.
   */
  base: LogBase | undefined;
  readonly knownStores = new Map<ServerId, string>();
  /** The highest index that was named since the last {@link takeIndexMax}. */
  #indexMax = 0;
  /** The last entry at the checkpoint that this began with: all up to it may be gone. */
  #gone = { index: 0, term: 0 };
  readonly #group: number;
  #isBegun = false;

  /** `isWhole`: these are all records since the founding; otherwise the first is a checkpoint. */
  constructor(group: number, isWhole = true) {
    this.#group = group;
    if (isWhole) {
      this.base = logStart;
      this.#isBegun = true;
    }
  }

  /** Index of the last entry, or where the log begins if there is none. */
  get lastIndex(): number {
    return this.entries.at(-1)?.index ?? this.base?.index ?? this.#gone.index;
  }

  /** Its term. */
  get lastTerm(): number {
    return this.entries.at(-1)?.term ?? this.base?.term ?? this.#gone.term;
  }

  /** The index behind which the entries that are known begin. */
  get baseIndex(): number {
    const first = this.entries[0];
    return this.base?.index ?? (first === undefined ? this.#gone.index : first.index - 1);
  }

  /** The term of the entry at `index`, also just before the first; undefined if not known. */
  termAt(index: number): number | undefined {
    if (index === this.base?.index) return this.base.term;
    if (index === this.baseIndex && index === this.#gone.index) return this.#gone.term;
    return this.entries[index - this.baseIndex - 1]?.term;
  }

  takeIndexMax(): number {
    const max = this.#indexMax;
    this.#indexMax = 0;
    return max;
  }

  /** Reads all that is left in `reader`. Throws a RangeError for what cannot have been written. */
  read(reader: ByteReader): void {
    while (reader.remaining > 0) this.#readRecord(reader);
  }

  #readRecord(reader: ByteReader): void {
    const kind = reader.u8();
    const group = reader.u32();
    if (group !== this.#group)
      throw new RangeError(`a record of group ${group} in the log of group ${this.#group}`);
    if (kind === recordKinds.checkpoint) return this.#pass(readCheckpoint(reader));
    if (!this.#isBegun) throw new RangeError('older records are missing, and no checkpoint');
    if (kind === recordKinds.entry) this.#put(readEntry(reader));
    else if (kind === recordKinds.vote) {
      this.currentTerm = reader.u53();
      this.votedFor = readVotedFor(reader);
    } else if (kind === recordKinds.storeMet) this.knownStores.set(reader.text(), reader.text());
    else if (kind === recordKinds.base) this.#beginAnew(reader);
    else throw new RangeError(`no kind of record has the code ${kind}`);
  }

  /** An entry replaces whatever stood from its index on (Figure 2, AppendEntries 3). */
  #put(entry: Entry): void {
    const { entries, lastIndex } = this;
    const { index } = entry;
    const first = (this.base?.index ?? 0) + 1;
    if (index < first || index > lastIndex + 1)
      throw new RangeError(`entry ${index} behind entry ${lastIndex}`);
    if (index <= lastIndex) entries.length = Math.max(0, index - 1 - this.baseIndex);
    entries.push(entry);
    this.#indexMax = Math.max(this.#indexMax, index);
  }

  #beginAnew(reader: ByteReader): void {
    this.base = { index: reader.u53(), term: reader.u53(), stampMs: reader.u53() };
    this.entries.length = 0;
    this.#indexMax = Math.max(this.#indexMax, this.base.index);
  }

  /** A checkpoint is where reading begins, or says what the records before it have said. */
  #pass(checkpoint: Checkpoint): void {
    const { currentTerm, votedFor, lastIndex, lastTerm, knownStores } = checkpoint;
    if (this.#isBegun) {
      const fits =
        currentTerm === this.currentTerm &&
        votedFor === this.votedFor &&
        lastIndex === this.lastIndex &&
        lastTerm === this.lastTerm;
      if (!fits) throw new RangeError('the checkpoint differs from the records before it');
      return;
    }
    this.#isBegun = true;
    this.currentTerm = currentTerm;
    this.votedFor = votedFor;
    this.#gone = { index: lastIndex, term: lastTerm };
    for (const [serverId, storeId] of knownStores) this.knownStores.set(serverId, storeId);
  }
}

function readCheckpoint(reader: ByteReader): Checkpoint {
  const currentTerm = reader.u53();
  const votedFor = readVotedFor(reader);
  const lastIndex = reader.u53();
  const lastTerm = reader.u53();
  const knownStores = new Map<ServerId, string>();
  for (let count = reader.u32(); count > 0; count--) knownStores.set(reader.text(), reader.text());
  return { currentTerm, votedFor, lastIndex, lastTerm, knownStores };
}

function readVotedFor(reader: ByteReader): ServerId | undefined {
  return reader.u8() === 0 ? undefined : reader.text();
}
