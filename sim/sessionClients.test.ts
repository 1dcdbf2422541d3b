/** Tests of clients with sessions in a run: they stop, and every request of theirs settles. */
import { describe, expect, it } from 'vitest';
import { play, start, stateMachine } from '../properties/support/busyRun.js';
import type { Law } from './law.js';
import type { Operation } from './run.js';
import { benign, type LoadItem, type Schedule } from './schedule.js';
import { Simulation } from './simulation.js';

const client = 7;

/** A second of three servers, whose leader is there after 500 ms at the latest. */
function quiet(load: readonly LoadItem<number>[], rest: Partial<Schedule<number>> = {}) {
  return { ...benign(3, 1_500), ...rest, load };
}

function outcomes(schedule: Schedule<number>): string[] {
  return play(schedule).history.map(({ outcome }) => outcome);
}

/** Tells which operations were not settled in the end, once for each run that is left alone. */
function tellsWaiting(waiting: (readonly Operation[])[]): Law {
  return {
    name: 'Waiting',
    sentence: 'Nobody waits.',
    watch: () => ({
      sometimes: {},
      stillWaiting: (operations) => {
        waiting.push(operations);
        return undefined;
      },
    }),
  };
}

describe('a client that stops', () => {
  it('refuses what it is asked for afterwards, certainly without effect', () => {
    const load = [
      { at: 700, client, command: 1 },
      { at: 900, client, stop: true as const },
      { at: 900.1, client, command: 10 },
      { at: 1_200, client, command: 100 },
      { at: 1_300, client: 8 },
    ];
    const { history } = play(quiet(load));
    expect(history.map(({ outcome }) => outcome)).toEqual(['done', 'notDone', 'notDone', 'done']);
    expect(history.at(-1)!.output).toBe(1);
    for (const one of history.slice(1, 3)) expect(one.returned).toBe(one.called);
  });

  it('settles what is under way at once: unknown, if it may have been sent', () => {
    const load = [
      { at: 700, client, command: 1 },
      { at: 900, client, command: 1 },
      { at: 900.5, client, stop: true as const },
    ];
    const { history } = play(quiet(load));
    expect(history.at(-1)).toMatchObject({ outcome: 'unknown', returned: 900.5 });
  });

  it('is asked for nothing by it, and one that holds no session takes no notice', () => {
    const stop = true as const;
    expect(outcomes(quiet([{ at: 700, client, stop }]))).toEqual([]);
    const load = [
      { at: 700, client: 1, stop },
      { at: 800, client: 1, command: 1 },
    ];
    expect(outcomes(quiet(load))).toEqual(['done']);
  });
});

describe('clients with settings of their own', () => {
  it('refuse more requests than they may have under way', () => {
    const load = [700, 900, 900, 900].map((at) => ({ at, client, command: 1 }));
    expect(outcomes(quiet(load))).toEqual(['done', 'done', 'done', 'done']);
    const few = { clients: { unansweredMax: 2 } };
    expect(outcomes(quiet(load, few))).toEqual(['done', 'done', 'done', 'notDone']);
  });
});

describe('a run that is left alone', () => {
  const load = [
    { at: 700, client, command: 1 },
    { at: 750, client: 9, command: 1 },
  ];

  it('ends with clients that have stopped', () => {
    const simulation = start(quiet(load));
    simulation.runUntil(1_500);
    simulation.leaveAlone(1_000);
    simulation.request({ client, command: 1 });
    simulation.request({ client: 8, command: 1 });
    simulation.runUntil(simulation.nowMs + 500);
    const last = simulation.result().history.slice(-2);
    expect(last.map(({ outcome }) => outcome)).toEqual(['notDone', 'done']);
  });

  it('owes the end of every stop, whether or not the cluster closes the session', () => {
    const waiting: (readonly Operation[])[] = [];
    const schedule = quiet(load);
    const simulation = new Simulation({ schedule, stateMachine, laws: [tellsWaiting(waiting)] });
    simulation.runUntil(1_500);
    simulation.leaveAlone(1_000);
    expect(waiting).toEqual([[]]);
  });
});
