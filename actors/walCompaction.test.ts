import { describe, expect, it } from 'vitest';
import type { LogBase } from '../machines/log.js';
import type { SnapshotWriter } from './logStore.js';
import { StoreDamaged } from './logStore.js';
import { Bench, first, second } from './walBench.contract.js';
import { segmentName } from './walFormat.js';
import { filled } from './walHistory.contract.js';
import { snapshotName } from './walSnapshotName.js';

const at = (index: number, term = 1): LogBase => ({ index, term, stampMs: 0 });
const failure = (code: string): Error => Object.assign(new Error(code), { code });

/** A bench with `count` entries, two to a segment. */
function filledBench(count: number): Bench {
  const bench = new Bench();
  for (let i = 0; i < count; i++) {
    bench.append(1_500);
    bench.run();
  }
  bench.told.length = 0;
  bench.operations.length = 0;
  return bench;
}

function filesOf(bench: Bench): string[] {
  let files: readonly string[] = [];
  bench.disk.list((_error, names) => {
    files = names;
  });
  bench.run();
  return files.filter((name) => name !== 'identity');
}

const removals = (bench: Bench): string[] =>
  bench.operations.filter((name) => name.startsWith('sync'));

describe('compaction', () => {
  it('removes the oldest segments, one after the other', () => {
    const bench = filledBench(8);
    expect(filesOf(bench).length).toBe(5);
    bench.snapshot(6);
    bench.operations.length = 0;
    bench.store.compact(6);
    for (const number of [1, 2, 3]) {
      expect(removals(bench).length).toBe(number);
      expect(removals(bench).at(-1)).toBe(`sync ${segmentName(number)}`);
      bench.step();
    }
    bench.run();
    expect(filesOf(bench)).toEqual([snapshotName(0, at(6)), segmentName(4), segmentName(5)]);
    bench.crash();
    expect(bench.indexes).toEqual([7, 8]);
  });

  it('keeps a segment with an entry that is not covered', () => {
    const bench = filledBench(8);
    bench.snapshot(7);
    for (const index of [0, 1, 3]) bench.store.compact(index);
    bench.run();
    expect(filesOf(bench)).not.toContain(first);
    expect(filesOf(bench)).toContain(second);
    bench.crash();
    expect(bench.indexes).toEqual([4, 5, 6, 7, 8]);
  });

  it('drops nothing that no snapshot in place covers', () => {
    const bench = filledBench(8);
    bench.store.compact(8);
    bench.run();
    bench.snapshot(3);
    bench.store.compact(8);
    bench.run();
    expect(filesOf(bench)).toContain(second);
    expect(filesOf(bench)).not.toContain(first);
  });

  it('waits until the next segment begins with a durable checkpoint', () => {
    const bench = filledBench(2);
    bench.snapshot(2);
    bench.append(1_500);
    // The first segment is closed, the batch is written to the second, and not yet synced.
    for (let i = 0; i < 2; i++) bench.step();
    bench.store.compact(2);
    expect(bench.operations).not.toContain(`sync ${first}`);
    bench.run();
    expect(filesOf(bench)).not.toContain(first);
    expect(bench.indexes).toEqual([3]);
  });

  it('removes older snapshots', () => {
    const bench = filledBench(6);
    for (const index of [2, 3, 5]) bench.snapshot(index);
    expect(filesOf(bench).filter((name) => name.startsWith('snapshot')).length).toBe(3);
    bench.store.compact(2);
    bench.run();
    const left = filesOf(bench).filter((name) => name.startsWith('snapshot'));
    expect(left).toEqual([snapshotName(0, at(5))]);
  });

  it('is tried again where the disk needs room for it', () => {
    const bench = filledBench(6);
    bench.snapshot(4);
    bench.fault = (_kind, file) => (file === first ? failure('ENOSPC') : undefined);
    bench.store.compact(4);
    bench.run();
    expect(filesOf(bench)).toContain(first);
    bench.fault = () => undefined;
    bench.store.compact(4);
    bench.run();
    expect([filesOf(bench).includes(first), bench.told]).toEqual([false, ['snapshot 4']]);
  });

  it('stops the store where the disk fails', () => {
    const bench = filledBench(6);
    bench.snapshot(4);
    bench.fault = (_kind, file) => (file === first ? failure('EIO') : undefined);
    bench.store.compact(4);
    bench.run();
    expect(bench.told).toEqual(['snapshot 4', 'EIO']);
    expect(filesOf(bench)).toContain(second);
  });

  it('is over when the store is closed', () => {
    const bench = filledBench(6);
    bench.snapshot(4);
    bench.store.compact(4);
    let isClosed = false;
    bench.store.close(() => {
      isClosed = true;
    });
    expect(isClosed).toBe(false);
    bench.run();
    expect(isClosed).toBe(true);
    expect(filesOf(bench)).toContain(second);
  });
});

describe('a snapshot that cannot be written', () => {
  /** Begins a snapshot, and answers what becomes of each step of it. */
  function attempt(bench: Bench, length = 300): (string | undefined)[] {
    const answers: (string | undefined)[] = [];
    const note = (error: Error | undefined): void => {
      answers.push(error?.message);
    };
    bench.store.createSnapshot(at(3), (error, writer: SnapshotWriter | undefined) => {
      note(error);
      writer?.write(filled(length), (unwritten) => {
        note(unwritten);
        writer.commit(note);
      });
    });
    bench.run();
    return answers;
  }

  for (const kind of ['write', 'sync'] as const)
    it(`leaves nothing behind, and the log goes on: a ${kind} fails`, () => {
      const bench = filledBench(3);
      const before = filesOf(bench);
      bench.fault = (operation, file) =>
        operation === kind && file.endsWith('part') ? failure('EIO') : undefined;
      expect(attempt(bench)).toContain('EIO');
      expect(filesOf(bench)).toEqual(before);
      bench.append(10);
      bench.run();
      expect(bench.told).toEqual([4]);
      bench.fault = () => undefined;
      expect(attempt(bench)).toEqual([undefined, undefined, undefined]);
    });

  it('is told of a lack of room', () => {
    const bench = filledBench(3);
    const before = filesOf(bench);
    bench.disk.capacityBytes = bench.sizes().reduce((sum, size) => sum + size, 100);
    expect(attempt(bench)[1]).toContain('no space is left');
    expect(filesOf(bench)).toEqual(before);
    expect(attempt(bench, 100)).toEqual([undefined, undefined, undefined]);
  });

  it('is removed when the store is opened again', () => {
    const bench = filledBench(3);
    bench.store.createSnapshot(at(3), (_error, writer) => writer.write(filled(300), () => {}));
    bench.run();
    expect(filesOf(bench).filter((name) => name.endsWith('.part')).length).toBe(1);
    bench.reopen();
    expect(filesOf(bench).filter((name) => name.endsWith('.part'))).toEqual([]);
  });
});

describe('a folder from which files were taken away', () => {
  /** A folder whose first segments are dropped behind a snapshot. */
  function compacted(): Bench {
    const bench = filledBench(8);
    bench.snapshot(6);
    bench.store.compact(6);
    bench.run();
    return bench;
  }

  function refusal(bench: Bench, ...missing: string[]): string {
    for (const name of missing) bench.disk.remove(name, () => {});
    bench.run();
    const before = filesOf(bench);
    const error = bench.reopen();
    expect(error).toBeInstanceOf(StoreDamaged);
    expect(filesOf(bench)).toEqual(before);
    return (error as Error).message;
  }

  it('is refused without the snapshot', () => {
    const message = refusal(compacted(), snapshotName(0, at(6)));
    const file = `bench/${segmentName(3)}, byte 0: the file is missing`;
    expect(message).toContain(
      `${file}, and no snapshot covers what it held (there is none). Keep a copy`,
    );
  });

  it('is refused with a snapshot that is too old', () => {
    const bench = filledBench(8);
    for (const index of [3, 6]) bench.snapshot(index);
    expect(refusal(bench, first, second, segmentName(3), snapshotName(0, at(6)))).toContain(
      `${segmentName(3)}, byte 0: the file is missing, and no snapshot covers ` +
        'what it held (the newest ends at 3)',
    );
  });

  it('is refused without a segment in between, or without all of them', () => {
    const bench = filledBench(8);
    bench.snapshot(8);
    expect(refusal(bench, segmentName(3))).toContain(`${segmentName(3)}, byte 0: the file is`);
    const all = compacted();
    const segments = filesOf(all).filter((name) => name.startsWith('wal'));
    expect(refusal(all, ...segments)).toContain('the batch of the founding is missing');
    const spare = compacted();
    expect(refusal(spare, segmentName(4))).toContain('the batch of the checkpoint is missing');
  });

  it('is refused without its identity, also where there is only a snapshot', () => {
    const bench = compacted();
    const segments = filesOf(bench).filter((name) => name.startsWith('wal'));
    expect(refusal(bench, 'identity', ...segments)).toContain('although there is a snapshot');
  });

  it('is refused without the snapshot that its log begins behind', () => {
    const bench = filledBench(1);
    bench.snapshot(9, 2);
    const write = { currentTerm: 2, votedFor: undefined, isVote: true, entries: [] };
    bench.store.append({ number: 2, ...write, base: at(9, 2) });
    bench.run();
    expect(refusal(bench, snapshotName(0, at(9, 2)))).toContain(
      `${snapshotName(0, at(9, 2))}, byte 0: the file is missing, and no snapshot`,
    );
  });
});
