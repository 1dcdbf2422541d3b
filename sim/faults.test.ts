import { describe, expect, it } from 'vitest';
import { ActiveFaults, targetOf } from './faults.js';
import type { Fault, FaultWindow } from './schedule.js';

const window = (fault: Fault): FaultWindow => ({ at: 0, dur: 1, fault });

/** The links among three servers that are cut, as `from to`. */
function cut(faults: ActiveFaults): string[] {
  const links: string[] = [];
  for (const from of [0, 1, 2]) {
    for (const to of [0, 1, 2]) {
      if (from !== to && faults.blocks(from, to)) links.push(`${from} ${to}`);
    }
  }
  return links;
}

/** The faults after this one has begun at `server`. */
function begun(fault: Fault, server?: number): ActiveFaults {
  const faults = new ActiveFaults();
  faults.begin(window(fault), server);
  return faults;
}

describe('a fault', () => {
  it('is none before one begins', () => {
    const faults = new ActiveFaults();
    expect(cut(faults)).toEqual([]);
    expect([faults.loss, faults.duplication, faults.delay, faults.extraSyncMs(0, 0)]).toEqual([
      0,
      0,
      undefined,
      0,
    ]);
  });

  it('cuts, as a partition, every link between its side and the others', () => {
    expect(cut(begun({ kind: 'partition', side: [0] }))).toEqual(['0 1', '0 2', '1 0', '2 0']);
    expect(cut(begun({ kind: 'partition', side: [1, 2] }))).toEqual(['0 1', '0 2', '1 0', '2 0']);
    expect(cut(begun({ kind: 'partition', side: [0, 1, 2, 6] }))).toEqual([]);
  });

  it('cuts an isolated server off from all, a mute one to, and a deaf one from them', () => {
    const server = 'leader';
    expect(cut(begun({ kind: 'isolate', server }, 1))).toEqual(['0 1', '1 0', '1 2', '2 1']);
    expect(cut(begun({ kind: 'mute', server }, 1))).toEqual(['1 0', '1 2']);
    expect(cut(begun({ kind: 'deafen', server }, 1))).toEqual(['0 1', '2 1']);
  });

  it('slows the disk of its server, and no other', () => {
    const faults = begun({ kind: 'slowDisk', server: 2, extraMs: 30 }, 2);
    expect([0, 1, 2].map((server) => faults.extraSyncMs(server, 0))).toEqual([0, 0, 30]);
  });

  it('ends with its window, and leaves the others in force', () => {
    const faults = new ActiveFaults();
    const first = window({ kind: 'mute', server: 0 });
    const second = window({ kind: 'deafen', server: 0 });
    faults.begin(first, 0);
    faults.begin(second, 0);
    expect(cut(faults)).toEqual(['0 1', '0 2', '1 0', '2 0']);
    faults.end(first);
    expect(cut(faults)).toEqual(['1 0', '2 0']);
    faults.end(first);
    faults.end(second);
    expect(cut(faults)).toEqual([]);
  });

  it('does not end another of the same kind', () => {
    const faults = new ActiveFaults();
    const windows = [10, 30, 20].map((percent) => window({ kind: 'loss', percent }));
    for (const one of windows) faults.begin(one, undefined);
    expect(faults.loss).toBe(30);
    faults.end(windows[1]!);
    expect(faults.loss).toBe(20);
  });

  it('adds up where disks are slow twice, and is the worst where messages are lost', () => {
    const faults = new ActiveFaults();
    for (const extraMs of [5, 7]) faults.begin(window({ kind: 'slowDisk', server: 1, extraMs }), 1);
    for (const percent of [5, 7]) faults.begin(window({ kind: 'duplication', percent }), undefined);
    faults.begin(window({ kind: 'delay', percent: 5, maxMs: 9 }), undefined);
    expect(faults.extraSyncMs(1, 0)).toBe(12);
    expect(faults.duplication).toBe(7);
    expect(faults.delay).toMatchObject({ percent: 5, maxMs: 9 });
  });

  it('has a target, if it is about one server', () => {
    expect(targetOf({ kind: 'crash', server: 'leader' })).toBe('leader');
    expect(targetOf({ kind: 'mute', server: 0 })).toBe(0);
    expect(targetOf({ kind: 'loss', percent: 5 })).toBeUndefined();
  });
});
