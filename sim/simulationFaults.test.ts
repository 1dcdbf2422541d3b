/** Tests of the simulator: faults do what they say, where they say, and nothing else. */
import { describe, expect, it } from 'vitest';
import { busy, load, play, start, windows } from '../properties/support/busyRun.js';
import type { Fault, FaultWindow } from './fault.js';
import { benign } from './schedule.js';
import type { Simulation } from './simulation.js';

/** Runs until some server leads. */
function elected(simulation: Simulation<number, number>): number {
  const leads = () => simulation.view().findIndex(({ snapshot }) => isLeader(snapshot?.value));
  while (leads() < 0) expect(simulation.step()).toBe(true);
  return leads();
}

function isLeader(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'leader' in value;
}

describe('a fault that touches nothing', () => {
  const always = { at: 0, dur: busy.forMs };
  const idle: readonly Fault[] = [
    { kind: 'partition', side: [5] },
    { kind: 'partition', side: [0, 1, 2] },
    { kind: 'loss', percent: 0 },
    { kind: 'duplication', percent: 0 },
    { kind: 'delay', percent: 0, maxMs: 500 },
    { kind: 'delay', percent: 100, maxMs: 0 },
    { kind: 'slowDisk', server: 0, extraMs: 0 },
  ];

  for (const fault of idle) {
    it(`changes nothing: ${JSON.stringify(fault)}`, () => {
      const calm = { ...busy, windows: windows.slice(0, 2) };
      const changed = play({ ...calm, windows: [{ ...always, fault }, ...calm.windows] });
      expect(changed.digest).toBe(play(calm).digest);
      expect(changed.faults[fault.kind]!.fired).toBeGreaterThan(0);
    });
  }

  it('changes nothing: one that comes too late, or waits for what never happens', () => {
    const late: FaultWindow = { at: 1_999, dur: 1, fault: { kind: 'mute', server: 'voter' } };
    const later: FaultWindow = { at: 2_001, dur: 9, fault: { kind: 'crash', server: 0 } };
    const run = play({ ...busy, windows: [...windows, late, later] });
    expect(run).toEqual(play(busy));
  });

  it('changes nothing: a deviation of a message that is never sent, or of no size', () => {
    const deviations = [
      { from: 0, to: 1, message: 1_000_000, drop: true },
      { from: 0, to: 1, message: 3, extraMs: 0 },
    ] as const;
    expect(play({ ...busy, deviations }).digest).toBe(play(busy).digest);
  });
});

describe('a fault', () => {
  /** Which servers were down 50 ms after the fault. */
  function downAfter(fault: Fault): { down: number[]; leader: number; last: number[] } {
    const simulation = start({ ...benign(3, 3_000), load });
    simulation.runUntil(1_000);
    const before = simulation.view();
    const leader = elected(simulation);
    simulation.inject({ at: 1_000, dur: 100, fault });
    simulation.runUntil(1_050);
    const down = simulation.view().flatMap(({ isUp }, server) => (isUp ? [] : [server]));
    simulation.runUntil(1_200);
    expect(simulation.view().every(({ isUp }) => isUp)).toBe(true);
    return { down, leader, last: before.map((one) => one.snapshot!.context.log.lastIndex) };
  }

  it('meets the server that it names, by its number in a cluster of any size', () => {
    expect(downAfter({ kind: 'crash', server: 1 }).down).toEqual([1]);
    expect(downAfter({ kind: 'crash', server: 5 }).down).toEqual([2]);
  });

  it('meets the leader, or the most up-to-date of the others', () => {
    const { down, leader } = downAfter({ kind: 'crash', server: 'leader' });
    expect(down).toEqual([leader]);
    const other = downAfter({ kind: 'crash', server: 'upToDate' });
    expect(other.down).toHaveLength(1);
    expect(other.down).not.toContain(other.leader);
  });

  it('meets a follower, or the only one that has everything, if there is just one', () => {
    const follower = downAfter({ kind: 'crash', server: 'follower' });
    expect(follower.down).toHaveLength(1);
    expect(follower.down).not.toContain(follower.leader);
    // Both have everything.
    expect(downAfter({ kind: 'crash', server: 'onlyUpToDate' }).down).toEqual([]);
    const simulation = start({ ...benign(3, 3_000), load });
    simulation.runUntil(800);
    const [left, other] = [0, 1, 2].filter((server) => server !== elected(simulation));
    simulation.inject({ at: 800, dur: 500, fault: { kind: 'isolate', server: left! } });
    simulation.inject({ at: 1_000, dur: 50, fault: { kind: 'crash', server: 'onlyUpToDate' } });
    simulation.runUntil(1_010);
    expect(simulation.view().map(({ isUp }) => isUp)[other!]).toBe(false);
  });

  it('meets a candidate, where one stands for election', () => {
    const simulation = start({ ...benign(3, 3_000), load });
    simulation.runUntil(1_000);
    const lost: Fault = { kind: 'loss', percent: 100 };
    simulation.inject({ at: 1_000, dur: 1_500, fault: lost });
    simulation.inject({ at: 1_450, dur: 100, fault: { kind: 'crash', server: 'candidate' } });
    simulation.runUntil(1_440);
    const roles = simulation.view().map(({ snapshot }) => JSON.stringify(snapshot!.value));
    simulation.runUntil(1_460);
    const down = simulation.view().findIndex(({ isUp }) => !isUp);
    expect(roles[down]).toMatch(/candidate/iu);
    expect(downAfter({ kind: 'crash', server: 'candidate' }).down).toEqual([]);
  });

  it('may wait for what one server does, and meet another one', () => {
    const simulation = start({ ...benign(3, 3_000), load });
    simulation.runUntil(1_000);
    const leader = elected(simulation);
    const fault: Fault = { kind: 'crash', server: 'leader' };
    simulation.inject({ at: 1_000, when: 'quorum', dur: 50, fault });
    const isDown = () => !simulation.view()[leader]!.isUp;
    while (!isDown()) expect(simulation.step()).toBe(true);
    // What a majority has on its disks survives, though nobody knew.
    const others = simulation.view().filter((_, server) => server !== leader);
    const lasts = others.map(({ snapshot }) => snapshot!.context.log.lastIndex);
    expect(Math.max(...lasts)).toBeGreaterThan(others[0]!.snapshot!.context.commitIndex);
    simulation.runUntil(3_000);
    for (const { lastApplied } of simulation.view())
      expect(lastApplied).toBeGreaterThanOrEqual(Math.max(...lasts));
  });

  it('waits for the server that votes, is elected, or commits', () => {
    for (const server of ['voter', 'elected', 'committer'] as const) {
      const simulation = start({
        ...benign(3, 3_000),
        windows: [{ at: 0, dur: 500, fault: { kind: 'crash', server } }],
      });
      const crashed = () => simulation.view().findIndex(({ isUp }) => !isUp);
      // All are down for an instant, before they are started.
      simulation.runUntil(100);
      let leader = -1;
      while (crashed() < 0) {
        expect(simulation.step()).toBe(true);
        leader = Math.max(
          leader,
          simulation.view().findIndex((v) => isLeader(v.snapshot?.value)),
        );
      }
      if (server === 'voter') expect(leader).toBe(-1);
      else expect(crashed()).toBe(leader);
    }
  });

  it('that kills a server loses what its disk had not synced, and nothing else', () => {
    const kept = { acknowledged: 0, unsynced: 0 };
    for (let seed = 0; seed < 20; seed++) {
      const simulation = start(
        {
          ...benign(1, 3_000),
          load: [
            { at: 1_000, client: 0, command: 1 },
            { at: 2_000, client: 0, command: 2 },
          ],
          // A sync takes half a millisecond at least.
          windows: [{ at: 2_000.25, dur: 100, fault: { kind: 'crash', server: 0 } }],
        },
        seed,
      );
      simulation.runUntil(2_999);
      const { log } = simulation.view()[0]!.snapshot!.context;
      const commands = log.slice(1, 100).filter(({ kind }) => kind === 'command');
      const { history } = simulation.result();
      expect(history.map(({ outcome }) => outcome)).toEqual(['done', 'unknown']);
      if (commands.length > 0) kept.acknowledged++;
      if (commands.length > 1) kept.unsynced++;
    }
    expect(kept.acknowledged).toBe(20);
    expect(kept.unsynced).toBeGreaterThan(0);
    expect(kept.unsynced).toBeLessThan(20);
  });

  it('that slows a disk lets its server answer later', () => {
    const took = (slowDisksMs: readonly number[]) => {
      const schedule = { ...benign(1, 3_000), slowDisksMs };
      const item = { at: 2_000, client: 0, command: 1 };
      const [operation] = play({ ...schedule, load: [item] }).history;
      return operation!.returned! - operation!.called;
    };
    expect(took([30]) - took([0])).toBeCloseTo(30);
    expect(took([0])).toBeLessThan(2);
  });
});
