/** All that is replicated of instances: who there is, which timers wait, and what was counted. */
import { createInstance, type Instance, type Timer } from './instance.js';
import { type FrozenTable, InstanceTable } from './instanceTable.js';
import { TimerQueue } from './timerQueue.js';

export interface FrozenPopulation {
  readonly table: FrozenTable;
  readonly version: number;
  readonly timerNumber: number;
}

/** What is to become of an instance, besides its version. */
export interface Successor extends Pick<Instance, 'machine' | 'address' | 'text' | 'timers'> {
  /** That of the last timer armed. */
  readonly timerNumber: number;
}

export class Population {
  readonly #table = new InstanceTable();
  readonly #queue = new TimerQueue();
  /** The number of the last change. */
  #version: number;
  /** That of the last timer armed. */
  #timerNumber: number;

  constructor(version = 0, timerNumber = 0) {
    this.#version = version;
    this.#timerNumber = timerNumber;
  }

  get instances(): number {
    return this.#table.size;
  }

  get timers(): number {
    return this.#queue.length;
  }

  /** The number of the last change. */
  get version(): number {
    return this.#version;
  }

  /** That of the last timer armed. */
  get timerNumber(): number {
    return this.#timerNumber;
  }

  get digest() {
    return this.#table.digest;
  }

  get(address: string): Instance | undefined {
    return this.#table.get(address);
  }

  /** What is due first, and whose it is. */
  earliest(): { readonly instance: Instance; readonly timer: Timer } | undefined {
    const pending = this.#queue.earliest;
    if (pending === undefined) return undefined;
    return { instance: this.#table.get(pending.address)!, timer: pending.timer };
  }

  /** Takes the successor of an instance, or a new one. */
  change({ timerNumber, ...parts }: Successor): Instance {
    this.#timerNumber = timerNumber;
    const instance = createInstance({ ...parts, version: ++this.#version });
    this.put(instance);
    return instance;
  }

  /** The instance has one timer less. */
  forget(instance: Instance, timer: Timer): Instance {
    const timers = instance.timers.filter((one) => one !== timer);
    return this.change({ ...instance, timers, timerNumber: this.#timerNumber });
  }

  put(instance: Instance): void {
    this.#queue.change(this.#table.get(instance.address), instance);
    this.#table.put(instance);
  }

  remove(instance: Instance): void {
    this.#version++;
    this.#queue.change(instance, undefined);
    this.#table.remove(instance);
  }

  /** As it is now, in constant time. */
  freeze(): FrozenPopulation {
    return {
      table: this.#table.freeze(),
      version: this.#version,
      timerNumber: this.#timerNumber,
    };
  }
}
