/** Tests of what is counted so that laws mean something: each counts what it says. */
import { describe, expect, it } from 'vitest';
import type { Leadership, ServerContext } from '../machines/context.js';
import type { Installation } from '../machines/installation.js';
import { Log } from '../machines/log.js';
import { electionSightings } from './electionSightings.js';
import { logSightings } from './logSightings.js';
import { officeSightings } from './officeSightings.js';
import { entriesAfter, logBase, snapshotAt } from './support/script.js';
import { WritingRun } from './support/writingRun.js';

/** What was counted, and how often. */
function seen(run: WritingRun): Record<string, number> {
  const counts = Object.entries(run.watch.sometimes);
  return Object.fromEntries(counts.filter(([, count]) => count > 0));
}

/** A log by the terms of its entries. */
function logOf(...terms: number[]): Log {
  return Log.empty().append(entriesAfter(0, terms));
}

function leading(patch: Partial<Leadership> = {}): Leadership {
  const nothing = { progress: {}, reads: [], round: 0, transfer: undefined, noOpIndex: 1 };
  return { ...nothing, ...patch } as unknown as Leadership;
}

const timeout = { type: 'timer.election', atMs: 0 } as const;
const heartbeat = { type: 'timer.heartbeat', atMs: 0 } as const;

function append(term: number, more: object = {}) {
  const nothing = { from: 'x', atMs: 0, entries: [], prevLogIndex: 0 };
  return { type: 'AppendEntriesRequest', ...nothing, term, ...more } as never;
}

describe('sightings of elections', () => {
  it('count a split vote, when two stood, and neither was elected', () => {
    const run = new WritingRun(electionSightings);
    for (const id of ['a', 'b']) run.becomes(id, 'candidate').steps(id, { currentTerm: 2 });
    run.becomes('a', 'preCandidate').steps('a', {}, timeout);
    expect(seen(run)).toEqual({ 'votes were split, and nobody was elected': 1 });
  });

  it('count no split vote where one stood alone, or was elected', () => {
    const run = new WritingRun(electionSightings);
    run.becomes('a', 'candidate').steps('a', { currentTerm: 2 });
    run.becomes('a', 'preCandidate').steps('a', {}, timeout);
    for (const id of ['b', 'c']) run.becomes(id, 'candidate').steps(id, { currentTerm: 3 });
    run.becomes('b', 'leader').steps('b', { leadership: leading() });
    run.becomes('c', 'preCandidate').steps('c', {}, timeout);
    expect(seen(run)).toEqual({});
  });

  it('count votes that are refused for the log, and given again', () => {
    const ask = {
      type: 'RequestVoteRequest',
      from: 'c',
      atMs: 0,
      term: 2,
      isTransfer: false,
    } as const;
    const run = new WritingRun(electionSightings);
    run.steps('a', { currentTerm: 2, log: logOf(1, 2) });
    run.steps('a', {}, { ...ask, lastLogIndex: 5, lastLogTerm: 1 });
    expect(seen(run)).toEqual({ 'a vote was refused for an older log': 1 });
    const again = { ...ask, lastLogIndex: 2, lastLogTerm: 2 };
    run.steps('a', { votedFor: 'c' }, again);
    run.steps('a', {}, again);
    expect(seen(run)['a vote was asked for again, and given again']).toBe(1);
  });

  it('count those who step back for a leader, and leaders that nobody follows any more', () => {
    const run = new WritingRun(electionSightings);
    run.becomes('a', 'candidate').steps('a', { currentTerm: 2 });
    run.becomes('a', 'follower').steps('a', {}, append(2));
    run.becomes('a', 'preCandidate').steps('a', {}, timeout);
    run.becomes('a', 'follower').steps('a', {}, append(2));
    run.becomes('b', 'leader').steps('b', { leadership: leading(), currentTerm: 2 });
    run.becomes('c', 'leader').steps('c', { leadership: leading(), currentTerm: 3 });
    run.steps('b', {}, heartbeat);
    run.steps('c', {}, append(2));
    run.becomes('b', 'follower').steps('b', { leadership: undefined }, heartbeat);
    expect(seen(run)).toEqual({
      'a candidate stepped back for a leader of its term': 1,
      'a pre-candidate stepped back for a leader': 1,
      'two leaders were at work in different terms': 1,
      'a leader of an older term was rejected': 1,
      'a leader that no quorum answered stepped down': 1,
    });
  });
});

describe('sightings of logs', () => {
  it('count what a later leader commits of an earlier term, but not of its own', () => {
    const run = new WritingRun(logSightings);
    run.steps('a', { currentTerm: 2, log: logOf(1, 2, 2), leadership: leading() });
    run.steps('a', { commitIndex: 2 });
    run.steps('a', { commitIndex: 3 });
    expect(seen(run)).toEqual({ 'entries of an earlier term were committed by a later leader': 1 });
  });

  it('count a conflict hint that skips more than one entry', () => {
    const run = new WritingRun(logSightings);
    const at = (nextIndex: number) => ({
      leadership: leading({ progress: { b: { nextIndex } } as never }),
    });
    const refusal = { type: 'AppendEntriesResponse', from: 'b', success: false, conflictTerm: 1 };
    run.steps('a', at(9));
    run.steps('a', at(8), { ...refusal, matchIndex: 8 } as never);
    expect(seen(run)).toEqual({});
    run.steps('a', at(3), { ...refusal, matchIndex: 7 } as never);
    expect(seen(run)).toEqual({ 'a conflict hint skipped a term': 1 });
  });

  it('count late duplicates', () => {
    const run = new WritingRun(logSightings);
    run.steps('a', { log: logOf(1, 1, 1) });
    run.steps('a', {}, append(1, { entries: entriesAfter(0, [1, 1, 1]) }));
    expect(seen(run)).toEqual({});
    run.steps('a', {}, append(1, { entries: entriesAfter(0, [1]) }));
    expect(seen(run)).toEqual({ 'a late duplicate carried what its follower had': 1 });
  });

  it('count what happens while a snapshot is on its way, and after', () => {
    const run = new WritingRun(logSightings);
    const piece = { type: 'InstallSnapshotRequest', offset: 0 } as never;
    const installing = (offset: number) => ({ installation: { offset } as Installation });
    run.steps('a', installing(1), piece);
    run.steps('a', installing(2), piece);
    run.steps('b', { commitIndex: 4 });
    const base = logBase(3, 1);
    run.steps('a', {}, { type: 'snapshotStored' } as never, [{ type: 'restore', base }]);
    const taken = { type: 'snapshotTaken', snapshot: snapshotAt(5, 1), atMs: 0 } as const;
    run.steps('a', {}, taken);
    run.steps('b', {}, taken);
    expect(seen(run)).toEqual({
      'commands were committed while a snapshot was installed': 1,
      'the installation of a snapshot began anew': 1,
      'a snapshot was taken of what a snapshot had brought': 1,
    });
  });
});

describe('sightings of office', () => {
  const reading: Partial<Leadership> = { reads: [{ batch: 1, round: 1, readIndex: 1 }], round: 1 };
  const transfer = { to: 'b', sinceMs: 0, isTold: false };

  function inOffice(patch: Partial<ServerContext> = {}): WritingRun {
    const run = new WritingRun(officeSightings);
    run.steps('a', { leadership: leading(), commitIndex: 1, ...patch });
    return run;
  }

  it('count how reads are answered, and left', () => {
    const run = inOffice();
    const ask = { type: 'ReadRequest', batch: 1, atMs: 0 } as const;
    const answer = { type: 'confirmReads', batch: 1, readIndex: 1 } as const;
    run.steps('a', {}, ask, [answer]);
    run.steps('a', { leadership: leading({ ...reading, noOpIndex: 2 }) }, ask);
    run.steps('a', { leadership: leading({ round: 1 }) }, undefined, [answer]);
    run.steps('a', { leadership: leading(reading) }, ask);
    run.steps('a', { leadership: undefined });
    expect(seen(run)).toEqual({
      'a lease answered a read': 1,
      'a read came before the no-op was committed': 1,
      'a round of answers confirmed a read': 1,
      'a leader was deposed with reads in flight': 1,
    });
  });

  it('count transfers that succeed, that are given up, and that a disk has caused', () => {
    const run = inOffice({ disk: 'full' });
    run.steps('a', { leadership: leading({ transfer }) }, heartbeat);
    run.steps('a', { leadership: leading() }, heartbeat);
    run.steps('b', { currentTerm: 2 }, { type: 'TimeoutNowRequest', from: 'a', atMs: 0, term: 1 });
    run.steps('b', { leadership: leading() });
    expect(seen(run)).toEqual({
      'a leader whose disk does not serve handed over': 1,
      'a transfer was given up': 1,
      'a transfer succeeded': 1,
    });
  });
});
