/** A write-ahead log on a disk where nothing happens unless the test lets it. */
import { SectorDisk } from '../sim/disk.js';
import type { DiskFault } from '../sim/diskRules.js';
import type { LogStore, Recovered } from './logStore.js';
import { entry, filled, identity } from './walHistory.contract.js';
import { walStore } from './walStore.js';

export const segmentBytes = 4096;

/** A founded store on a disk where operations wait for `step`, and what both have done. */
export class Bench {
  readonly operations: string[] = [];
  readonly told: (number | string)[] = [];
  fault: DiskFault = () => undefined;
  readonly disk: SectorDisk;
  store: LogStore;
  #held: (() => void)[] = [];
  #number = 0;
  #index = 0;

  constructor({ isSpareUnsynced = false } = {}) {
    this.disk = new SectorDisk(
      (kind, file, run) => {
        this.operations.push(`${kind} ${file}`);
        this.#held.push(run);
      },
      'bench',
      (kind, file) => this.fault(kind, file),
    );
    this.store = walStore({ disk: this.disk, segmentBytes });
    this.store.open(() => {});
    this.run();
    this.store.found(identity, 0, [], () => {});
    this.run(isSpareUnsynced ? `sync ${second}` : undefined, 2);
    this.#listen();
    this.operations.length = 0;
  }

  /** Lets the oldest operation happen. */
  step(): void {
    this.#held.shift()?.();
  }

  /** Lets operations happen until none is left, or until `last` waits for the `count`th time. */
  run(last?: string, count = 1): void {
    const isReached = (): boolean =>
      last !== undefined && this.operations.filter((name) => name === last).length >= count;
    while (this.#held.length > 0 && !isReached()) this.step();
  }

  append(...lengths: number[]): void {
    const entries = lengths.map((length) => entry(++this.#index, 1, filled(length)));
    this.#append(entries);
  }

  /** Puts a snapshot in place that covers the entries up to `index`. */
  snapshot(index: number, term = 1): void {
    this.store.createSnapshot({ index, term, stampMs: 0 }, (_error, writer) => {
      writer.write(filled(100), () => writer.commit(() => this.told.push(`snapshot ${index}`)));
    });
    this.run();
  }

  appendBad(): void {
    this.#append([{ ...entry(++this.#index, 1, filled(50)), sequence: 0.5 }]);
  }

  /** Another store on the same disk, and what it recovers. */
  reopen(): Recovered | Error | undefined {
    // What was answered stays: the process of the store before has ended.
    this.disk.kill();
    this.#held = [];
    this.#number = 0;
    let answer: Recovered | Error | undefined;
    this.store = walStore({ disk: this.disk, segmentBytes });
    this.store.open((error, recovered) => {
      answer = error ?? recovered;
      this.#index = recovered.base.index + recovered.entries.length;
    });
    this.run();
    this.#listen();
    return answer;
  }

  crash(): void {
    this.disk.crash(() => false);
  }

  /** Sizes of the files, as they are in the end. */
  sizes(): number[] {
    const sizes: number[] = [];
    this.disk.list((_error, names) => {
      for (const name of names) this.disk.read(name, (_failure, { length }) => sizes.push(length));
    });
    this.run();
    return sizes;
  }

  get indexes(): number[] {
    const recovered = this.reopen();
    if (recovered === undefined || recovered instanceof Error) throw new Error('not recovered');
    return recovered.entries.map(({ index }) => index);
  }

  #append(entries: readonly ReturnType<typeof entry>[]): void {
    const number = ++this.#number;
    this.store.append({ number, currentTerm: 1, votedFor: undefined, isVote: false, entries });
  }

  #listen(): void {
    this.store.listen({
      persisted: (number) => this.told.push(number),
      failed: (error) => this.told.push(error.message),
      room: (hasRoom) => this.told.push(hasRoom ? 'room' : 'no room'),
    });
  }
}

export const first = 'wal-0000000001.log';
export const second = 'wal-0000000002.log';
