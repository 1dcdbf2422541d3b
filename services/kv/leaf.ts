/**
 * A leaf: keys with neighbouring places, in order, with what they hold.
 *
 * It is a small database of its own: a log of records, and two lists that say, key by key, its
 * place and where its newest record is. A million keys cost the collector a few objects a leaf,
 * instead of several a key; and a frozen leaf is copied by copying the lists.
 */
import type { Expiring } from './expiryQueue.js';
import { type Item, never, type Span, type Value } from './record.js';
import { RecordLog } from './recordLog.js';

/** With more keys, or more bytes, a leaf is split. */
const keysMax = 128;
const bytesMax = 64 * 1024;

export class Leaf implements Expiring {
  /** Which region it is of. */
  readonly region: number;
  /** It may be changed in this generation alone; views hold it in later ones. */
  readonly generation: number;
  /** When it is queued to expire; kept by whoever queues it, and `never` where it is not queued. */
  expiresAt = never;
  place = 0;
  /** No key expires earlier; `never` if none expires. */
  earliest = never;
  /** Whether a key expires at `earliest`. */
  isExact = true;
  /** How many keys expire. */
  expiringSize = 0;
  #log = new RecordLog();
  /** Of each key, its place and the offset of its record. */
  #places: number[] = [];
  #offsets: number[] = [];

  constructor(region: number, generation: number) {
    this.region = region;
    this.generation = generation;
  }

  /** How many keys there are. */
  get size(): number {
    return this.#offsets.length;
  }

  get isFull(): boolean {
    return this.size > keysMax || (this.#log.livingBytes > bytesMax && this.size > 1);
  }

  /** The place of the first key. */
  get begin(): number {
    return this.#places[0]!;
  }

  /** Where the key is, or, if it is not there, `~` of where it belongs. */
  find(place: number, key: Span): number {
    const places = this.#places;
    let low = 0;
    let high = places.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      let order = places[middle]! - place;
      if (order === 0) order = this.#log.keyOrder(this.#offsets[middle]!, key);
      if (order === 0) return middle;
      if (order < 0) low = middle + 1;
      else high = middle;
    }
    return ~low;
  }

  item(index: number): Item {
    return this.#log.item(this.#offsets[index]!);
  }

  /** Sets a key. */
  put(place: number, key: Span, value: Value, version: number, expiresAt: number): void {
    const offset = this.#log.append(this.#offsets, key, value, version, expiresAt);
    const found = this.find(place, key);
    if (found >= 0) {
      this.#bury(this.#offsets[found]!);
      this.#offsets[found] = offset;
    } else {
      this.#places.splice(~found, 0, place);
      this.#offsets.splice(~found, 0, offset);
    }
    if (expiresAt === never) return;
    this.expiringSize++;
    if (expiresAt > this.earliest) return;
    this.earliest = expiresAt;
    this.isExact = true;
  }

  /** Removes the key at `index`. */
  remove(index: number): void {
    this.#bury(this.#offsets[index]!);
    this.#places.splice(index, 1);
    this.#offsets.splice(index, 1);
    this.#log.reclaim(this.#offsets);
  }

  /** Removes what is due at `now`, ms. */
  removeDue(now: number): void {
    let kept = 0;
    for (let index = 0; index < this.size; index++) {
      const offset = this.#offsets[index]!;
      if (this.#log.expiresAt(offset) <= now) {
        this.#bury(offset);
        continue;
      }
      this.#places[kept] = this.#places[index]!;
      this.#offsets[kept++] = offset;
    }
    this.#places.length = kept;
    this.#offsets.length = kept;
    this.#log.reclaim(this.#offsets);
  }

  /** The record at `offset` is not its key's newest any more. */
  #bury(offset: number): void {
    const expiresAt = this.#log.expiresAt(offset);
    this.#log.bury(offset);
    if (expiresAt === never) return;
    this.expiringSize--;
    if (this.expiringSize === 0) {
      this.earliest = never;
      this.isExact = true;
    } else if (expiresAt === this.earliest) {
      this.isExact = false;
    }
  }

  /** Counts what expires, and makes `earliest` exact. */
  settle(): void {
    this.earliest = never;
    this.expiringSize = 0;
    for (const offset of this.#offsets) {
      const expiresAt = this.#log.expiresAt(offset);
      if (expiresAt !== never) this.expiringSize++;
      if (expiresAt < this.earliest) this.earliest = expiresAt;
    }
    this.isExact = true;
  }

  /** The same keys, to be changed in another generation. It is not queued. */
  copy(generation: number): Leaf {
    const copy = new Leaf(this.region, generation);
    copy.earliest = this.earliest;
    copy.isExact = this.isExact;
    copy.expiringSize = this.expiringSize;
    copy.#log = this.#log.copy();
    copy.#places = this.#places.slice();
    copy.#offsets = this.#offsets.slice();
    return copy;
  }

  /**
   * Gives about half of its keys, the upper ones, to a leaf of its own; undefined where all share a
   * place, at which no leaf is split.
   */
  split(): Leaf | undefined {
    const half = this.#splitIndex();
    if (half === 0) return undefined;
    const upper = new Leaf(this.region, this.generation);
    upper.#places = this.#places.splice(half);
    upper.#offsets = this.#offsets.splice(half);
    upper.#log = this.#log.part(upper.#offsets);
    this.#log = this.#log.part(this.#offsets);
    upper.settle();
    this.settle();
    return upper;
  }

  /** The first index from the middle on where another place begins, else the last before; or 0. */
  #splitIndex(): number {
    const places = this.#places;
    const middle = places.length >>> 1;
    let index = middle;
    while (index < places.length && places[index] === places[index - 1]) index++;
    if (index < places.length) return index;
    for (index = middle; index > 0 && places[index] === places[index - 1]; ) index--;
    return index;
  }

  /** Bytes of the record at `index` in snapshots. */
  recordSize(index: number): number {
    return this.#log.sizeOf(this.#offsets[index]!);
  }

  /** Writes the record at `index` as snapshots have it, and answers the position behind it. */
  putRecord(index: number, target: Uint8Array, at: number): number {
    return this.#log.write(this.#offsets[index]!, target, at);
  }
}
