/** Tests of the laws about what servers say and hear: each must break on a run that breaks it. */
import { describe, expect, it } from 'vitest';
import type { DiskCondition, Leadership, ServerContext } from '../machines/context.js';
import type { Effect, SetTimer, StoreChunk } from '../machines/effects.js';
import { chunkTaken } from '../machines/installation.js';
import type { AppendEntriesResponse, Message } from '../machines/messages.js';
import { unknownProgress } from '../machines/progress.js';
import { committedEntriesMatch } from './committedEntriesMatch.js';
import { electionTimeouts } from './electionTimeouts.js';
import { faithfulMessages } from './faithfulMessages.js';
import { fitLeaders } from './fitLeaders.js';
import { leadersWord } from './leadersWord.js';
import { piecesInOrder } from './piecesInOrder.js';
import { entry, logBase } from './support/script.js';
import { WritingRun } from './support/writingRun.js';

const append = {
  type: 'AppendEntriesRequest',
  from: 'a',
  atMs: 0,
  term: 1,
  prevLogIndex: 3,
  prevLogTerm: 1,
  entries: [entry(4, 1)],
  leaderCommit: 2,
  round: 7,
  sentMs: 5,
} as const;

function sends(to: string, message: Message): Effect {
  return { type: 'send', to, message, awaits: 0 };
}

describe('Faithful Messages', () => {
  it('breaks when a message arrives that says something else than was sent', () => {
    for (const change of [
      { term: 2 },
      { leaderCommit: 7, round: 2 },
      { entries: [] },
      { entries: [{ ...entry(4, 1), sequence: 1 }] },
      { from: 'c' },
    ]) {
      const run = new WritingRun(faithfulMessages);
      run.steps('a', {}, undefined, [sends('b', append)]);
      const broken = run.steps('b', {}, { ...append, ...change });
      expect(broken, JSON.stringify(change)).toContain('has not sent b');
    }
  });

  it('breaks when a vote that is asked for by a leader arrives as any other', () => {
    const run = new WritingRun(faithfulMessages);
    const rest = { from: 'a', atMs: 0, term: 2, lastLogIndex: 3, lastLogTerm: 1 };
    const vote = { type: 'RequestVoteRequest', ...rest, isTransfer: true } as const;
    run.steps('a', {}, undefined, [sends('b', vote)]);
    expect(run.steps('b', {}, { ...vote, isTransfer: false })).toContain('RequestVoteRequest');
  });

  it('holds where it comes late, and twice', () => {
    const run = new WritingRun(faithfulMessages);
    run.steps('a', {}, undefined, [sends('b', append)]);
    for (const atMs of [90, 91]) expect(run.steps('b', {}, { ...append, atMs })).toBeUndefined();
    expect(run.watch.sometimes).toEqual({ 'a message arrived as it was sent': 2 });
  });
});

describe('Election Timeouts', () => {
  const timer: SetTimer = { type: 'setTimer', timer: 'election', minMs: 200, maxMs: 400 };

  it('breaks when a follower that hears its leader does not wait anew for it', () => {
    const run = new WritingRun(electionTimeouts);
    expect(run.steps('b', {}, append)).toContain('does not wait anew');
    expect(run.steps('b', {}, append, [{ ...timer, timer: 'heartbeat' }])).toContain('wait anew');
    expect(run.steps('b', {}, append, [timer])).toBeUndefined();
  });

  it('breaks when a server always waits equally long', () => {
    const run = new WritingRun(electionTimeouts);
    expect(run.steps('b', {}, undefined, [{ ...timer, maxMs: 200 }])).toContain('never another');
  });

  it('says nothing of the messages of older terms', () => {
    const run = new WritingRun(electionTimeouts);
    expect(run.steps('b', { currentTerm: 2 }, append)).toBeUndefined();
  });
});

describe('Leader’s Word', () => {
  const now = { type: 'TimeoutNowRequest', from: 'a', atMs: 0, term: 1 } as const;

  it('breaks when who is told to stand for election does not do it at once', () => {
    const run = new WritingRun(leadersWord);
    expect(run.becomes('b', 'preCandidate').steps('b', {}, now)).toContain('not at once');
  });

  it('breaks when a server stands at the word of an older term', () => {
    const run = new WritingRun(leadersWord);
    run.starts('b', { term: 2 });
    expect(run.becomes('b', 'candidate').steps('b', { currentTerm: 3 }, now)).toContain('obeys');
  });

  it('holds for who stands at once, and for who may not', () => {
    const run = new WritingRun(leadersWord);
    expect(run.becomes('b', 'candidate').steps('b', { currentTerm: 2 }, now)).toBeUndefined();
    run.steps('c', { disk: 'full' });
    expect(run.steps('c', {}, now)).toBeUndefined();
  });
});

describe('Committed Entries Match', () => {
  const refusal: AppendEntriesResponse = {
    type: 'AppendEntriesResponse',
    from: 'b',
    atMs: 0,
    term: 1,
    success: false,
    matchIndex: 3,
    conflictTerm: 0,
    conflictIndex: 1,
    round: 7,
    sentMs: 5,
    configurationIndex: 0,
  };

  it('breaks when a server refuses what follows a committed entry', () => {
    const run = new WritingRun(committedEntriesMatch);
    run.steps('b', { commitIndex: 3 });
    expect(run.steps('b', {}, append, [sends('a', refusal)])).toContain('refuses what follows');
  });

  it('holds where it accepts that, and where it refuses what it does not know', () => {
    const run = new WritingRun(committedEntriesMatch);
    run.steps('b', { commitIndex: 2 });
    expect(run.steps('b', {}, append, [sends('a', refusal)])).toBeUndefined();
    run.steps('b', { commitIndex: 3 });
    const accepted = { ...refusal, success: true };
    expect(run.steps('b', {}, append, [sends('a', accepted)])).toBeUndefined();
  });
});

describe('Pieces In Order', () => {
  function piece(index: number, offset: number): StoreChunk {
    const bytes = new Uint8Array(10);
    return { type: 'storeChunk', base: logBase(index, 1), offset, bytes, isLast: false };
  }

  it('breaks when a piece does not begin where the one before it ends', () => {
    for (const wrong of [piece(5, 20), piece(5, 5), piece(6, 10)]) {
      const run = new WritingRun(piecesInOrder);
      expect(run.steps('b', {}, undefined, [piece(5, 0)])).toBeUndefined();
      expect(run.steps('b', {}, undefined, [wrong])).toContain('behind byte 10');
    }
  });

  it('breaks when an older snapshot takes the place of a newer one', () => {
    const run = new WritingRun(piecesInOrder);
    const request = { from: 'a', term: 1, offset: 0, bytes: new Uint8Array(10), isLast: false };
    const under = chunkTaken({ ...request, base: logBase(5, 1) });
    run.steps('b', { installation: under });
    const base = logBase(4, 1);
    const type = 'InstallSnapshotRequest';
    const older = { type, ...request, base, atMs: 0, sentMs: 0 } as const;
    expect(run.steps('b', {}, older, [piece(4, 0)])).toContain('leaves snapshot 5 for 4');
  });

  it('holds where one piece follows another, and where all begins anew', () => {
    const run = new WritingRun(piecesInOrder);
    for (const next of [piece(5, 0), piece(5, 10), piece(5, 0), piece(6, 0), piece(6, 10)]) {
      expect(run.steps('b', {}, undefined, [next])).toBeUndefined();
    }
    expect(run.watch.sometimes).toEqual({ 'a piece of a snapshot followed another': 2 });
  });
});

describe('Fit Leaders', () => {
  const heartbeat = { type: 'timer.heartbeat', atMs: 1_000 } as const;

  /** A leader that `b` has answered at this time, with entries up to 4 committed. */
  function leads(
    disk: DiskCondition,
    contactMs: number,
    noOpIndex = 4,
  ): Pick<ServerContext, 'disk' | 'commitIndex' | 'leadership'> {
    const progress = { b: unknownProgress(1, contactMs), c: unknownProgress(1, 0) };
    const leadership = { progress, transfer: undefined, noOpIndex } as unknown as Leadership;
    return { disk, commitIndex: 4, leadership };
  }

  it('breaks when a leader with a bad disk goes on, though another server answers', () => {
    const run = new WritingRun(fitLeaders);
    run.steps('a', leads('full', 950));
    expect(run.steps('a', {}, heartbeat)).toContain('a disk that is full');
  });

  it('holds where nobody answers, where the disk serves, and before anything is committed', () => {
    for (const given of [leads('full', 0), leads('ok', 950), leads('full', 950, 5)]) {
      const run = new WritingRun(fitLeaders);
      run.steps('a', given);
      expect(run.steps('a', {}, heartbeat)).toBeUndefined();
    }
  });

  it('holds where it hands over', () => {
    const run = new WritingRun(fitLeaders);
    const { leadership } = leads('stalled', 950);
    run.steps('a', leads('stalled', 950));
    const transfer = { to: 'b', sinceMs: 1_000, isTold: false };
    const handing = { ...leadership!, transfer };
    expect(run.steps('a', { leadership: handing }, heartbeat)).toBeUndefined();
  });
});
