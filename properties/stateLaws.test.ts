/** Tests of the laws about what is made of the log: each must break on a run that breaks it. */
import { describe, expect, it } from 'vitest';
import type { Applied } from '../actors/serverActor.js';
import { configuration } from '../machines/configuration.js';
import { type Entry, proposal } from '../machines/entry.js';
import { configurationFollowsTheLog } from './configurationFollowsTheLog.js';
import { equalState } from './equalState.js';
import { monotonicIndexes } from './monotonicIndexes.js';
import { sessionsFollowTheLog } from './sessionsFollowTheLog.js';
import { configurationEntry, entry, logBase, members } from './support/script.js';
import { ToldRun } from './support/toldRun.js';
import { WritingRun } from './support/writingRun.js';

describe('Equal State', () => {
  it('breaks when two servers answer the same entry differently', () => {
    for (const other of [
      { type: 'done', index: 1, value: 7 },
      { type: 'threw', index: 1, error: 'no' },
      { type: 'expired', reason: 'gone' },
    ] as const) {
      const run = new ToldRun(equalState);
      expect(run.applies('a', entry(1, 1))).toBeUndefined();
      expect(run.applies('b', entry(1, 1), other)).toContain('b answered entry 1');
    }
  });

  it('holds when they answer alike, and counts it', () => {
    const run = new ToldRun(equalState);
    const object = () => ({ type: 'done', index: 1, value: { total: 1 } }) as const;
    for (const id of ['a', 'b']) expect(run.applies(id, entry(1, 1), object())).toBeUndefined();
    expect(run.watch.sometimes).toEqual({ 'an entry was answered by two servers': 1 });
  });
});

describe('Monotonic Indexes', () => {
  it('breaks when a commit index goes back', () => {
    const run = new ToldRun(monotonicIndexes);
    run.becomes('a', { log: [1, 1], commitIndex: 2 });
    expect(run.becomes('a', { commitIndex: 1 })).toContain('went back from 2');
  });

  it('breaks when a server applies what is not committed, or what it has applied', () => {
    const run = new ToldRun(monotonicIndexes);
    run.becomes('a', { log: [1, 1], commitIndex: 1 });
    expect(run.applies('a', entry(1, 1))).toBeUndefined();
    expect(run.applies('a', entry(2, 1))).toContain('not yet committed');
    expect(run.applies('a', entry(1, 1))).toContain('went back to entry 1');
  });

  it('breaks when a server restores a snapshot of less than it has applied', () => {
    const run = new ToldRun(monotonicIndexes);
    run.becomes('a', { log: [1, 1], commitIndex: 1 });
    run.applies('a', entry(1, 1));
    const restore = { type: 'restore', base: logBase(0, 0) } as const;
    expect(run.becomes('a', { commitIndex: 2 }, [restore])).toContain('went back to entry 0');
  });

  it('breaks when a server starts from an older snapshot than it has put in place', () => {
    const run = new ToldRun(monotonicIndexes);
    run.watch.snapshotPlaced?.('a', 5, '');
    expect(run.starts('a', { base: logBase(4, 1), commitIndex: 4 })).toContain('of entry 5');
    run.watch.folderReplaced?.('a');
    expect(run.starts('a')).toBeUndefined();
  });

  it('holds over a restart, which begins from the snapshot in place', () => {
    const run = new ToldRun(monotonicIndexes);
    run.becomes('a', { log: [1, 1, 1], commitIndex: 3 });
    for (const index of [1, 2, 3]) run.applies('a', entry(index, 1));
    run.watch.snapshotPlaced?.('a', 2, '');
    expect(run.starts('a', { base: logBase(2, 1), commitIndex: 2 })).toBeUndefined();
    expect(run.becomes('a', { log: [1], commitIndex: 3 })).toBeUndefined();
    expect(run.applies('a', entry(3, 1))).toBeUndefined();
    expect(run.watch.sometimes).toEqual({ 'a server applied more than its snapshot covered': 1 });
  });
});

const other = members(['a', 'b', 'x']);

describe('Configuration Follows the Log', () => {
  const changed = { configuration: configuration(1, other) };

  it('breaks when a server does not use the latest configuration in its log', () => {
    const run = new WritingRun(configurationFollowsTheLog);
    expect(run.writes('a', { entries: [configurationEntry(1, 1, other)] })).toContain('of its log');
  });

  it('breaks when it goes on with one that was overwritten', () => {
    const run = new WritingRun(configurationFollowsTheLog);
    run.writes('a', { entries: [configurationEntry(1, 1, other)] });
    expect(run.steps('a', changed)).toBeUndefined();
    expect(run.writes('a', { from: 1, entries: [2] })).toContain('not that of its snapshot');
  });

  it('breaks when it is another one than stands there', () => {
    const run = new WritingRun(configurationFollowsTheLog);
    run.writes('a', { entries: [configurationEntry(1, 1, other)] });
    const wrong = { configuration: configuration(1, members(['a'])) };
    expect(run.steps('a', wrong)).toContain('entry 1');
  });
});

/** An entry of session 2: its command of this sequence. */
function command(index: number, sequence: number, firstUnacknowledged = 1): Entry {
  const bytes = new Uint8Array(0);
  const what = { ...proposal('command', bytes), sessionId: 2, sequence, firstUnacknowledged };
  return { ...what, index, term: 1, stampMs: index };
}

function answered(index: number): Applied['outcome'] {
  return { type: 'answered', answer: { index, threw: false, bytes: new Uint8Array(0) } };
}

const expired = { type: 'expired', reason: 'gone' } as const;

/** Session 2 is open. */
function open(): ToldRun {
  const run = new ToldRun(sessionsFollowTheLog);
  run.applies('a', entry(2, 1, undefined, 'openSession'));
  return run;
}

describe('Sessions Follow the Log', () => {
  it('breaks when a copy is answered otherwise than the command was', () => {
    const run = open();
    expect(run.applies('a', command(3, 1), answered(3))).toBeUndefined();
    expect(run.applies('a', command(4, 1), answered(4))).toContain('where the log says 3');
  });

  it('breaks when a fresh command is not applied', () => {
    expect(open().applies('a', command(3, 1), answered(2))).toContain('where the log says 3');
    const forgotten = { type: 'unknown', reason: 'not waited for' } as const;
    expect(open().applies('a', command(3, 1), forgotten)).toContain('said unknown');
  });

  it('breaks when a command is applied of a session that was never opened, or has ended', () => {
    const run = new ToldRun(sessionsFollowTheLog);
    expect(run.applies('a', command(3, 1), answered(3))).toContain('the log says expired');
    const closed = open();
    closed.applies('a', { ...entry(3, 1, undefined, 'closeSession'), sessionId: 2 });
    expect(closed.applies('a', command(4, 1), answered(4))).toContain('the log says expired');
  });

  it('breaks when an expired session is opened again by a command of it', () => {
    const run = open();
    expect(run.applies('a', command(3, 1), expired)).toBeUndefined();
    expect(run.applies('a', command(4, 1), answered(4))).toContain('the log says expired');
  });

  it('breaks when a session expired, and one that was used before it did not', () => {
    const run = open();
    run.applies('a', entry(3, 1, undefined, 'openSession'));
    expect(run.applies('a', { ...command(4, 1), sessionId: 3 }, expired)).toBeUndefined();
    expect(run.applies('a', command(5, 1), answered(5))).toContain('the log says expired');
  });

  it('breaks when what a client has acknowledged is applied once more', () => {
    const run = open();
    run.applies('a', command(3, 1), answered(3));
    expect(run.applies('a', command(4, 2, 2), answered(4))).toBeUndefined();
    expect(run.applies('a', command(5, 1), answered(5))).toContain('the log says unknown');
  });

  it('breaks when a command far ahead is applied', () => {
    expect(open().applies('a', command(3, 257), answered(3))).toContain('the log says notDone');
    expect(open().applies('a', command(3, 256), answered(3))).toBeUndefined();
  });

  it('asks each entry once, of whoever applies it first', () => {
    const run = open();
    expect(run.applies('b', entry(2, 1, undefined, 'openSession'))).toBeUndefined();
    expect(run.watch.sometimes).toEqual({ 'a session was opened': 1 });
  });
});

describe('these laws', () => {
  it('begin anew with each run', () => {
    for (const law of [
      equalState,
      monotonicIndexes,
      configurationFollowsTheLog,
      sessionsFollowTheLog,
    ]) {
      expect(law.sentence).toMatch(/^[A-Z].*\.$/u);
      expect(Object.values(law.watch().sometimes).every((count) => count === 0)).toBe(true);
    }
  });
});
