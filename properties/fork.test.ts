import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FaultWindow } from '../sim/fault.js';
import { Simulation, type SimulationOptions } from '../sim/simulation.js';
import type { TraceEvent } from '../sim/trace.js';
import { runningSum } from './assertLaws.js';
import { schedules } from './schedules.js';

const cases = fc.record({
  schedule: schedules({ forMs: 500, windowsMax: 6, loadMax: 12 }),
  seed: fc.nat(2 ** 30),
  forkAt: fc.integer({ min: 20, max: 480 }),
  server: fc.nat(6),
});

type Options = SimulationOptions<number, number>;

const stateMachine = runningSum;

function fault(at: number, server: number): FaultWindow {
  return { at, dur: 60, fault: { kind: 'isolate', server } };
}

describe('a fork', () => {
  it('has the past of the run that it was forked from, and a future of its own', () => {
    let differing = 0;
    const property = fc.property(cases, ({ schedule, seed, forkAt, server }) => {
      const options: Options = { schedule, seed, stateMachine };
      const run = new Simulation(options);
      run.runUntil(forkAt);
      const past = run.result();
      const fork = run.fork();
      expect(fork.result()).toEqual(past);
      fork.inject(fault(forkAt, server));
      fork.runUntil(500);
      expect(run.result().digest).toBe(past.digest);
      run.runUntil(500);
      if (run.result().digest !== fork.result().digest) differing++;
    });
    fc.assert(property, { seed: 1, numRuns: 500 });
    expect(differing).toBeGreaterThan(100);
  });

  it('can be forked again, with everything that was done to it by hand', () => {
    const schedule = { servers: 3, forMs: 2_000, windows: [], load: [], deviations: [] };
    const run = new Simulation<number, number>({ schedule, seed: 1, stateMachine });
    run.runUntil(700);
    const reconnect = run.begin({ kind: 'isolate', server: 'leader' });
    run.request({ client: 0, command: 1 });
    run.runUntil(1_000);
    reconnect();
    run.inject(fault(1_100, 1));
    run.runUntil(1_200);
    const trace: TraceEvent[] = [];
    const fork = run.fork({ onEvent: (event) => trace.push(event) }).fork();
    expect(fork.result()).toEqual(run.result());
    expect(trace.filter(({ type }) => type === 'healed')).toHaveLength(2);
    fork.runUntil(2_000);
    run.runUntil(2_000);
    expect(fork.result()).toEqual(run.result());
  });

  it('is refused where somebody may have acted on the servers themselves', () => {
    const schedule = { servers: 1, forMs: 100, windows: [], load: [], deviations: [] };
    const run = new Simulation({ schedule, stateMachine });
    expect(run.servers).toHaveLength(1);
    expect(() => run.fork()).toThrow('cannot be forked');
  });
});
