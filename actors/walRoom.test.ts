import { describe, expect, it } from 'vitest';
import { Bench, first, second } from './walBench.contract.js';

const third = 'wal-0000000003.log';
const full = (code = 'ENOSPC'): Error => Object.assign(new Error('no space is left'), { code });

/** A bench whose second segment is being filled, and for which there is no room for a third. */
function benchWithoutRoom(code?: string): Bench {
  const bench = new Bench();
  bench.append(3_300);
  bench.run();
  bench.fault = (_kind, file) => (file > second ? full(code) : undefined);
  bench.append(1_000);
  bench.run();
  return bench;
}

describe('a disk that has no room for another segment', () => {
  for (const code of ['ENOSPC', 'EDQUOT', 'EFBIG', 'EMFILE'])
    it(`says so at once, while term and vote can still be written: ${code}`, () => {
      const bench = benchWithoutRoom(code);
      expect(bench.told).toEqual([1, 2, 'no room']);
      bench.append(10);
      bench.run();
      expect(bench.told).toEqual([1, 2, 'no room', 3]);
    });

  it('is not asked again before it is to be', () => {
    const bench = benchWithoutRoom();
    for (let i = 0; i < 5; i++) bench.append(10);
    bench.run();
    expect(bench.operations.filter((name) => name.endsWith(third)).length).toBe(1);
  });

  it('keeps in their order what does not fit, until there is room', () => {
    const bench = benchWithoutRoom();
    for (const length of [3_000, 10, 3_000, 10]) bench.append(length);
    bench.run();
    expect(bench.told).toEqual([1, 2, 'no room']);
    bench.fault = () => undefined;
    bench.store.findRoom();
    bench.run();
    expect(bench.told.slice(3)).toEqual(['room', 4, 6]);
    expect(bench.indexes).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it('tells each time it is asked, and only then', () => {
    const bench = benchWithoutRoom();
    bench.told.length = 0;
    for (let i = 0; i < 2; i++) {
      bench.store.findRoom();
      bench.run();
    }
    expect(bench.told).toEqual(['no room', 'no room']);
    bench.fault = () => undefined;
    for (let i = 0; i < 2; i++) {
      bench.store.findRoom();
      bench.run();
    }
    expect(bench.told).toEqual(['no room', 'no room', 'room', 'room']);
  });

  it('is told to whoever listens only later', () => {
    const bench = benchWithoutRoom();
    const told: boolean[] = [];
    bench.store.listen({ persisted: () => {}, failed: () => {}, room: (has) => told.push(has) });
    expect(told).toEqual([false]);
  });

  it('is closed all the same, and keeps what was promised', () => {
    const bench = benchWithoutRoom();
    for (let i = 0; i < 3; i++) bench.append(2_000);
    bench.run();
    let isClosed = false;
    bench.store.close(() => {
      isClosed = true;
    });
    bench.run();
    expect([isClosed, bench.told]).toEqual([true, [1, 2, 'no room', 3]]);
    bench.fault = () => undefined;
    expect(bench.indexes).toEqual([1, 2, 3]);
  });

  it('closes only when what waits for a segment that is being created is written', () => {
    const bench = new Bench({ isSpareUnsynced: true });
    for (let i = 0; i < 2; i++) bench.append(2_000);
    bench.store.close(() => bench.told.push('closed'));
    bench.run();
    expect(bench.told).toEqual([1, 2, 'closed']);
  });

  it('is noticed when the store is opened', () => {
    const bench = benchWithoutRoom();
    bench.reopen();
    bench.run();
    expect(bench.told.at(-1)).toBe('no room');
  });

  it('has room again when something was removed', () => {
    const bench = benchWithoutRoom();
    bench.fault = (_kind, file) => (file === third ? full() : undefined);
    bench.snapshot(2);
    bench.fault = () => undefined;
    bench.store.compact(2);
    bench.run();
    expect(bench.told.at(-1)).toBe('room');
    expect(bench.operations).toContain(`sync ${first}`);
  });
});

describe('a disk that fails when a segment is created', () => {
  it('stops the store at once', () => {
    const bench = benchWithoutRoom('EIO');
    expect(bench.told).toEqual([1, 2, 'no space is left']);
  });

  it('leaves nothing behind where the header cannot be written for lack of room', () => {
    const bench = new Bench();
    bench.append(3_300);
    bench.run();
    bench.fault = (kind, file) => (kind === 'write' && file > second ? full() : undefined);
    bench.append(1_000);
    bench.run();
    bench.fault = () => undefined;
    bench.store.findRoom();
    bench.append(3_000);
    bench.run();
    expect(bench.told).toEqual([1, 2, 'no room', 'room', 3]);
  });
});
