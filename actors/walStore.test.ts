import { describe, expect, it } from 'vitest';
import { type DiskFault, SectorDisk } from '../sim/disk.js';
import { logStoreContract } from './logStore.contract.js';
import type { LogStore, Recovered } from './logStore.js';
import { entry, filled, identity } from './walHistory.contract.js';
import { walStore } from './walStore.js';

describe('the write-ahead log on a sector disk', () => {
  for (const segmentBytes of [2048, 64 * 1024]) {
    describe(`with segments of ${segmentBytes} bytes`, () => {
      const make = async () => {
        const disk = new SectorDisk((_kind, _file, run) => queueMicrotask(run));
        const store = walStore({ disk, segmentBytes });
        const reopen = async () => {
          disk.crash(() => false);
          return walStore({ disk, segmentBytes });
        };
        return { store, reopen };
      };
      logStoreContract(make, { describe, it });
    });
  }
});

const segmentBytes = 4096;

/** A founded store on a disk where operations wait for `step`, and what both have done. */
class Bench {
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

  appendBad(): void {
    this.#append([{ ...entry(++this.#index, 1, filled(50)), sequence: 0.5 }]);
  }

  /** Another store on the same disk, and what it recovers. */
  reopen(): Recovered | Error | undefined {
    this.#held = [];
    this.#number = 0;
    let answer: Recovered | Error | undefined;
    this.store = walStore({ disk: this.disk, segmentBytes });
    this.store.open((error, recovered) => {
      answer = error ?? recovered;
      this.#index = recovered.entries.length;
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
    });
  }
}

const first = 'wal-0000000001.log';
const second = 'wal-0000000002.log';

describe('group commit', () => {
  it('is one write and one sync for all that gathers while a sync is under way', () => {
    const bench = new Bench();
    bench.append(10);
    for (let i = 0; i < 20; i++) bench.append(10);
    expect(bench.operations).toEqual([`write ${first}`]);
    bench.run();
    const batch = [`write ${first}`, `sync ${first}`];
    expect(bench.operations).toEqual([...batch, ...batch]);
    expect(bench.told).toEqual([1, 21]);
  });

  it('puts the disk to work again before it tells what is done', () => {
    const bench = new Bench();
    let operations = 0;
    bench.store.listen({
      persisted: () => {
        operations ||= bench.operations.length;
      },
      failed: () => {},
    });
    bench.append(10);
    bench.append(10);
    bench.run();
    expect(operations).toBe(3);
  });

  it('splits what would not fit into a segment, and an entry larger than one makes it grow', () => {
    const bench = new Bench();
    bench.append(10);
    bench.append(...Array.from({ length: 40 }, () => 400));
    bench.append(3 * segmentBytes);
    bench.append(10);
    bench.run();
    expect(bench.told.at(-1)).toBe(4);
    const grown = bench.sizes().filter((size) => size > segmentBytes);
    expect(grown.length).toBe(1);
    expect(Math.floor(grown[0]! / segmentBytes)).toBe(3);
    bench.crash();
    expect(bench.indexes).toEqual(Array.from({ length: 43 }, (_, i) => i + 1));
  });
});

describe('segments', () => {
  it('are created ahead of need, so that a full one costs no creation', () => {
    const bench = new Bench();
    bench.append(3_300);
    bench.run();
    bench.operations.length = 0;
    bench.append(1_000);
    for (let i = 0; i < 3; i++) bench.step();
    expect(bench.told).toEqual([1, 2]);
    expect(bench.operations.slice(0, 3)).toEqual([
      `read ${first}`,
      `write ${second}`,
      `sync ${second}`,
    ]);
    expect(bench.operations.slice(3)).toEqual(['sync wal-0000000003.log']);
  });

  it('let writing go on while no new one can be created', () => {
    const bench = new Bench();
    bench.append(3_300);
    bench.run();
    bench.fault = (_kind, file) => (file > second ? new Error('no space is left') : undefined);
    bench.append(1_000);
    bench.run();
    bench.append(1_000);
    bench.run();
    expect(bench.told).toEqual([1, 2, 3]);
    expect(bench.operations.filter((name) => name.endsWith('3.log')).length).toBe(1);
    bench.append(3_000);
    bench.append(10);
    bench.run();
    bench.append(10);
    expect(bench.told).toEqual([1, 2, 3, 'no space is left']);
    bench.fault = () => undefined;
    expect(bench.indexes).toEqual([1, 2, 3]);
  });

  it('are tried again when one is needed', () => {
    const bench = new Bench();
    bench.append(3_300);
    bench.run();
    bench.fault = (_kind, file) => (file > second ? new Error('no space is left') : undefined);
    bench.append(1_000);
    bench.run();
    bench.fault = () => undefined;
    bench.append(3_300);
    bench.run();
    expect(bench.told).toEqual([1, 2, 3]);
    expect(bench.indexes).toEqual([1, 2, 3]);
  });

  it('leave nothing behind where their header cannot be written', () => {
    const bench = new Bench();
    bench.append(3_300);
    bench.run();
    bench.fault = (kind, file) =>
      kind === 'write' && file > second ? new Error('the disk failed') : undefined;
    bench.append(1_000);
    bench.run();
    bench.fault = () => undefined;
    bench.append(3_300);
    bench.run();
    expect(bench.told).toEqual([1, 2, 3]);
  });
});

describe('a disk that fails', () => {
  for (const kind of ['write', 'sync'] as const) {
    it(`stops the store at a ${kind}, once and for all`, () => {
      const bench = new Bench();
      bench.append(10);
      bench.run();
      bench.operations.length = 0;
      bench.fault = (operation) => (operation === kind ? new Error('the disk failed') : undefined);
      bench.append(10);
      bench.append(10);
      bench.run();
      bench.fault = () => undefined;
      bench.append(10);
      bench.store.remember('s2', 'store-2');
      bench.run();
      expect(bench.told).toEqual([1, 'the disk failed']);
      expect(bench.operations.filter((name) => name.startsWith(kind)).length).toBe(1);
    });
  }

  it('is told to whoever listens only later', () => {
    const bench = new Bench();
    bench.fault = () => new Error('the disk failed');
    bench.append(10);
    bench.run();
    const told: string[] = [];
    bench.store.listen({ persisted: () => {}, failed: (error) => told.push(error.message) });
    expect(told).toEqual(['the disk failed']);
  });

  it('is closed all the same', () => {
    const bench = new Bench();
    bench.fault = () => new Error('the disk failed');
    bench.append(10);
    bench.append(10);
    let isClosed = false;
    bench.store.close(() => {
      isClosed = true;
    });
    bench.run();
    expect(isClosed).toBe(true);
  });
});

describe('closing', () => {
  it('closes files only when nothing is on its way to them', () => {
    const bench = new Bench();
    let isClosed = false;
    bench.append(10);
    bench.append(10);
    bench.store.close(() => {
      isClosed = true;
    });
    bench.append(10);
    expect([bench.operations, isClosed]).toEqual([[`write ${first}`], false]);
    bench.run();
    const batch = [`write ${first}`, `sync ${first}`];
    const closing = [`read ${first}`, `read ${second}`];
    expect([bench.operations, isClosed]).toEqual([[...batch, ...batch, ...closing], true]);
    expect(bench.told).toEqual([1, 2]);
  });

  it('waits for the opening, and for a segment that is being created', () => {
    const bench = new Bench({ isSpareUnsynced: true });
    let closed = 0;
    bench.store.close(() => closed++);
    expect(closed).toBe(0);
    bench.run();
    expect(closed).toBe(1);
    const store = walStore({ disk: bench.disk, segmentBytes });
    store.open(() => {});
    store.close(() => closed++);
    expect(closed).toBe(1);
    bench.run();
    expect(closed).toBe(2);
    expect(bench.operations.slice(-2)).toEqual([`read ${first}`, `read ${second}`]);
  });
});

describe('an entry that cannot be written down', () => {
  it('stops the store before anything of it is written', () => {
    const bench = new Bench();
    bench.append(10);
    bench.run();
    bench.append(10);
    bench.appendBad();
    bench.append(10);
    bench.run();
    expect(bench.told).toEqual([1, expect.stringContaining('0.5')]);
    expect(bench.indexes).toEqual([1, 2]);
  });

  it('is told once, also where the disk fails then', () => {
    const bench = new Bench();
    bench.append(10);
    bench.appendBad();
    bench.fault = () => new Error('the disk failed');
    bench.run();
    expect(bench.told).toEqual([expect.stringContaining('0.5')]);
  });
});

describe('opening', () => {
  it('makes durable what only the machine remembered, before it answers', () => {
    const bench = new Bench();
    bench.append(10);
    bench.run();
    bench.append(700);
    bench.step();
    bench.disk.kill();
    expect(bench.indexes).toEqual([1, 2]);
    bench.crash();
    expect(bench.indexes).toEqual([1, 2]);
  });

  it('makes durable what only the machine remembered of the spare, before it is used', () => {
    const bench = new Bench({ isSpareUnsynced: true });
    bench.disk.kill();
    expect(bench.indexes).toEqual([]);
    bench.append(3_500);
    bench.run();
    bench.append(1_500);
    for (let i = 0; i < 2; i++) bench.step();
    bench.disk.crash((file, sector) => file !== second || sector > 0);
    expect(bench.indexes).toEqual([1, 2]);
  });

  it('overwrites a torn batch with zeros, in the segment or in the spare', () => {
    for (const length of [3_000, 3_500]) {
      const bench = new Bench();
      bench.append(700);
      bench.run();
      bench.append(length);
      bench.run();
      bench.append(1_500);
      bench.step();
      bench.disk.crash((_file, sector) => sector % 2 === 0);
      expect(bench.indexes).toEqual([1, 2]);
      bench.append(10);
      bench.run();
      bench.crash();
      expect(bench.indexes).toEqual([1, 2, 3]);
    }
  });

  it('answers why it cannot be made durable, and leaves no file open', () => {
    for (const name of [first, second]) {
      const bench = new Bench();
      bench.append(10);
      bench.run();
      bench.fault = (kind, file) =>
        kind === 'write' && file === name ? new Error('the disk failed') : undefined;
      bench.operations.length = 0;
      expect(bench.reopen()).toEqual(new Error('the disk failed'));
      // Reading both segments and the identity, then opening and closing as many as were opened.
      const opened = name === first ? [first] : [first, second];
      const reads = bench.operations.filter((operation) => operation.startsWith('read wal'));
      expect(reads.length).toBe(2 + 2 * opened.length);
    }
  });

  it('changes nothing where it refuses', () => {
    const bench = new Bench();
    bench.append(10);
    bench.append(10);
    bench.run();
    bench.disk.read(first, (_error, bytes) => {
      bench.disk.replace(first, bytes.with(700, 1), () => {});
    });
    bench.run();
    bench.operations.length = 0;
    expect(bench.reopen()).toBeInstanceOf(Error);
    expect(bench.operations.filter((name) => !name.startsWith('read'))).toEqual([]);
  });

  it('refuses sizes of segments in which nothing fits', () => {
    const { disk } = new Bench();
    for (const bytes of [0, -1, 2_047, 4_096.5, Number.NaN])
      expect(() => walStore({ disk, segmentBytes: bytes })).toThrow(RangeError);
  });
});
