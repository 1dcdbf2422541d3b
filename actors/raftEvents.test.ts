/** Tests of what a step of the machine means to people: each event, with its reason. */
import { describe, expect, it } from 'vitest';
import type { ServerEvent } from '../machines/context.js';
import type { ServerSnapshot } from '../machines/server.js';
import {
  appendEntries,
  appended,
  preVote,
  requestVote,
  vote,
} from '../properties/support/script.js';
import { type Given, Stage } from '../properties/support/stage.js';
import { eventsOf, type RaftEvent } from './raftEvents.js';

/** A server on a stage, and what its latest step is worth telling. */
class ToldStage extends Stage {
  told: readonly RaftEvent[] = [];

  override step(event: ServerEvent): this {
    const before: ServerSnapshot = this.snapshot;
    super.step(event);
    this.told = eventsOf(event, before, this.snapshot);
    return this;
  }
}

function start(given: Given = {}): ToldStage {
  return new ToldStage(given);
}

/** The machine asks S2 to take over, and waits for that. */
function transferring(): ToldStage {
  const s1 = start().asServing();
  return s1.step({ type: 'TransferLeadership', to: 'S2', atMs: s1.nowMs });
}

describe('an election', () => {
  it('is told when it starts, not while it is only asked whether it could be won', () => {
    const s1 = start().timesOut();
    expect(s1.told).toEqual([]);
    s1.receives(preVote({ term: 1, forTerm: 2, granted: true }));
    expect(s1.told).toEqual([{ type: 'electionStarted', term: 2, reason: 'leaderSilent' }]);
  });

  it('that the leader asked for says so', () => {
    const s1 = start().receives(appendEntries({ term: 2, prevIndex: 1, prevTerm: 1 }));
    s1.receives({ type: 'TimeoutNowRequest', from: 'S2', atMs: 0, term: 2 });
    expect(s1.told).toEqual([{ type: 'electionStarted', term: 3, reason: 'transfer' }]);
  });

  it('is told when it is won', () => {
    const s1 = start().asCandidate().saves();
    s1.receives(vote({ term: 2, granted: true }));
    expect(s1.told).toEqual([{ type: 'electionWon', term: 2 }]);
  });

  it('of a server that is alone starts and is won in one step or two, each told once', () => {
    const s1 = start({ voters: ['S1'] });
    const told: RaftEvent[] = [];
    for (const step of [() => s1.timesOut(), () => s1.saves()]) {
      step();
      told.push(...s1.told);
    }
    expect(told).toEqual([
      { type: 'electionStarted', term: 2, reason: 'leaderSilent' },
      { type: 'electionWon', term: 2 },
    ]);
  });
});

describe('leadership that is lost', () => {
  it('to a newer term says so, and which term it was', () => {
    const s1 = start().asServing();
    s1.receives(appendEntries({ term: 7 }));
    expect(s1.told).toEqual([{ type: 'leadershipLost', term: 2, reason: 'newerTerm' }]);
  });

  it('for want of a quorum says so', () => {
    const s1 = start().asServing();
    s1.nowMs = 1_000;
    s1.beats();
    expect(s1.role).toBe('follower');
    expect(s1.told).toEqual([{ type: 'leadershipLost', term: 2, reason: 'noQuorum' }]);
  });
});

describe('a transfer', () => {
  it('is told when it starts, and to whom', () => {
    expect(transferring().told).toEqual([{ type: 'transferStarted', to: 'S2' }]);
  });

  it('is told when it did not come about, after the time of an election', () => {
    const s1 = transferring();
    s1.nowMs = 300;
    s1.receives(appended({ term: 2, match: 2 })).beats();
    expect(s1.told).toEqual([]);
    s1.nowMs = 400;
    s1.beats();
    expect(s1.told).toEqual([{ type: 'transferAborted', to: 'S2' }]);
    expect(s1.role).toBe('leader');
  });

  it('that comes about is leadership lost, and not aborted', () => {
    const s1 = transferring();
    s1.receives(requestVote({ term: 3, isTransfer: true }));
    expect(s1.told).toEqual([{ type: 'leadershipLost', term: 2, reason: 'newerTerm' }]);
  });
});

describe('all else', () => {
  it('is not worth telling', () => {
    const s1 = start().asServing();
    s1.isAsked(10);
    expect(s1.told).toEqual([]);
    s1.beats();
    expect(s1.told).toEqual([]);
    const s2 = start().receives(appendEntries({ term: 2, prevIndex: 1, prevTerm: 1 }));
    expect(s2.told).toEqual([]);
  });
});
