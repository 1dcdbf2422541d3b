/**
 * The disk of a server in a golden script: it has what was saved, and what still waits to be.
 */
import type { Snapshot } from '../../machines/context.js';
import type { Persist, StoreChunk } from '../../machines/effects.js';
import type { Entry } from '../../machines/entry.js';
import { type LogBase, logStart } from '../../machines/log.js';
import type { Given } from './stage.js';

export class GoldenDisk {
  /** The number of the last write that is durable. */
  saved = 0;
  /** Writes that wait, in order. */
  waiting: readonly Persist[] = [];
  /** A piece of a snapshot that waits. */
  chunk: StoreChunk | undefined;
  #kept: Given;

  constructor(given: Given & { readonly entries: readonly Entry[] }) {
    this.#kept = { base: logStart, ...given };
  }

  /** What a server starts from that finds this disk. */
  get kept(): Given {
    const { snapshot, entries = [] } = this.#kept;
    const base = snapshot?.base ?? logStart;
    const isBehind = (entries.at(-1)?.index ?? 0) < base.index && this.#base.index < base.index;
    return isBehind ? { ...this.#kept, base, entries: [] } : this.#kept;
  }

  /** Everything that waited becomes durable. */
  save(): void {
    for (const write of this.waiting) this.#save(write);
    this.waiting = [];
  }

  /** A snapshot is in place. */
  keep(snapshot: Snapshot): void {
    this.#kept = { ...this.#kept, snapshot };
  }

  /** What waited is gone; a server that starts again numbers its writes anew. */
  crash(): void {
    this.waiting = [];
    this.chunk = undefined;
    this.saved = 0;
  }

  /** The log may begin behind `index`, once what waits is saved. */
  compact(index: number): void {
    const entries = this.#kept.entries ?? [];
    const last = entries.find((entry) => entry.index === index);
    if (last === undefined) return;
    const { term, stampMs } = last;
    const rest = entries.filter((entry) => entry.index > index);
    this.#kept = { ...this.#kept, base: { index, term, stampMs }, entries: rest };
  }

  get #base(): LogBase {
    return this.#kept.base ?? logStart;
  }

  #save({ number, currentTerm, votedFor, base, entries }: Persist): void {
    const { entries: before = [], ...kept } = base
      ? { ...this.#kept, base, entries: [] }
      : this.#kept;
    const first = entries[0]?.index ?? Number.POSITIVE_INFINITY;
    const log = [...before.filter(({ index }) => index < first), ...entries];
    this.saved = number;
    const vote = votedFor === undefined ? {} : { votedFor };
    const { votedFor: _, ...rest } = kept;
    this.#kept = { ...rest, ...vote, term: currentTerm, entries: log };
  }
}
