/** Tests of the faults of one machine: its processes, its clock, its disk. */
import { describe, expect, it } from 'vitest';
import { load, start } from '../../properties/support/busyRun.js';
import type { Fault } from '../fault.js';
import { benign } from '../schedule.js';
import type { Simulation } from '../simulation.js';
import type { TraceEvent } from '../trace.js';

type Cluster = Simulation<number, number>;

/** Three servers under load from 600 ms on; one fault of the second one, from 700 ms on. */
function begin(fault: Fault, dur = 300, servers = 3): Cluster {
  const simulation = start({ ...benign(servers, 4_000), load });
  simulation.inject({ at: 700, dur, fault });
  return simulation;
}

function counts(simulation: Cluster, { kind }: Fault): readonly number[] {
  const { fired, mattered } = simulation.result().faults[kind] ?? { fired: 0, mattered: 0 };
  return [fired, mattered];
}

/** Which servers are down at each of these times. */
function downAt(simulation: Cluster, times: readonly number[]): string[] {
  return times.map((ms) => {
    simulation.runUntil(ms);
    return simulation
      .view()
      .flatMap(({ id, isUp }) => (isUp ? [] : [id]))
      .join();
  });
}

/** How far the log of a server, and what it has applied, is now. */
function progressOf(simulation: Cluster, server = 1): number {
  return simulation.view()[server]!.lastApplied;
}

describe('a crash loop', () => {
  it('ends each process soon after it has started, and lets the last one live', () => {
    const fault: Fault = { kind: 'crashLoop', server: 1, everyMs: 2 };
    const simulation = begin(fault, 100);
    simulation.runUntil(699);
    const before = progressOf(simulation);
    let downs = 0;
    let wasUp = true;
    for (let ms = 700; ms < 800; ms += 0.25) {
      simulation.runUntil(ms);
      const { snapshot } = simulation.view()[1]!;
      if (wasUp && snapshot === undefined) downs++;
      wasUp = snapshot !== undefined;
    }
    expect(downs).toBeGreaterThan(0);
    simulation.runUntil(3_000);
    expect(progressOf(simulation)).toBeGreaterThan(before);
    expect(progressOf(simulation)).toBe(progressOf(simulation, 0));
    expect(counts(simulation, fault)).toEqual([1, 1]);
  });
});

describe('a crash of all', () => {
  it('at once leaves nobody', () => {
    const simulation = begin({ kind: 'crashAll', everyMs: 0 }, 50);
    expect(downAt(simulation, [699, 701, 749, 751])).toEqual(['', 's1,s2,s3', 's1,s2,s3', '']);
  });

  it('one by one leaves the others, and ends with its window', () => {
    const simulation = begin({ kind: 'crashAll', everyMs: 10 }, 25);
    expect(downAt(simulation, [705, 715, 724, 726])).toEqual(['s1', 's2', 's3', '']);
  });
});

describe('a sluggish server', () => {
  it('is as late as that in all that it hears, and goes on as before when it is over', () => {
    const fault: Fault = { kind: 'sluggish', server: 1, extraMs: 15 };
    const simulation = begin(fault, 600);
    const lag: number[] = [];
    for (let ms = 705; ms < 1_290; ms += 5) {
      simulation.runUntil(ms);
      lag.push(progressOf(simulation, 0) - progressOf(simulation));
    }
    expect(Math.max(...lag)).toBeGreaterThan(0);
    simulation.runUntil(2_000);
    expect(progressOf(simulation)).toBe(progressOf(simulation, 0));
    expect(counts(simulation, fault)).toEqual([1, 1]);
  });

  it('that is late by nothing is not', () => {
    const fault: Fault = { kind: 'sluggish', server: 1, extraMs: 0 };
    const simulation = begin(fault);
    const calm = start({ ...benign(3, 4_000), load });
    for (const one of [simulation, calm]) one.runUntil(2_000);
    expect(counts(simulation, fault)).toEqual([1, 0]);
    expect(simulation.result().digest).toBe(calm.result().digest);
  });
});

describe('a stall', () => {
  it('comes between what a server has decided and what it does', () => {
    const events: TraceEvent[] = [];
    const simulation = start({ ...benign(3, 4_000), load }).fork({
      onEvent: (event) => events.push(event),
    });
    const fault: Fault = { kind: 'stall', server: 0 };
    simulation.inject({ at: 700, dur: 150, fault });
    simulation.runUntil(849);
    const stalled = events.filter(({ at }) => at >= 700);
    const own = stalled.filter((event) => event.type === 'step' && event.server === 's1');
    // Its next step is its last one for now, and nothing comes of it.
    expect(own).toHaveLength(1);
    expect(stalled.filter(({ cause }) => cause === own[0]!.number)).toEqual([]);
    simulation.runUntil(900);
    expect(events.some(({ at, cause }) => at >= 850 && cause === own[0]!.number)).toBe(true);
    expect(counts(simulation, fault)).toEqual([1, 1]);
  });

  it('with a crash in it takes all of the step away', () => {
    const simulation = begin({ kind: 'stall', server: 0 }, 150);
    simulation.inject({ at: 760, dur: 10, fault: { kind: 'crash', server: 0 } });
    simulation.runUntil(3_000);
    expect(simulation.view().every(({ isUp }) => isUp)).toBe(true);
    expect(progressOf(simulation)).toBe(progressOf(simulation, 0));
  });
});

describe('a process that runs out of memory', () => {
  it('dies in the midst of a command, which it applies when it is back', () => {
    const fault: Fault = { kind: 'outOfMemory', server: 'leader' };
    const simulation = begin(fault, 400);
    simulation.runUntil(750);
    expect(simulation.view().filter(({ isUp }) => !isUp)).toHaveLength(1);
    simulation.runUntil(4_000);
    expect(simulation.view().every(({ isUp }) => isUp)).toBe(true);
    expect(new Set([0, 1, 2].map((server) => progressOf(simulation, server))).size).toBe(1);
    expect(counts(simulation, fault)).toEqual([1, 1]);
    // Nobody was told what became of it by a process that was no more.
    expect(simulation.result().history.some(({ outcome }) => outcome === 'unknown')).toBe(true);
  });

  it('is none where nothing is applied', () => {
    const fault: Fault = { kind: 'outOfMemory', server: 1 };
    const simulation = start(benign(3, 2_000));
    simulation.inject({ at: 700, dur: 300, fault });
    expect(downAt(simulation, [999, 1_500])).toEqual(['', '']);
    expect(counts(simulation, fault)).toEqual([1, 0]);
  });
});

describe('a disk that fails', () => {
  it('to write stops its server until it is repaired', () => {
    const fault: Fault = { kind: 'failWrite', server: 1 };
    const simulation = begin(fault);
    simulation.runUntil(999);
    const behind = progressOf(simulation, 0) - progressOf(simulation);
    simulation.runUntil(3_000);
    expect(behind).toBeGreaterThan(0);
    expect(progressOf(simulation)).toBe(progressOf(simulation, 0));
    expect(counts(simulation, fault)).toEqual([1, 1]);
  });

  it('to read keeps its server from starting until it is repaired', () => {
    const fault: Fault = { kind: 'failRead', server: 1 };
    const simulation = begin(fault);
    simulation.runUntil(999);
    expect(simulation.view()[1]!.snapshot).toBeUndefined();
    simulation.runUntil(3_000);
    expect(progressOf(simulation)).toBe(progressOf(simulation, 0));
    expect(counts(simulation, fault)).toEqual([1, 1]);
  });

  it('in two ways is repaired when neither is left', () => {
    const simulation = begin({ kind: 'failSync', server: 1 }, 100);
    simulation.inject({ at: 750, dur: 250, fault: { kind: 'failSync', server: 1 } });
    simulation.runUntil(990);
    const behind = progressOf(simulation, 0) - progressOf(simulation);
    simulation.runUntil(3_000);
    expect(behind).toBeGreaterThan(2);
    expect(progressOf(simulation)).toBe(progressOf(simulation, 0));
  });
});

describe('an impatient server', () => {
  it('mattered if a timer would have been longer; two of them stand for election together', () => {
    const one = begin({ kind: 'impatient', server: 1 });
    one.runUntil(1_500);
    expect(counts(one, { kind: 'impatient', server: 1 })).toEqual([1, 1]);
    const candidates = new Set<string>();
    const crash: Fault = { kind: 'crash', server: 'leader' };
    const both = begin(crash, 500, 5);
    for (const server of [1, 2, 3, 4])
      both.inject({ at: 600, dur: 1_000, fault: { kind: 'impatient', server } });
    for (let ms = 700; ms < 1_000; ms++) {
      both.runUntil(ms);
      for (const { id, snapshot } of both.view())
        if (/candidate/iu.test(JSON.stringify(snapshot?.value ?? ''))) candidates.add(id);
    }
    expect(candidates.size).toBeGreaterThan(1);
  });
});

describe('a strobing clock', () => {
  it('is wrong half of the time, and right again', () => {
    const simulation = start({ ...benign(1, 4_000) });
    simulation.inject({
      at: 100,
      dur: 100,
      fault: { kind: 'strobe', server: 0, ms: 5_000, everyMs: 10 },
    });
    const times = [99, 105, 115, 125, 195, 201].map((ms) => {
      simulation.runUntil(ms);
      return Math.round((simulation.servers[0] as unknown as HasTime).time.wallMs % 100_000);
    });
    const [first] = times;
    expect(times.map((ms) => Math.floor((ms - first!) / 1_000))).toEqual([0, 5, 0, 5, 0, 0]);
  });
});

interface HasTime {
  readonly time: { readonly wallMs: number };
}
