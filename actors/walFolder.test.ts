import { describe, expect, it } from 'vitest';
import { Bench, first, second } from './walBench.contract.js';
import { walStore } from './walStore.js';

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
