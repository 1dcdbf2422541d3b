/** Tests of the coverage of statecharts: a line counts as taken when it was, and not before. */
import { describe, expect, it } from 'vitest';
import { createActor, setup } from 'xstate';
import { progressMachine, unknownProgress } from '../machines/progress.js';
import { server } from '../machines/server.js';
import { play, search } from './assertLaws.js';
import { partCharts } from './partCharts.js';
import { WritingRun } from './support/writingRun.js';
import { TransitionCounter, together } from './transitionCounter.js';
import { assertCovered, NotCovered, unreachable } from './unreachable.js';

const door = setup({
  types: { events: {} as { type: 'push' } | { type: 'lock' } },
  guards: { isStuck: () => false },
}).createMachine({
  id: 'door',
  initial: 'closed',
  on: { lock: { actions: [] } },
  states: {
    closed: { on: { push: [{ guard: 'isStuck' }, { target: 'moving' }] } },
    moving: { always: 'open' },
    open: { on: { push: 'closed' } },
  },
});

const lines = [
  'door: lock line 1',
  'closed: push line 1',
  'closed: push line 2',
  'moving: always line 1',
  'open: push line 1',
];

describe('a transition counter', () => {
  it('tells the lines of a chart that were not taken', () => {
    const counter = new TransitionCounter();
    const actor = createActor(counter.counted(door)).start();
    expect(counter.result.untaken.toSorted()).toEqual(lines.toSorted());
    actor.send({ type: 'push' });
    expect(actor.getSnapshot().value).toBe('open');
    expect(counter.result).toEqual({
      taken: 2,
      total: 5,
      untaken: expect.arrayContaining([lines[0], lines[1], lines[4]]),
    });
    actor.send({ type: 'push' });
    expect(counter.result.taken).toBe(3);
  });

  it('goes on counting where the machine is given other implementations', () => {
    const counter = new TransitionCounter();
    const stuck = counter.counted(door).provide({ guards: { isStuck: () => true } });
    createActor(stuck).start().send({ type: 'push' });
    expect(counter.result.untaken).not.toContain('closed: push line 1');
    expect(counter.result.taken).toBe(1);
  });

  it('leaves the machine as it was', () => {
    const counter = new TransitionCounter();
    counter.counted(door);
    createActor(door).start().send({ type: 'push' });
    expect(counter.result.taken).toBe(0);
  });

  it('puts campaigns together: what one of them took is taken', () => {
    const one = { taken: 1, total: 3, untaken: ['b', 'c'] };
    const other = { taken: 2, total: 3, untaken: ['b'] };
    expect(together([one, other])).toEqual({ taken: 2, total: 3, untaken: ['b'] });
  });
});

describe('coverage', () => {
  const [impossible, another] = Object.keys(unreachable);
  const all = Object.keys(unreachable);

  it('is whole when nothing is untaken but what cannot be taken, or only rarely', () => {
    expect(() => assertCovered({ untaken: all })).not.toThrow();
    expect(() =>
      assertCovered({ untaken: [...all, 'a: b line 1'] }, ['a: b line 1']),
    ).not.toThrow();
    expect(() => assertCovered({ untaken: [...all, 'a: b line 1'] })).toThrow(/never taken: a: b/u);
  });

  it('is wrong when something was taken that cannot be', () => {
    const untaken = all.filter((line) => line !== impossible);
    expect(() => assertCovered({ untaken })).toThrow(`taken, although: ${impossible}`);
    expect(() => assertCovered({ untaken })).toThrow(NotCovered);
    expect(() => assertCovered({ untaken })).not.toThrow(another);
  });

  it('is excused only for lines that there are', () => {
    const counter = new TransitionCounter();
    counter.expect(server);
    for (const line of all) expect(counter.result.untaken).toContain(line);
  });
});

describe('a server that is counted', () => {
  it('does what any other does', () => {
    const load = [600, 700].map((at) => ({ at, client: 0, command: 1 }));
    const schedule = { servers: 3, forMs: 1_000, windows: [], load, deviations: [] };
    const counter = new TransitionCounter();
    const { digest } = play({ schedule, seed: 1 }, { machine: counter.counted(server) });
    expect(digest).toBe(play({ schedule, seed: 1 }).digest);
    expect(counter.result.untaken).toContain('leader: TimeoutNowRequest line 1');
    expect(counter.result.untaken).not.toContain('leader: ClientRequest line 1');
    expect(counter.result.untaken).not.toContain('preCandidate: always line 1');
  });

  it('tells a search how much of the charts it has tried', () => {
    const { transitions } = search({
      runs: 3,
      servers: [3],
      shrinkRunsMax: 0,
      countsTransitions: true,
    });
    expect(transitions!.total).toBe(transitions!.taken + transitions!.untaken.length);
    expect(transitions!.taken).toBeGreaterThan(20);
    expect(search({ runs: 1, shrinkRunsMax: 0 }).transitions).toBeUndefined();
  });
});

describe('the charts of the parts of a server', () => {
  it('are counted by what a step has changed', () => {
    const counter = new TransitionCounter();
    const run = new WritingRun(partCharts(counter));
    const probing = unknownProgress(2, 0);
    const leading = (progress: object) => ({ leadership: { progress } as never });
    run.steps('a', leading({ b: probing }));
    run.steps('a', leading({ b: { ...probing, isProbed: true } }));
    run.steps('a', leading({ b: { ...probing, state: 'replicating', matchIndex: 1 } }));
    const expected = new TransitionCounter();
    expected.expect(progressMachine);
    const taken = expected.result.untaken.filter((line) => !counter.result.untaken.includes(line));
    expect(taken).toEqual(['probing: sent line 1', 'probing: accepted line 1']);
  });
});
