/**
 * The keyspace: keys with their values, versions and expiries, as of log time. It knows neither
 * commands nor clocks.
 */
import { type Expiring, ExpiryQueue } from './expiryQueue.js';
import type { Reply } from './reply.js';

/** The expiry of what does not expire. */
export const never = Number.POSITIVE_INFINITY;

/**
 * What a key holds. Items are replaced, never changed (`place` apart, which is the queue's own), so
 * that a frozen view of the keyspace is a list of them.
 */
export interface Item extends Expiring {
  readonly key: string;
  /** The reply that GET gives: handed out as it is, without a copy. */
  readonly value: Reply;
  /** Index of the entry that changed the key last. */
  readonly version: number;
  /** Log time in ms, or `never`. */
  readonly expiresAt: number;
  /** A longer buffer that begins with `value`, for APPEND to go on in. */
  readonly room: Uint8Array | undefined;
}

export class Keyspace {
  #items = new Map<string, Item>();
  readonly #expiring = new ExpiryQueue<Item>();
  #now = 0;

  /** Log time, ms. */
  get now(): number {
    return this.#now;
  }

  /** How many keys there are. */
  get size(): number {
    return this.#items.size;
  }

  /** How many of them expire. */
  get expiringSize(): number {
    return this.#expiring.length;
  }

  /** The earliest expiry, if any. */
  get dueMs(): number | undefined {
    return this.#expiring.earliest?.expiresAt;
  }

  get(key: string): Item | undefined {
    return this.#items.get(key);
  }

  /** Sets a key; one that would already have expired is removed instead. */
  put(key: string, value: Reply, version: number, expiresAt = never, room?: Uint8Array): void {
    const before = this.#items.get(key);
    if (before !== undefined && before.expiresAt !== never) this.#expiring.remove(before);
    if (expiresAt <= this.#now) {
      this.#items.delete(key);
      return;
    }
    const item: Item = { key, value, version, expiresAt, room, place: 0 };
    this.#items.set(key, item);
    if (expiresAt !== never) this.#expiring.add(item);
  }

  /** Whether there was such a key. */
  remove(key: string): boolean {
    const before = this.#items.get(key);
    if (before === undefined) return false;
    if (before.expiresAt !== never) this.#expiring.remove(before);
    return this.#items.delete(key);
  }

  clear(): void {
    this.#items.clear();
    this.#expiring.clear();
  }

  /** Log time comes to `at`, and what is due goes. Log time never goes back. */
  advance(at: number): void {
    if (at > this.#now) this.#now = at;
    for (;;) {
      const earliest = this.#expiring.earliest;
      if (earliest === undefined || earliest.expiresAt > this.#now) return;
      this.remove(earliest.key);
    }
  }

  /** All items, in an order that depends on the entries applied alone. */
  items(): Item[] {
    return [...this.#items.values()];
  }

  /** Becomes what `other` is, which must not be used any more. */
  become(other: Keyspace): void {
    this.clear();
    this.#now = other.#now;
    this.#items = other.#items;
    for (const item of this.#items.values()) if (item.expiresAt !== never) this.#expiring.add(item);
  }
}
