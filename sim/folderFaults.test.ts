/** Tests of the simulator: data folders that are wiped, swapped, used twice, or older than that. */
import { describe, expect, it } from 'vitest';
import { clientLaws } from '../properties/clientLaws.js';
import { raftLaws } from '../properties/raftLaws.js';
import { load, stateMachine } from '../properties/support/busyRun.js';
import type { Fault, FaultWindow } from './fault.js';
import type { Law, Violation } from './law.js';
import type { Run, ServerView } from './run.js';
import { benign, type LoadItem, type Schedule } from './schedule.js';
import { Simulation, simulate } from './simulation.js';

const laws = [...raftLaws, ...clientLaws];

/** Commands when everything is over. */
const late: readonly LoadItem<number>[] = [2_500, 2_600, 2_700].map((at) => ({
  at,
  client: 0,
  command: 1,
}));

/** Three seconds of three servers, of which s1 leads where nothing goes wrong before 800 ms. */
function scheduleOf(...windows: readonly FaultWindow[]): Schedule<number> {
  return { ...benign(3, 3_000), load: [...load, ...late], windows };
}

/** The same of five. */
function fiveOf(...windows: readonly FaultWindow[]): Schedule<number> {
  return { ...scheduleOf(...windows), servers: 5 };
}

function begin(schedule: Schedule<number>): Simulation<number, number> {
  return new Simulation({ schedule, seed: 1, stateMachine, laws });
}

interface Played {
  readonly run: Run;
  readonly servers: readonly ServerView[];
  /** What became of the late commands. */
  readonly late: readonly string[];
}

function play(...windows: readonly FaultWindow[]): Played {
  return playOn(scheduleOf(...windows));
}

function playFive(...windows: readonly FaultWindow[]): Played {
  return playOn(fiveOf(...windows));
}

function playOn(schedule: Schedule<number>): Played {
  const simulation = begin(schedule);
  simulation.runUntil(3_000);
  const run = simulation.result();
  expect(run.violations).toEqual([]);
  const outcomes = run.history.filter(({ called }) => called >= 2_500);
  return { run, servers: simulation.view(), late: outcomes.map(({ outcome }) => outcome) };
}

const done = ['done', 'done', 'done'];

function between(at: number, until: number, fault: Fault): FaultWindow {
  return { at, dur: until - at, fault };
}

function lastIndex({ snapshot }: ServerView): number {
  return snapshot!.context.log.lastIndex;
}

function up(servers: readonly ServerView[]): string[] {
  return servers.flatMap(({ id, isUp }) => (isUp ? id : []));
}

describe('a folder that was wiped', () => {
  it('is not started on: its server says so and stays down, and the others go on', () => {
    for (const server of [0, 1, 2]) {
      const id = `s${server + 1}`;
      const { run, servers, late } = play(between(800, 900, { kind: 'wipe', server }));
      expect(run.detected).toMatchObject([{ server: id, code: 'RAFT_NOT_FOUNDED', at: 900 }]);
      expect(run.detected[0]!.message).toContain(`server ${id} was never founded`);
      expect(up(servers)).toEqual(['s1', 's2', 's3'].filter((other) => other !== id));
      expect(late).toEqual(done);
    }
  });

  it('ends the process that used it at once, as a swap ends two', () => {
    const upAt850 = (fault: Fault): string[] => {
      const simulation = begin(fiveOf(between(800, 900, fault)));
      simulation.runUntil(850);
      return up(simulation.view());
    };
    expect(upAt850({ kind: 'wipe', server: 1 })).toEqual(['s1', 's3', 's4', 's5']);
    expect(upAt850({ kind: 'swap', server: 1 })).toEqual(['s1', 's4', 's5']);
  });

  it('leaves a good copy to a majority: no third one of five is wiped', () => {
    const wipe = (server: number) => between(800 + server, 900, { kind: 'wipe', server });
    const { run, servers, late } = playFive(wipe(1), wipe(2), wipe(1), wipe(3));
    expect(run.detected.map(({ server }) => server)).toEqual(['s2', 's3']);
    expect(run.faults['wipe']).toEqual({ fired: 3, mattered: 3 });
    expect(up(servers)).toEqual(['s1', 's4', 's5']);
    expect(late).toEqual(done);
  });

  it('is found when its server would start again, also after another fault', () => {
    const crash = between(800, 1_000, { kind: 'crash', server: 1 });
    const { run, servers } = play(crash, between(850, 900, { kind: 'wipe', server: 1 }));
    expect(run.detected).toMatchObject([{ server: 's2', at: 1_000 }]);
    expect(up(servers)).toEqual(['s1', 's3']);
  });

  it('is found by a server that has stopped over its disk before', () => {
    const fail = between(700, 1_000, { kind: 'failSync', server: 1 });
    const { run, servers } = play(fail, between(800, 900, { kind: 'wipe', server: 1 }));
    expect(run.detected).toMatchObject([{ server: 's2', code: 'RAFT_NOT_FOUNDED', at: 900 }]);
    expect(up(servers)).toEqual(['s1', 's3']);
  });
});

describe('folders that were swapped', () => {
  const swap = (at: number): FaultWindow => between(at, at + 100, { kind: 'swap', server: 1 });

  it('are refused by both servers, who name whose they are', () => {
    const { run, servers, late } = playFive(swap(800));
    const messages = new Map(run.detected.map(({ server, message }) => [server, message]));
    expect(messages.get('s2')).toContain('belongs to server s3, not to s2');
    expect(messages.get('s3')).toContain('belongs to server s2, not to s3');
    expect(run.detected.map(({ code }) => code)).toEqual(Array(2).fill('RAFT_WRONG_CLUSTER'));
    expect(up(servers)).toEqual(['s1', 's4', 's5']);
    expect(late).toEqual(done);
  });

  it('may be any two', () => {
    const { run, servers } = playFive(between(800, 900, { kind: 'swap', server: 2, with: 0 }));
    expect(run.detected.map(({ server }) => server).sort()).toEqual(['s1', 's3']);
    expect(up(servers)).toEqual(['s2', 's4', 's5']);
  });

  it('are left where they are if that would leave no majority', () => {
    const { run } = play(swap(800));
    expect(run.detected).toEqual([]);
    expect(run.faults).toEqual({});
  });

  it('are as good as before when they are swapped back', () => {
    const { run, servers, late } = playFive(swap(1_000), swap(1_500));
    expect(run.detected).toHaveLength(2);
    expect(up(servers)).toEqual(['s1', 's2', 's3', 's4', 's5']);
    expect(late).toEqual(done);
    const [, ...swapped] = servers.slice(0, 3).map(lastIndex);
    expect(swapped).toEqual([lastIndex(servers[0]!), lastIndex(servers[0]!)]);
  });

  it('that fail to sync are refused when the disk is repaired', () => {
    const { run } = playFive(between(700, 1_200, { kind: 'failSync', server: 1 }), swap(800));
    expect(run.detected.map(({ server }) => server)).toEqual(['s3', 's2']);
    expect(run.detected[1]!.at).toBeGreaterThanOrEqual(1_200);
  });
});

describe('a folder that was restored from an old copy', () => {
  const restore = between(700, 1_200, { kind: 'restoreCopy', server: 1 });

  it('is not noticed, and does no harm while a majority remembers without it', () => {
    const simulation = begin(
      scheduleOf(restore, between(1_700, 2_000, { kind: 'crash', server: 'leader' })),
    );
    simulation.runUntil(1_190);
    const before = simulation.view().map(lastIndex);
    simulation.runUntil(1_690);
    const [leader, restored, other] = simulation.view().map(lastIndex);
    expect(restored).toBeLessThan(before[1]!);
    expect(other).toBe(leader);
    // The next leader has everything, and finds out what the restored one has.
    simulation.runUntil(3_000);
    const { violations, detected, history } = simulation.result();
    expect([violations, detected]).toEqual([[], []]);
    expect(new Set(history.map(({ outcome }) => outcome))).toEqual(new Set(['done']));
    expect(new Set(simulation.view().map(lastIndex)).size).toBe(1);
  });

  it('can stand for one that was wiped: it starts again, and catches up', () => {
    const copy = between(700, 1_500, { kind: 'restoreCopy', server: 1 });
    const { run, servers, late } = play(copy, between(900, 1_000, { kind: 'wipe', server: 1 }));
    expect(run.detected).toHaveLength(1);
    expect(up(servers)).toEqual(['s1', 's2', 's3']);
    expect(late).toEqual(done);
  });

  describe('where it was needed to remember', () => {
    /**
     * Until 1,200 ms the leader and s2 hold what is acknowledged, without s3; then s3 is back, the
     * leader is gone, and s2 has what `last` leaves it.
     */
    const needed = (last: FaultWindow): Schedule<number> =>
      scheduleOf(
        between(690, 1_200, { kind: 'crash', server: 2 }),
        last,
        between(1_199, 3_000, { kind: 'crash', server: 'leader' }),
      );

    function brokenBy(schedule: Schedule<number>, by: readonly Law[]): readonly Violation[] {
      return simulate({ schedule, seed: 1, stateMachine, laws: by }).violations;
    }

    it('loses what was acknowledged, and each law that speaks of it sees that', () => {
      const broken = new Map<string, string>();
      for (const law of laws) {
        for (const { detail } of brokenBy(needed(restore), [law])) broken.set(law.name, detail);
      }
      expect(Object.fromEntries(broken)).toMatchObject({
        'Leader Completeness': 's2 leads term 3 without entry 14 of term 2',
        'State Machine Safety': 's2 applied entry 5 of term 3, not 2 as s1 did',
        'Nothing Acknowledged Is Lost':
          's2 leads term 3 without entry 14, which a client was told of',
      });
    });

    it('would have lost nothing, had it only been killed', () => {
      const schedule = needed(between(1_199, 1_200, { kind: 'kill', server: 1 }));
      expect(brokenBy(schedule, laws)).toEqual([]);
    });
  });
});

describe('a second process on the folder of a running server', () => {
  const second = (at: number, server: number | 'leader' = 0): FaultWindow =>
    between(at, at, { kind: 'secondProcess', server });

  it('is refused, and changes nothing else', () => {
    for (const server of ['leader', 0, 1, 2] as const) {
      const { run } = play(second(800, server));
      const [{ code, message } = { code: '', message: '' }, ...more] = run.detected;
      expect([code, more]).toEqual(['RAFT_STORE_LOCKED', []]);
      expect(message).toMatch(/a server is running on disk of s[123] already/u);
      const { detected, faults } = run;
      expect(run).toEqual({ ...play().run, detected, faults });
    }
  });

  it('leaves no claim behind, nor does a first that has crashed', () => {
    const crash = between(900, 1_000, { kind: 'crash', server: 0 });
    const { run, servers, late } = play(second(800), crash, second(1_100));
    expect(run.detected.map(({ at }) => at)).toEqual([800, 1_100]);
    expect(up(servers)).toEqual(['s1', 's2', 's3']);
    expect(late).toEqual(done);
  });

  it('is refused also where the first stands still', () => {
    const { run } = play(between(790, 900, { kind: 'pause', server: 0 }), second(800));
    expect(run.detected).toMatchObject([{ server: 's1', code: 'RAFT_STORE_LOCKED', at: 900 }]);
  });

  it('is none where no first one runs', () => {
    const { run, servers } = play(
      between(750, 900, { kind: 'crash', server: 0 }),
      second(800),
      between(1_000, 1_300, { kind: 'failSync', server: 1 }),
      second(1_250, 1),
    );
    expect(run.detected).toEqual([]);
    expect(up(servers)).toEqual(['s1', 's2', 's3']);
  });
});
