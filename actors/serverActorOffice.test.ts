/**
 * Tests of what a leader refuses and of how it leaves office: back-pressure, disks that do not
 * serve, leadership that is handed over or lost, and what is told of all that.
 */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { proposal } from '../machines/entry.js';
import { ActorStage } from '../properties/support/actorStage.js';
import { appendEntries, appended, entry, requestVote } from '../properties/support/script.js';

const uncommittedBytesMax = 100;

/** A leader of whom no more than 100 bytes may wait. */
function serving(): ActorStage {
  return new ActorStage({ settings: { uncommittedBytesMax } }).asServing();
}

/** A command of so many bytes. */
function bytes(count: number): number[] {
  return Array<number>(count).fill(1);
}

/** S2 and S3 answer for so long, and hold what they held. */
function keepsOffice(s1: ActorStage, ms: number): void {
  for (let passed = 0; passed < ms; passed += 50) {
    s1.clock.advance(50);
    const { term, commitIndex } = s1.status;
    if (s1.status.role === 'leader') s1.hears(appended({ term, match: commitIndex }));
  }
}

/** Another leader puts an entry of its own in the place of all that is not committed. */
function isOverruled(s1: ActorStage): void {
  const { commitIndex, term } = s1.status;
  const prevTerm = s1.log.termAt(commitIndex)!;
  const entries = [entry(commitIndex + 1, term + 1)];
  s1.hears(appendEntries({ term: term + 1, prevIndex: commitIndex, prevTerm, entries }));
}

/** Of the bytes that it may take, how many it takes, one by one. */
function room(s1: ActorStage): number {
  let taken = 0;
  while (taken < 1_000 && s1.proposes(1) !== undefined) taken++;
  return taken;
}

describe('a leader with too much that is not committed', () => {
  it('takes no more, says why, and takes more when some of it is', () => {
    const s1 = serving();
    expect(s1.proposes(...bytes(60))).toBeDefined();
    expect(s1.proposes(...bytes(60))).toBeDefined(); // the one that reaches the bound
    const refused = s1.refusal(1)!;
    expect(refused).toMatchObject({ refusal: 'RAFT_OVERLOADED' });
    for (const said of ['120', '100']) expect(refused.reason).toContain(said);
    s1.clock.settle();
    expect(s1.refusal(1)).toBeDefined();
    const { term } = s1.status;
    s1.hears(appended({ term, match: 3 }));
    expect(s1.refusal(1)).toBeUndefined();
  });

  it('takes one command that is larger than the bound, when nothing else waits', () => {
    const s1 = serving();
    expect(s1.proposes(...bytes(500))).toBeDefined();
    expect(s1.refusal(1)).toMatchObject({ refusal: 'RAFT_OVERLOADED' });
    s1.clock.settle();
    s1.isReplicated();
    expect(s1.proposes(...bytes(500))).toBeDefined();
  });

  it('still confirms reads', () => {
    const s1 = serving();
    s1.proposes(...bytes(200));
    const answers = s1.reads();
    s1.clock.settle();
    s1.isReplicated();
    expect(answers).toEqual(['ok']);
  });

  it('has forgotten of what was overruled when it leads again', () => {
    const s1 = serving();
    for (let time = 0; time < 5; time++) {
      s1.proposes(...bytes(150));
      s1.clock.settle();
      expect(s1.refusal(1)).toMatchObject({ refusal: 'RAFT_OVERLOADED' });
      isOverruled(s1);
      s1.asServing();
    }
    expect(room(s1)).toBe(uncommittedBytesMax);
  });

  it('counts what an earlier term has left in its log, until that is committed', () => {
    const s1 = serving();
    s1.proposes(...bytes(150));
    s1.clock.settle();
    s1.hears(appendEntries({ term: 3, prevIndex: 3, prevTerm: 2 })); // S2 leads, and has it too
    s1.asLeader();
    expect(s1.status).toMatchObject({ role: 'leader', commitIndex: 2 });
    expect(s1.refusal(1)).toMatchObject({ refusal: 'RAFT_OVERLOADED' });
    s1.isReplicated();
    expect(room(s1)).toBe(uncommittedBytesMax);
  });

  it('loses count of nothing, whatever becomes of its offices and entries', () => {
    const happening = fc.constantFrom('propose', 'turn', 'replicate', 'overrule', 'lose', 'elect');
    const property = fc.property(
      fc.array(happening, { maxLength: 40, size: 'max' }),
      (happenings) => {
        const s1 = serving();
        for (const what of happenings) {
          const { role, term, lastIndex } = s1.status;
          if (what === 'propose') s1.proposes(...bytes(30));
          else if (what === 'turn') s1.clock.turn();
          else if (what === 'replicate' && role === 'leader') s1.isReplicated();
          else if (what === 'overrule') isOverruled(s1);
          else if (what === 'elect' && role !== 'leader') s1.asLeader();
          else if (what === 'lose') {
            const prevTerm = s1.log.termAt(lastIndex)!;
            s1.hears(appendEntries({ term: term + 1, prevIndex: lastIndex, prevTerm }));
          }
        }
        if (s1.status.role !== 'leader') s1.asLeader();
        s1.clock.settle();
        s1.isReplicated();
        expect(room(s1)).toBe(uncommittedBytesMax);
      },
    );
    fc.assert(property, { seed: 1, numRuns: 40 });
  });
});

describe('a leader whose disk is full', () => {
  it('takes no commands and says why, asks for room, and takes them again', () => {
    const s1 = new ActorStage({ voters: ['S1'] }).asServing();
    s1.store.tellRoom(false);
    expect(s1.refusal(1)).toMatchObject({ refusal: 'RAFT_OVERLOADED' });
    expect(s1.refusal(1)!.reason).toContain('full');
    expect(s1.status.disk).toBe('full');
    s1.clock.advance(1_000);
    expect(s1.store.searches).toBe(1);
    expect(s1.status.disk).toBe('ok');
    expect(s1.refusal(1)).toBeUndefined();
    expect(s1.eventsOf('diskChanged').map(({ disk }) => disk)).toEqual(['full', 'ok']);
  });

  it('hands over to another at its next heartbeat', () => {
    const s1 = serving();
    s1.store.tellRoom(false);
    s1.clock.advance(50);
    expect(s1.eventsOf('transferStarted')).toEqual([{ type: 'transferStarted', to: 'S2' }]);
    expect(s1.sentOf('TimeoutNowRequest').length).toBeGreaterThan(0);
  });

  it('does not stand for election before it has room', () => {
    const s1 = new ActorStage().asFollower();
    s1.store.tellRoom(false);
    s1.store.findRoom = () => {};
    s1.clock.advance(5_000);
    expect(s1.status).toMatchObject({ role: 'follower', term: 1 });
    s1.store.tellRoom(true);
    s1.clock.advance(500);
    expect(s1.status.role).toBe('preCandidate');
  });
});

describe('a leader whose disk hangs', () => {
  it('says so after an election timeout, hands over, and is well when it answers', () => {
    const s1 = serving();
    s1.store.hang();
    s1.proposes(1);
    keepsOffice(s1, 350);
    expect(s1.status.disk).toBe('ok');
    keepsOffice(s1, 150);
    expect(s1.status.disk).toBe('stalled');
    expect(s1.eventsOf('transferStarted')).toHaveLength(1);
    s1.store.answer();
    expect(s1.status.disk).toBe('ok');
    expect(s1.eventsOf('diskChanged').map(({ disk }) => disk)).toEqual(['stalled', 'ok']);
  });
});

describe('a leader that hands over', () => {
  it('takes nothing meanwhile, as if it did not lead, and serves again if that fails', () => {
    const s1 = serving();
    s1.proposes(1);
    s1.clock.settle();
    expect(s1.actor.transferLeadership('S2')).toBeUndefined();
    expect(s1.status.transferTo).toBe('S2');
    expect(s1.refusal(1)).toMatchObject({ refusal: 'RAFT_NOT_LEADER' });
    expect(s1.refusal(1)!.reason).toContain('S2');
    keepsOffice(s1, 500);
    expect(s1.status).toMatchObject({ role: 'leader', transferTo: undefined });
    expect(s1.eventsOf('transferAborted')).toEqual([{ type: 'transferAborted', to: 'S2' }]);
    expect(s1.refusal(1)).toBeUndefined();
  });

  it('tells the other to stand for election once that has everything, and not before', () => {
    const s1 = serving();
    s1.proposes(1);
    s1.clock.settle();
    s1.actor.transferLeadership('S2');
    s1.clock.settle();
    expect(s1.sentOf('TimeoutNowRequest')).toEqual([]);
    s1.isReplicated();
    expect(s1.sentOf('TimeoutNowRequest')).toHaveLength(1);
    s1.hears(requestVote({ term: 3, isTransfer: true }));
    expect(s1.eventsOf('leadershipLost')).toMatchObject([{ reason: 'newerTerm' }]);
    expect(s1.eventsOf('transferAborted')).toEqual([]);
    expect(s1.sentOf('RequestVoteResponse')).toMatchObject([{ voteGranted: true, term: 3 }]);
  });

  it('answers at once why it cannot even be tried', () => {
    const s1 = new ActorStage().asFollower();
    expect(s1.actor.transferLeadership('S2')).toContain('does not lead');
    s1.asLeader(); // its no-op is not committed
    expect(s1.actor.transferLeadership('S2')).toContain('elected only now');
    s1.isReplicated();
    for (const nobody of ['S1', 'S9']) {
      expect(s1.actor.transferLeadership(nobody)).toContain(nobody);
    }
    const alone = new ActorStage({ voters: ['S1'] }).asServing();
    expect(alone.actor.transferLeadership(undefined)).toContain('nobody');
    expect(s1.eventsOf('transferStarted')).toEqual([]);
  });
});

describe('a leader that nobody answers', () => {
  it('leads no more after an election timeout, and refuses what waits for a quorum', () => {
    const s1 = serving();
    const proposed = s1.proposes(1)!;
    const answers = s1.reads();
    s1.clock.advance(350);
    expect([s1.status.role, answers]).toEqual(['leader', []]);
    s1.clock.advance(150);
    expect(s1.status).toMatchObject({ leaderId: undefined, term: 2 });
    expect(s1.status.role).not.toBe('leader');
    expect(s1.eventsOf('leadershipLost')).toEqual([
      { type: 'leadershipLost', term: 2, reason: 'noQuorum' },
    ]);
    expect(answers).toEqual(['server S1 leads no more']);
    expect(proposed.endings).toEqual([]); // it may yet be committed
    expect(s1.refusal(1)).toMatchObject({ refusal: 'RAFT_NOT_LEADER' });
  });

  it('leads on while a majority answers, itself among it', () => {
    const s1 = serving();
    keepsOffice(s1, 3_000);
    expect(s1.status).toMatchObject({ role: 'leader', term: 2 });
  });
});

describe('the world around a server', () => {
  it('is told when the process has stood still, and for how long', () => {
    const s1 = new ActorStage().asFollower();
    s1.clock.stall(5_200);
    s1.clock.wake();
    expect(s1.eventsOf('stalled')).toEqual([{ type: 'stalled', ms: 5_000 }]);
  });

  it('is told when the wall clock has jumped, which no stamp follows', () => {
    const s1 = new ActorStage().asServing();
    const { logTimeMs } = s1.status;
    s1.clock.wallAheadMs = 1e12;
    s1.proposes(1);
    s1.proposes(2);
    s1.clock.settle();
    s1.isReplicated();
    expect(s1.eventsOf('clockJumped')).toEqual([{ type: 'clockJumped', ms: 1e12 }]);
    expect(s1.status.logTimeMs - logTimeMs).toBeLessThan(1_000);
  });

  it('learns of elections: when they start, why, and when they are won', () => {
    const s1 = new ActorStage().asServing();
    expect(s1.events).toEqual([
      { type: 'electionStarted', term: 2, reason: 'leaderSilent' },
      { type: 'electionWon', term: 2 },
    ]);
  });

  it('sees in its status how many sessions are open', () => {
    const s1 = new ActorStage().asServing();
    s1.actor.propose(proposal('openSession'), () => {});
    s1.clock.settle();
    s1.isReplicated();
    expect(s1.status.sessions).toBe(1);
  });
});
