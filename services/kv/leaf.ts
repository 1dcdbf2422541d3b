/**
 * A leaf: keys with neighbouring places, in order, with what they hold.
 *
 * It is a small database of its own: a log of records, and a list that says, key by key, its place
 * and where its newest record is. A million keys cost the collector a few objects a leaf, instead
 * of several a key; and a frozen leaf is copied by copying the list.
 */
import type { Expiring } from './expiryQueue.js';
import { LeafKeys } from './leafKeys.js';
import { type Item, never, type Span, type Value } from './record.js';
import { RecordLog } from './recordLog.js';

/**
 * With more keys, or more bytes, a leaf is split. The fewer leaves, the fewer cache misses: a
 * million keys are set in three quarters of the time that leaves of 128 keys take.
 */
const keysMax = 512;
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
  #keys = new LeafKeys();

  constructor(region: number, generation: number) {
    this.region = region;
    this.generation = generation;
  }

  /** How many keys there are. */
  get size(): number {
    return this.#keys.size;
  }

  get isFull(): boolean {
    return this.size > keysMax || (this.#log.livingBytes > bytesMax && this.size > 1);
  }

  /** The place of the first key. */
  get begin(): number {
    return this.#keys.placeAt(0);
  }

  /** Where the key is, or, if it is not there, `~` of where it belongs. */
  find(place: number, key: Span): number {
    const keys = this.#keys;
    let low = 0;
    let high = keys.size;
    while (low < high) {
      const middle = (low + high) >>> 1;
      let order = keys.placeAt(middle) - place;
      if (order === 0) order = this.#log.keyOrder(keys.offsetAt(middle), key);
      if (order === 0) return middle;
      if (order < 0) low = middle + 1;
      else high = middle;
    }
    return ~low;
  }

  item(index: number): Item {
    return this.#log.item(this.#keys.offsetAt(index));
  }

  /** Sets a key. */
  put(place: number, key: Span, value: Value, version: number, expiresAt: number): void {
    const offset = this.#log.append(this.#keys, key, value, version, expiresAt);
    const found = this.find(place, key);
    if (found >= 0) {
      this.#bury(this.#keys.offsetAt(found));
      this.#keys.setOffset(found, offset);
    } else {
      this.#keys.insert(~found, place, offset);
    }
    if (expiresAt === never) return;
    this.expiringSize++;
    if (expiresAt > this.earliest) return;
    this.earliest = expiresAt;
    this.isExact = true;
  }

  /** Removes the key at `index`. */
  remove(index: number): void {
    this.#bury(this.#keys.offsetAt(index));
    this.#keys.remove(index);
    this.#log.reclaim(this.#keys);
  }

  /** Removes what is due at `now`, ms, and makes `earliest` exact. */
  removeDue(now: number): void {
    let earliest = never;
    this.#keys.keep((offset) => {
      const expiresAt = this.#log.expiresAt(offset);
      if (expiresAt <= now) {
        this.#log.bury(offset);
        this.expiringSize--;
        return false;
      }
      earliest = Math.min(earliest, expiresAt);
      return true;
    });
    this.earliest = earliest;
    this.isExact = true;
    this.#log.reclaim(this.#keys);
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
    for (let index = 0; index < this.size; index++) {
      const expiresAt = this.#log.expiresAt(this.#keys.offsetAt(index));
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
    copy.#keys = this.#keys.copy();
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
    upper.#keys = this.#keys.splitAt(half);
    upper.#log = this.#log.part(upper.#keys);
    this.#log = this.#log.part(this.#keys);
    if (this.expiringSize > 0) {
      upper.settle();
      this.settle();
    }
    return upper;
  }

  /** The first index from the middle on where another place begins, else the last before; or 0. */
  #splitIndex(): number {
    const keys = this.#keys;
    const { size } = keys;
    const isInside = (index: number) => keys.placeAt(index) === keys.placeAt(index - 1);
    const middle = size >>> 1;
    let index = middle;
    while (index < size && isInside(index)) index++;
    if (index < size) return index;
    for (index = middle; index > 0 && isInside(index); ) index--;
    return index;
  }

  /** Bytes of the record at `index` in snapshots. */
  recordSize(index: number): number {
    return this.#log.sizeOf(this.#keys.offsetAt(index));
  }

  /** Writes the record at `index` as snapshots have it, and answers the position behind it. */
  putRecord(index: number, target: Uint8Array, at: number): number {
    return this.#log.write(this.#keys.offsetAt(index), target, at);
  }
}
