/** Tests of the simulator: a run is a function of schedule and seed, and faults do what they say, and no more. */
import { describe, expect, it } from 'vitest';
import { fromReducer } from '../actors/fromReducer.js';
import type { Law } from './law.js';
import { record } from './recording.js';
import type { Run } from './run.js';
import { benign, type Fault, type FaultWindow, type LoadItem, type Schedule } from './schedule.js';
import { Simulation, simulate } from './simulation.js';

const stateMachine = fromReducer({
  initial: 0,
  apply: (total, add: number) => ({ state: total + add, result: total + add }),
});

/** One command every 50 ms, from 600 ms on. */
const load: readonly LoadItem<number>[] = Array.from({ length: 20 }, (_, n) => ({
  at: 600 + 50 * n,
  client: n % 3,
  command: n,
}));

const windows: readonly FaultWindow[] = [
  { at: 700, dur: 300, fault: { kind: 'loss', percent: 20 } },
  { at: 900, dur: 200, fault: { kind: 'crash', server: 'leader' } },
  { at: 1_200, dur: 100, fault: { kind: 'delay', percent: 30, maxMs: 40 } },
];

/** A run of two seconds in which not everything goes well. */
const busy: Schedule<number> = { ...benign(3, 2_000), load, windows };

function play(schedule: Schedule<number>, seed = 1): Run {
  return simulate({ schedule, seed, stateMachine });
}

function start(schedule: Schedule<number>, seed = 1): Simulation<number, number> {
  return new Simulation<number, number>({ schedule, seed, stateMachine });
}

/** Runs until some server leads. */
function elected(simulation: Simulation<number, number>): number {
  const leads = () => simulation.view().findIndex(({ snapshot }) => isLeader(snapshot?.value));
  while (leads() < 0) expect(simulation.step()).toBe(true);
  return leads();
}

function isLeader(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'leader' in value;
}

describe('a run', () => {
  it('is the same for the same schedule and seed, in everything that can be seen of it', () => {
    expect(play(busy)).toEqual(play(busy));
  });

  it('is another for another seed, and for another schedule', () => {
    const seeds = [1, 2, 3, 4, 5].map((seed) => play(busy, seed).digest);
    const others = [
      { ...busy, windows: [] },
      { ...busy, load: [] },
      { ...busy, servers: 5 },
    ];
    const digests = [...seeds, ...others.map((schedule) => play(schedule).digest)];
    expect(new Set(digests).size).toBe(8);
  });

  it('lasts as long as its schedule says, however little happens in it', () => {
    expect(play(benign(1, 60_000)).virtualMs).toBe(60_000);
    expect(play({ ...busy, forMs: 1 }).events).toBe(0);
  });

  it('is the same when it is stepped, or run piece by piece', () => {
    const whole = play(busy);
    const stepped = start(busy);
    while (stepped.nowMs < 1_000) stepped.step();
    stepped.runUntil(busy.forMs);
    expect(stepped.result()).toEqual(whole);

    const inPieces = start(busy);
    for (let ms = 0; ms <= busy.forMs; ms += 7) inPieces.runUntil(ms);
    inPieces.runUntil(busy.forMs);
    expect(inPieces.result()).toEqual(whole);
  });

  it('is the same when a fault is added while it runs as when it was there from the start', () => {
    const [first, ...rest] = windows;
    const simulation = start({ ...busy, windows: rest });
    simulation.runUntil(650);
    simulation.inject(first!);
    simulation.runUntil(busy.forMs);
    expect(simulation.result()).toEqual(play(busy));
  });

  it('is not changed by looking at it', () => {
    const simulation = start(busy);
    while (simulation.nowMs < 1_500) {
      simulation.view();
      simulation.result();
      simulation.step();
    }
    simulation.runUntil(busy.forMs);
    expect(simulation.result().digest).toBe(play(busy).digest);
  });
});

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

describe('what clients ask', () => {
  it('is written down with what became of it', () => {
    const { history } = play({ ...benign(3, 2_000), load });
    expect(history.map(({ input }) => input)).toEqual(load.map(({ command }) => command));
    let total = 0;
    for (const { input, output, called, returned, outcome } of history) {
      total += input as number;
      expect([outcome, output]).toEqual(['done', total]);
      expect(returned!).toBeGreaterThan(called);
    }
  });

  it('is not done where nobody leads, and is answered for reads without an entry', () => {
    const asked = [
      { at: 10, client: 0, command: 1 },
      { at: 1_000, client: 0 },
      { at: 1_100, client: 0, command: 1 },
    ];
    const { history } = play({ ...benign(3, 2_000), load: asked });
    expect(history.map(({ outcome, output }) => [outcome, output])).toEqual([
      ['notDone', undefined],
      ['done', undefined],
      ['done', 1],
    ]);
  });
});

describe('every event', () => {
  it('comes after what caused it, and names it, down to what came from outside', () => {
    const { trace } = record({ schedule: busy, seed: 1, stateMachine });
    const byNumber = new Map(trace.map((event) => [event.number, event]));
    expect(trace.length).toBeGreaterThan(200);
    // Clients and faults are no events; nor is a timer that wakes too early, and sleeps on.
    const outside = new Set(['Restart', 'ClientRequest', 'ReadRequest']);
    const isFromOutside = (type: string) => outside.has(type) || type.startsWith('timer.');
    for (const { number, cause, at, type } of trace) {
      expect(cause).toBeLessThan(number);
      const event = byNumber.get(cause);
      if (event === undefined) expect(isFromOutside(type), type).toBe(true);
      else expect(event.at).toBeLessThanOrEqual(at);
    }
  });
});

describe('a law', () => {
  /** A law that is broken when a server takes its `count`th step. */
  function brokenAtStep(count: number): Law {
    return {
      name: 'Brevity',
      sentence: 'No run is long.',
      watch() {
        let steps = 0;
        const sometimes = { 'a step was taken': 0 };
        return {
          sometimes,
          step() {
            sometimes['a step was taken'] = ++steps;
            return steps === count ? `step ${steps}` : undefined;
          },
        };
      },
    };
  }

  it('that is broken ends the run, and is named with when and by whom', () => {
    const options = { schedule: busy, stateMachine, laws: [brokenAtStep(50)] };
    const simulation = new Simulation(options);
    simulation.runUntil(busy.forMs);
    const { ok, violations, virtualMs, sometimes } = simulation.result();
    expect(ok).toBe(false);
    expect(simulation.isBroken).toBe(true);
    const { law, detail, at, server } = violations[0]!;
    expect([law, detail, at]).toEqual(['Brevity', 'step 50', virtualMs]);
    expect(server).toMatch(/^s[123]$/);
    expect(sometimes).toEqual({ 'a step was taken': 50 });
    expect(simulation.step()).toBe(false);
  });

  it('that holds changes nothing about the run', () => {
    const watched = simulate({ schedule: busy, seed: 1, stateMachine, laws: [brokenAtStep(-1)] });
    expect(watched.ok).toBe(true);
    expect(watched.digest).toBe(play(busy).digest);
  });

  it('is watched anew in every run', () => {
    const options = { schedule: busy, stateMachine, laws: [brokenAtStep(50)] };
    expect(simulate(options).violations).toEqual(simulate(options).violations);
  });
});
