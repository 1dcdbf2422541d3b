/**
 * All instances by address. A view of them is taken in constant time: from then on, a page that
 * changes is copied once, and what has not changed is shared.
 */
import { type Digest, type Instance, minus, noDigest, plus } from './instance.js';

/** With a million instances a page has 250. */
const pagesMax = 4_096;

interface Page {
  /** It may be changed in this generation alone; views hold it in later ones. */
  readonly generation: number;
  readonly instances: Map<string, Instance>;
}

/** The instances as they were, in an order that follows from what happened to them. */
export interface FrozenTable {
  readonly size: number;
  readonly digest: Digest;
  instances(): Iterable<Instance>;
}

export class InstanceTable {
  #pages: (Page | undefined)[] = [];
  #pagesGeneration = 0;
  #generation = 0;
  #size = 0;
  #digest = noDigest;

  /** How many there are. */
  get size(): number {
    return this.#size;
  }

  /** Of all instances. */
  get digest(): Digest {
    return this.#digest;
  }

  /** The instance of an address, if there is one. */
  get(address: string): Instance | undefined {
    return this.#pages[pageOf(address)]?.instances.get(address);
  }

  /** Puts an instance in the place of what had its address. */
  put(instance: Instance): void {
    const page = this.#changeable(pageOf(instance.address));
    const before = page.get(instance.address);
    page.set(instance.address, instance);
    if (before === undefined) this.#size++;
    else this.#digest = minus(this.#digest, before.digest);
    this.#digest = plus(this.#digest, instance.digest);
  }

  /** Takes out what is there. */
  remove({ address, digest }: Instance): void {
    if (!this.#changeable(pageOf(address)).delete(address)) return;
    this.#size--;
    this.#digest = minus(this.#digest, digest);
  }

  /** All as they are now. */
  freeze(): FrozenTable {
    this.#generation++;
    const pages = this.#pages;
    return { size: this.#size, digest: this.#digest, instances: () => instancesOf(pages) };
  }

  #changeable(number: number): Map<string, Instance> {
    if (this.#pagesGeneration !== this.#generation) {
      this.#pages = this.#pages.slice();
      this.#pagesGeneration = this.#generation;
    }
    const page = this.#pages[number];
    if (page?.generation === this.#generation) return page.instances;
    const instances = new Map(page?.instances);
    this.#pages[number] = { generation: this.#generation, instances };
    return instances;
  }
}

function* instancesOf(pages: readonly (Page | undefined)[]): Generator<Instance> {
  for (const page of pages) if (page !== undefined) yield* page.instances.values();
}

function pageOf(address: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < address.length; at++) {
    hash = Math.imul(hash ^ address.charCodeAt(at), 0x01000193);
  }
  return ((hash ^ (hash >>> 15)) >>> 0) % pagesMax;
}
