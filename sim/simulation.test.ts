/** Tests of the simulator: a run is a function of its schedule and its seed. */
import { describe, expect, it } from 'vitest';
import { busy, load, play, start, stateMachine, windows } from '../properties/support/busyRun.js';
import type { Law } from './law.js';
import { record } from './recording.js';
import { benign } from './schedule.js';
import { Simulation, simulate } from './simulation.js';

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
      ['done', 0],
      ['done', 1],
    ]);
  });
});

describe('every event', () => {
  it('comes after what caused it, and names it, down to what came from outside', () => {
    const { trace } = record({ schedule: busy, seed: 1, stateMachine });
    const byNumber = new Map(trace.map((event) => [event.number, event]));
    expect(trace.length).toBeGreaterThan(200);
    const beginning = new Set(['Restart', 'timer.election', 'fault', 'asked']);
    for (const event of trace) {
      const { number, cause, at, type } = event;
      expect(cause).toBeLessThan(number);
      const before = byNumber.get(cause);
      const what = type === 'step' ? event.event : type;
      if (before === undefined) expect([cause, beginning.has(what)], what).toEqual([0, true]);
      else expect(before.at).toBeLessThanOrEqual(at);
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
