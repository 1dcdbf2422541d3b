import { describe, expect, it } from 'vitest';
import { Bench } from './walBench.contract.js';

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
    const failed = (error: Error): number => told.push(error.message);
    bench.store.listen({ persisted: () => {}, failed, room: () => {} });
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
