/** Tests of the laws that clients rely on: each must break on a run that breaks it. */
import { describe, expect, it } from 'vitest';
import type { Applied } from '../actors/serverActor.js';
import type { Entry } from '../machines/entry.js';
import type { Watch } from '../sim/law.js';
import { play } from './assertLaws.js';
import { clientLaws } from './clientLaws.js';
import { definiteOutcomes } from './definiteOutcomes.js';
import { exactlyOnce } from './exactlyOnce.js';
import { nothingAcknowledgedIsLost } from './nothingAcknowledgedIsLost.js';
import { progress } from './progress.js';
import { snapshotsAgree } from './snapshotsAgree.js';
import { successorIsReady } from './successorIsReady.js';
import { entry } from './support/script.js';
import { ToldRun } from './support/toldRun.js';

/** The third command of session 2, as the entry at `index`. */
function copyAt(index: number): Entry {
  return { ...entry(index, 1), kind: 'command', sessionId: 2, sequence: 3 };
}

/** A server applies the command to its state machine. */
function executes(watch: Watch, one: Entry): string | undefined {
  const bytes = new Uint8Array(0);
  const outcome = { type: 'answered', answer: { index: one.index, threw: false, bytes } } as const;
  const broken = watch.executed?.('a', one.index, one.term);
  return broken ?? watch.applied?.('a', { entry: one, outcome });
}

/** A server answers it without its state machine. */
function answers(watch: Watch, one: Entry, outcome: Applied['outcome']): string | undefined {
  return watch.applied?.('a', { entry: one, outcome });
}

const done = { type: 'settled', client: 7, outcome: 'done', index: 5 } as const;
const notDone = { type: 'settled', client: 7, outcome: 'notDone', index: undefined } as const;

describe('Exactly Once', () => {
  it('breaks when a command of a session is applied at a second place', () => {
    const watch = exactlyOnce.watch();
    expect(executes(watch, copyAt(5))).toBeUndefined();
    expect(executes(watch, copyAt(5))).toBeUndefined();
    expect(executes(watch, copyAt(8))).toContain('at 5 and 8');
  });

  it('breaks when a copy is answered as of an entry that was not applied', () => {
    const watch = exactlyOnce.watch();
    executes(watch, copyAt(5));
    const answer = (index: number) => ({ index, threw: false, bytes: new Uint8Array(0) });
    const ofIt = { type: 'answered', answer: answer(5) } as const;
    expect(answers(watch, copyAt(8), ofIt)).toBeUndefined();
    expect(answers(watch, copyAt(9), { ...ofIt, answer: answer(6) })).toContain('as of 6');
    expect(watch.sometimes['a command was answered from the table']).toBe(2);
  });

  it('holds for what has no session, however often it is applied', () => {
    const watch = exactlyOnce.watch();
    for (const index of [5, 6]) expect(executes(watch, entry(index, 1))).toBeUndefined();
  });
});

describe('Definite Outcomes', () => {
  const names = [{ sessionId: 2, sequence: 3 }];

  it('breaks when what was not done is applied, before or after it was told', () => {
    const before = definiteOutcomes.watch();
    executes(before, copyAt(5));
    expect(before.client?.({ ...notDone, names })).toContain('applied at 5');
    const after = definiteOutcomes.watch();
    expect(after.client?.({ ...notDone, names })).toBeUndefined();
    expect(executes(after, copyAt(5))).toContain('client 7');
  });

  it('breaks so for a command without a session, by its place in the log', () => {
    const watch = definiteOutcomes.watch();
    watch.client?.({ ...notDone, names: [{ index: 5, term: 1 }] });
    expect(watch.executed?.('a', 5, 2)).toBeUndefined();
    expect(watch.executed?.('a', 5, 1)).toContain('client 7');
  });

  it('breaks when what was done was not applied there', () => {
    const watch = definiteOutcomes.watch();
    expect(watch.client?.({ ...done, names })).toContain('entry 5');
    executes(watch, copyAt(5));
    expect(watch.client?.({ ...done, names })).toBeUndefined();
    expect(watch.client?.({ ...done, names, index: 6 })).toContain('entry 6');
  });

  it('holds whatever becomes of what is unknown', () => {
    const watch = definiteOutcomes.watch();
    expect(watch.client?.({ ...notDone, names, outcome: 'unknown' })).toBeUndefined();
    expect(executes(watch, copyAt(5))).toBeUndefined();
    expect(watch.sometimes['a request was unknown']).toBe(1);
  });
});

describe('Nothing Acknowledged Is Lost', () => {
  it('breaks when a later leader does not have what a client was told of', () => {
    const run = new ToldRun(nothingAcknowledgedIsLost);
    run.becomes('a', { role: 'leader', term: 2, log: [1, 1, 1, 1, 2] });
    run.applies('a', entry(5, 2));
    run.watch.client?.({ ...done, names: [] });
    expect(run.becomes('b', { role: 'leader', term: 3, log: [1, 1, 1, 1, 2] })).toBeUndefined();
    expect(run.becomes('c', { role: 'leader', term: 2, log: [1] })).toBeUndefined();
    expect(run.becomes('d', { role: 'leader', term: 4, log: [1, 1, 1, 1] })).toContain('entry 5');
  });
});

describe('Snapshots Agree', () => {
  it('breaks when two snapshots of one entry differ', () => {
    const watch = snapshotsAgree.watch();
    expect(watch.snapshotPlaced?.('a', 5, 'one')).toBeUndefined();
    expect(watch.snapshotPlaced?.('b', 5, 'one')).toBeUndefined();
    expect(watch.snapshotPlaced?.('b', 6, 'two')).toBeUndefined();
    expect(watch.snapshotPlaced?.('c', 5, 'two')).toContain('entry 5 on c');
  });
});

describe('Successor Is Ready', () => {
  const told = {
    type: 'send',
    to: 'b',
    message: { type: 'TimeoutNowRequest', from: 'a', atMs: 0, term: 2 },
    awaits: 0,
  } as const;

  it('breaks when a server is told to stand that lacks the end of the log', () => {
    const run = new ToldRun(successorIsReady);
    run.becomes('b', { log: [1, 1] });
    const leading = { role: 'leader', term: 2, log: [1, 1, 2] } as const;
    expect(run.becomes('a', leading, [told])).toContain('does not have entry 3');
    run.becomes('b', { log: [1, 1, 2] });
    expect(run.becomes('a', leading, [told])).toContain('does not know term 2');
    run.becomes('b', { term: 2 });
    expect(run.becomes('a', leading, [told])).toBeUndefined();
  });
});

describe('Progress', () => {
  it('breaks when nothing was committed by a cluster that was left alone', () => {
    const watch = progress.watch();
    expect(watch.leftAlone?.(40)).toBeUndefined();
    expect(watch.leftAlone?.(undefined)).toContain('nothing was committed');
  });

  it('asks nothing of a cluster that has lost its majority, and of others that they go on', () => {
    const crashes = (servers: readonly number[]) => ({
      servers: 3,
      forMs: 1e3,
      quietMs: 2e3,
      load: [],
      deviations: [],
      windows: servers.map((server) => ({
        at: 900,
        dur: 1e4,
        fault: {
          kind: 'crash',
          server,
        } as const,
      })),
    });
    const playing = (servers: readonly number[]) => play({ schedule: crashes(servers), seed: 1 });
    const wentOn = (servers: readonly number[]) =>
      playing(servers).sometimes['the cluster was left alone, and went on'];
    expect([wentOn([]), wentOn([0]), wentOn([0, 1])]).toEqual([1, 1, 0]);
    expect(playing([0, 1]).violations).toEqual([]);
  });
});

describe('a client with a session', () => {
  it('learns that its session has expired, and goes on with another', () => {
    const minutes = 60_000;
    const jump = { kind: 'clockJump', server: 'leader', ms: 50 * minutes } as const;
    const load = [600, 610, 1_500, 1_900].map((at) => ({ at, client: 5, command: 1 }));
    const between = [800, 1_000, 1_200].map((at) => ({ at, client: 0, command: 1 }));
    const schedule = {
      servers: 3,
      forMs: 3e3,
      deviations: [],
      load: [...load, ...between],
      windows: [700, 900].map((at) => ({
        at,
        dur: 1e4,
        fault: jump,
      })),
    };
    const { violations, history, sometimes } = play({ schedule, seed: 1 });
    expect(violations).toEqual([]);
    expect(sometimes['a session had expired']).toBeGreaterThan(0);
    const outcomes = history.filter(({ client }) => client === 5).map(({ outcome }) => outcome);
    expect(outcomes).toEqual(['done', 'done', 'unknown', 'done']);
  });
});

describe('the laws of clients', () => {
  it('each say what they say in a sentence, and begin anew with each run', () => {
    for (const law of [...clientLaws, progress, successorIsReady]) {
      expect(law.sentence).toMatch(/^[A-Z].*\.$/u);
      const first = law.watch();
      expect(Object.values(first.sometimes).every((count) => count === 0)).toBe(true);
      expect(law.watch().sometimes).not.toBe(first.sometimes);
    }
  });
});
