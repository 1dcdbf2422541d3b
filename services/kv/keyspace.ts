/**
 * The keyspace: keys with their values, versions and expiries, as of log time. It knows neither
 * commands nor clocks.
 *
 * Its keys are in the order of their places, divided into regions of sixteen slots each, and these
 * into leaves. A frozen view is a copy of the list of regions, made in constant time; it begins a
 * new generation, and what is of an earlier one is copied, a leaf at a time, before it is changed.
 * A view that nobody holds any more is the collector's.
 */
import { ExpiryQueue } from './expiryQueue.js';
import { keyPlace, placeCount } from './keyPlace.js';
import { Leaf } from './leaf.js';
import { type Item, never, type Span, type Value } from './record.js';
import { Region } from './region.js';

const regionCount = 1024;
const regionSize = placeCount / regionCount;

/** A keyspace as it was at an instant. */
export interface FrozenKeyspace {
  /** Log time, ms. */
  readonly now: number;
  /** How many keys there are. */
  readonly size: number;
  /** In the order of their places; those without keys are undefined. */
  readonly regions: readonly (Region | undefined)[];
}

export class Keyspace {
  #regions = noRegions();
  /** Leaves with keys that expire, the first by their bound on the earliest of these. */
  #expiring = new ExpiryQueue<Leaf>();
  #generation = 0;
  #now = 0;
  #size = 0;
  #expiringSize = 0;

  /** Log time, ms. */
  get now(): number {
    return this.#now;
  }

  /** How many keys there are. */
  get size(): number {
    return this.#size;
  }

  /** How many of them expire. */
  get expiringSize(): number {
    return this.#expiringSize;
  }

  /** The earliest expiry, if any. */
  get dueMs(): number | undefined {
    return this.#firstDue()?.earliest;
  }

  get(key: Span): Item | undefined {
    const place = placeOf(key);
    const region = this.#regions[regionOf(place)];
    if (region === undefined) return undefined;
    const leaf = region.leaves[region.indexOf(place)]!;
    const index = leaf.find(place, key);
    return index < 0 ? undefined : leaf.item(index);
  }

  /** Sets a key; one that would already have expired is removed instead. */
  put(key: Span, value: Value, version: number, expiresAt = never): void {
    if (expiresAt <= this.#now) {
      this.remove(key);
      return;
    }
    const place = placeOf(key);
    const region = this.#ownRegion(regionOf(place));
    const at = region.indexOf(place);
    const leaf = this.#ownLeaf(region, at);
    this.#uncount(leaf);
    leaf.put(place, key, value, version, expiresAt);
    const upper = leaf.isFull ? leaf.split() : undefined;
    this.#count(leaf);
    if (upper === undefined) return;
    region.addUpper(at, upper);
    this.#count(upper);
  }

  /** Whether there was such a key. */
  remove(key: Span): boolean {
    const place = placeOf(key);
    const number = regionOf(place);
    const region = this.#regions[number];
    if (region === undefined) return false;
    const at = region.indexOf(place);
    const index = region.leaves[at]!.find(place, key);
    if (index < 0) return false;
    this.#shrink(number, at, (leaf) => leaf.remove(index));
    return true;
  }

  clear(): void {
    this.#regions = noRegions();
    this.#expiring = new ExpiryQueue();
    this.#size = 0;
    this.#expiringSize = 0;
  }

  /** Log time comes to `at`, and what is due goes. Log time never goes back. */
  advance(at: number): void {
    if (at > this.#now) this.#now = at;
    while ((this.#expiring.earliest?.expiresAt ?? never) <= this.#now) {
      const leaf = this.#firstDue();
      if (leaf === undefined || leaf.expiresAt > this.#now) return;
      const at = this.#regions[leaf.region]!.leaves.indexOf(leaf);
      this.#shrink(leaf.region, at, (own) => own.removeDue(this.#now));
    }
  }

  /** The keyspace as it is now, whatever becomes of it. Constant time. */
  freeze(): FrozenKeyspace {
    this.#generation++;
    return { now: this.#now, size: this.#size, regions: this.#regions.slice() };
  }

  /** Becomes what `other` is, which must not be used any more. Constant time. */
  become(other: Keyspace): void {
    this.#regions = other.#regions;
    this.#expiring = other.#expiring;
    this.#generation = other.#generation;
    this.#now = other.#now;
    this.#size = other.#size;
    this.#expiringSize = other.#expiringSize;
  }

  /** Has something removed from a leaf, and lets go of what is empty then. */
  #shrink(number: number, at: number, change: (leaf: Leaf) => void): void {
    const region = this.#ownRegion(number);
    const leaf = this.#ownLeaf(region, at);
    this.#uncount(leaf);
    change(leaf);
    this.#count(leaf);
    if (leaf.size > 0) return;
    region.remove(at);
    if (region.leaves.length === 0) this.#regions[number] = undefined;
  }

  /** The region, of this generation. */
  #ownRegion(number: number): Region {
    const region = this.#regions[number];
    if (region?.generation === this.#generation) return region;
    const own =
      region?.copy(this.#generation) ??
      new Region(this.#generation, [new Leaf(number, this.#generation)], [0]);
    this.#regions[number] = own;
    return own;
  }

  /** A leaf of `region`, of this generation as the region is. */
  #ownLeaf(region: Region, at: number): Leaf {
    const leaf = region.leaves[at]!;
    if (leaf.generation === this.#generation) return leaf;
    const own = leaf.copy(this.#generation);
    region.replace(at, own);
    if (leaf.expiresAt !== never) this.#expiring.replace(leaf, own);
    own.expiresAt = leaf.expiresAt;
    return own;
  }

  /** Before a leaf is changed: its keys do not count. */
  #uncount(leaf: Leaf): void {
    this.#size -= leaf.size;
    this.#expiringSize -= leaf.expiringSize;
  }

  /** After a leaf was changed: its keys count again, and are queued to expire. */
  #count(leaf: Leaf): void {
    this.#size += leaf.size;
    this.#expiringSize += leaf.expiringSize;
    this.#queue(leaf);
  }

  #queue(leaf: Leaf): void {
    if (leaf.expiresAt === leaf.earliest) return;
    if (leaf.expiresAt !== never) this.#expiring.remove(leaf);
    leaf.expiresAt = leaf.earliest;
    if (leaf.expiresAt !== never) this.#expiring.add(leaf);
  }

  /**
   * The leaf with the earliest expiry. Bounds are made exact here, when they come to the front, and
   * not whenever a key is overwritten.
   */
  #firstDue(): Leaf | undefined {
    for (;;) {
      const leaf = this.#expiring.earliest;
      if (leaf === undefined || leaf.isExact) return leaf;
      leaf.settle();
      this.#queue(leaf);
    }
  }
}

const placeOf = (key: Span) => keyPlace(key.bytes, key.start, key.end);

const regionOf = (place: number) => Math.floor(place / regionSize);

const noRegions = () => Array.from<Region | undefined>({ length: regionCount });
