import { describe, expect, it } from 'vitest';
import { SectorDisk } from '../sim/disk.js';
import { logStoreContract } from './logStore.contract.js';
import { Bench, first, second, segmentBytes } from './walBench.contract.js';
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
        const another = () => walStore({ disk, segmentBytes });
        return { store, reopen, another };
      };
      logStoreContract(make, { describe, it });
    });
  }
});

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
      room: () => {},
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

describe('a write larger than a segment', () => {
  it('is told of although nothing is written after it', () => {
    const bench = new Bench();
    bench.append(10);
    bench.append(3 * segmentBytes);
    bench.run();
    expect(bench.told).toEqual([1, 2]);
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
