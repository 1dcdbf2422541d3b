/**
 * Tests of the server actor: how it starts, where proposals end up, and what it tells of itself.
 */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeConfiguration } from '../machines/configuration.js';
import { roleOf } from '../machines/server.js';
import { ActorStage, clusterId, stateMachineOf } from '../properties/support/actorStage.js';
import { appendEntries, entry, requestVote } from '../properties/support/script.js';
import type { LogStore } from './logStore.js';
import { memoryStore } from './memoryStore.js';
import { memoryNetwork } from './memoryTransport.js';
import type { Transport } from './transport.js';

/** A stage whose actor recovers from these bytes in place of a configuration. */
function withFirstEntry(bytes: Uint8Array): ActorStage {
  const stage = new ActorStage();
  const identity = { clusterId, serverId: 'S1', storeId: 'store' };
  const first = entry(1, 1, bytes, 'configuration');
  stage.store.open(() => stage.store.found(identity, 1, [first], () => {}));
  return stage;
}

/** A transport whose port somebody else has. */
function takenTransport(): Transport {
  const transport = memoryNetwork({ defer: (run) => run() }).transport('S1');
  transport.open = (_options, done) => done(new Error('the port is taken'));
  return transport;
}

describe('starting', () => {
  it('begins as a follower, with the term, the vote and the log that the store held', () => {
    const before = new ActorStage().asServing();
    before.proposes(7);
    before.clock.settle();
    before.actor.stop(() => {});
    before.clock.settle();
    const s1 = new ActorStage({ store: before.store });
    expect(s1.status).toMatchObject({ role: 'stopped', term: 0, lastIndex: 0 });
    expect(s1.starts().started).toEqual([undefined]);
    expect(s1.status).toMatchObject({ role: 'follower', term: 2, lastIndex: 3, commitIndex: 0 });
    expect(s1.actor.snapshot!.context.votedFor).toBe('S1');
    expect(s1.log.entryAt(3)!.bytes).toEqual(Uint8Array.of(7));
  });

  it('is preceded by no timer, no write and no message', () => {
    const s1 = new ActorStage().founded();
    s1.clock.advance(10_000);
    expect([s1.clock.timers, s1.store.writes.length, s1.sent.length]).toEqual([0, 0, 0]);
  });

  it('is refused by a store that was never founded', () => {
    const s1 = new ActorStage().starts();
    expect(s1.started).toMatchObject([{ code: 'RAFT_NOT_FOUNDED' }]);
    expect(s1.started[0]!.message).toContain('found its cluster first');
  });

  it('is refused by the store of another cluster, and of another server', () => {
    for (const founded of [{ cluster: 'another' }, { id: 'S9' }]) {
      const s1 = new ActorStage().founded(founded).starts();
      expect(s1.started).toMatchObject([{ code: 'RAFT_WRONG_CLUSTER' }]);
      expect(s1.started[0]!.message).toContain(founded.cluster ?? founded.id);
      expect(s1.store.closed).toBe(1);
      expect(s1.clock.timers).toBe(0);
    }
  });

  it('is refused when the store cannot be opened, and when the transport cannot', () => {
    const broken: LogStore = {
      ...memoryStore({ defer: (run) => run() }),
      open: (done) => done(new Error('no such folder'), undefined as never),
    };
    expect(new ActorStage({ store: broken }).starts().started).toEqual([
      new Error('no such folder'),
    ]);

    const again = new ActorStage({ transport: takenTransport() }).asFollower();
    expect(again.started).toEqual([new Error('the port is taken')]);
    expect(again.store.closed).toBe(1);
    expect(again.clock.timers).toBe(0);
  });

  it('is refused when what the store held makes no sense, and leaves nothing behind', () => {
    const s1 = withFirstEntry(new TextEncoder().encode('{')).starts();
    expect(s1.started).toHaveLength(1);
    expect(s1.started[0]).toBeInstanceOf(Error);
    expect(s1.store.closed).toBe(1);
    expect(s1.clock.timers).toBe(0);
    const empty = encodeConfiguration({ members: [], outgoing: [] });
    expect(withFirstEntry(empty).starts().started).toEqual([undefined]);
  });

  it('lets messages that come meanwhile wait until it has recovered', () => {
    const s1 = new ActorStage().founded();
    const heartbeat = appendEntries({ term: 4, prevIndex: 1, prevTerm: 1, terms: [4], commit: 2 });
    s1.hears(heartbeat); // nobody is there yet
    s1.actor.start((error) => s1.started.push(error));
    s1.tell(heartbeat);
    s1.clock.settle();
    expect(s1.started).toEqual([undefined]);
    expect(s1.status).toMatchObject({ term: 4, leaderId: 'S2', commitIndex: 2, lastApplied: 2 });
  });

  it('remembers by which stores it has met the others', () => {
    const s1 = new ActorStage().asServing();
    expect(s1.store.remembered).toEqual([
      ['S2', 'S2'],
      ['S3', 'S3'],
    ]);
  });

  it('begins a term of its own when nobody is heard', () => {
    const s1 = new ActorStage().asFollower();
    s1.clock.advance(199);
    expect(s1.sent).toEqual([]);
    s1.clock.advance(1);
    expect(s1.sentOf('PreVoteRequest')).toHaveLength(1);
    expect(s1.asLeader().status).toMatchObject({ role: 'leader', term: 2, leaderId: 'S1' });
  });
});

describe('a follower', () => {
  it('answers only once its disk has what the answer claims', () => {
    const s1 = new ActorStage().asFollower();
    s1.tell(appendEntries({ term: 2, prevIndex: 1, prevTerm: 1, terms: [2, 2] }));
    s1.clock.turn(); // the message arrives, and the write goes out
    expect(s1.status.lastIndex).toBe(3);
    expect(s1.actor.durableWrite).toBe(0);
    expect(s1.sent).toEqual([]);
    s1.clock.settle();
    expect(s1.actor.durableWrite).toBe(2);
    expect(s1.sentOf('AppendEntriesResponse')).toMatchObject([{ success: true, matchIndex: 3 }]);
  });

  it('hears its leader while it applies what it has missed, slice by slice', () => {
    const s1 = new ActorStage({ settings: { electionTimeoutMinMs: 200 } }).asFollower();
    const terms = Array<number>(12_287).fill(2);
    s1.hears(appendEntries({ term: 2, prevIndex: 1, prevTerm: 1, terms }));
    s1.tell(appendEntries({ term: 2, prevIndex: 12_288, prevTerm: 2, commit: 12_000 }));
    s1.clock.turn();
    expect(s1.status).toMatchObject({ commitIndex: 12_000, lastApplied: 4_096 });
    s1.tell(appendEntries({ term: 2, prevIndex: 12_288, prevTerm: 2, commit: 12_100 }));
    s1.tell(appendEntries({ term: 2, prevIndex: 12_288, prevTerm: 2, commit: 12_288 }));
    let before = s1.status.lastApplied;
    while (s1.clock.deferred > 0) {
      s1.clock.turn();
      expect(s1.status.lastApplied - before).toBeLessThanOrEqual(4_096);
      before = s1.status.lastApplied;
    }
    expect(s1.status.lastApplied).toBe(12_288);
    expect(s1.applied.map(({ index }) => index)).toEqual(terms.concat(0).map((_, i) => i + 1));
  });
});

describe('a proposal', () => {
  it('is taken by a leader only', () => {
    const s1 = new ActorStage().asFollower();
    expect(s1.proposes(1)).toBeUndefined();
    s1.clock.advance(200);
    expect(s1.status.role).toBe('preCandidate');
    expect(s1.proposes(1)).toBeUndefined();
    expect(s1.asLeader().proposes(1)).toMatchObject({ index: 3, term: 2 });
  });

  it('says at once where it is, and is done there once it is applied', () => {
    const s1 = new ActorStage({
      stateMachine: stateMachineOf({ apply: (bytes) => bytes[0]! * 2 }),
    }).asServing();
    const one = s1.proposes(21)!;
    expect(one).toMatchObject({ index: 3, term: 2, endings: [] });
    s1.clock.settle();
    expect(one.endings).toEqual([]);
    s1.isReplicated();
    expect(one.endings).toEqual([{ type: 'done', index: 3, value: 42 }]);
    expect(s1.log.entryAt(3)).toMatchObject({ term: 2, bytes: Uint8Array.of(21) });
  });

  it('and all others of its turn make one write and one message', () => {
    const s1 = new ActorStage().asServing();
    const writes = s1.store.writes.length;
    const messages = s1.sentOf('AppendEntriesRequest').length;
    const places = Array.from({ length: 100 }, (_, i) => s1.proposes(i)!);
    expect(places.map(({ index }) => index)).toEqual(places.map((_, i) => 3 + i));
    s1.clock.settle();
    expect(s1.store.writes).toHaveLength(writes + 1);
    const sent = s1.sentOf('AppendEntriesRequest').slice(messages);
    expect(sent.map(({ entries }) => entries.length)).toEqual([100]);
    expect(sent[0]!.entries.map(({ index, bytes }) => [index, bytes[0]])).toEqual(
      places.map(({ index }, i) => [index, i]),
    );
  });

  it('has its place also when it is made while another is applied', () => {
    const s1 = new ActorStage().asServing();
    const places: (number | undefined)[] = [];
    s1.actor.applied$.subscribe(({ entry: { bytes } }) => {
      if (bytes[0] === 1) for (const byte of [2, 3]) places.push(s1.proposes(byte)?.index);
    });
    places.push(s1.proposes(1)?.index, s1.proposes(4)?.index);
    s1.clock.settle();
    s1.isReplicated();
    expect(places).toEqual([3, 4, 5, 6]);
    expect([3, 4, 5, 6].map((index) => s1.log.entryAt(index)!.bytes[0])).toEqual([1, 4, 2, 3]);
  });

  it('has its place also when it is made as soon as the server leads', () => {
    const s1 = new ActorStage();
    const places: (number | undefined)[] = [];
    s1.actor.events$.subscribe(({ type }) => {
      if (type === 'electionWon') places.push(s1.proposes(1)?.index);
    });
    s1.asLeader();
    expect(places).toEqual([3]);
    expect(s1.log.slice(2, 9).map(({ kind }) => kind)).toEqual(['noOp', 'command']);
  });

  it('is not taken in the very step that deposes the leader', () => {
    const s1 = new ActorStage().asServing();
    const taken: unknown[] = [];
    s1.actor.steps$.subscribe(({ after }) => {
      if (roleOf(after) === 'follower') taken.push(s1.proposes(1));
    });
    s1.hears(appendEntries({ term: 9 }));
    expect(s1.status).toMatchObject({ role: 'follower', term: 9 });
    expect(new Set(taken)).toEqual(new Set([undefined]));
  });

  it('is not done when the next leader puts another entry in its place', () => {
    const s1 = new ActorStage().asServing();
    const [kept, lost] = [s1.proposes(1)!, s1.proposes(2)!];
    s1.clock.settle();
    const others = [entry(4, 3)];
    s1.hears(appendEntries({ term: 3, prevIndex: 3, prevTerm: 2, entries: others, commit: 4 }));
    expect(kept.endings).toMatchObject([{ type: 'done', index: 3 }]);
    expect(lost.endings).toMatchObject([{ type: 'notDone' }]);
  });

  it('outlives the office of its leader, and is unknown at its deadline', () => {
    const s1 = new ActorStage({ proposalTimeoutMs: 700 }).asServing();
    const one = s1.proposes(1)!;
    s1.hears(appendEntries({ term: 3, prevIndex: 2, prevTerm: 2 }));
    expect(s1.status).toMatchObject({ role: 'follower', leaderId: 'S2' });
    s1.clock.advance(699);
    expect(one.endings).toEqual([]);
    s1.clock.advance(1);
    expect(one.endings).toMatchObject([{ type: 'unknown' }]);
  });

  it('tells its proposer what the state machine threw, and that it was applied', () => {
    const error = new Error('no such account');
    const stateMachine = stateMachineOf({
      apply: () => {
        throw error;
      },
    });
    const s1 = new ActorStage({ stateMachine }).asServing();
    const one = s1.proposes(1)!;
    s1.clock.settle();
    s1.isReplicated();
    expect(one.endings).toEqual([{ type: 'threw', index: 3, error }]);
    expect(s1.status).toMatchObject({ role: 'leader', lastApplied: 3 });
  });

  it('ends as what stands at its place says, whatever happens', () => {
    const happening = fc.oneof(
      fc.constant('propose'),
      fc.constant('turn'),
      fc.constant('replicate'),
      fc.constant('depose'),
      fc.constant('elect'),
    );
    const property = fc.property(
      fc.array(happening, { maxLength: 40, size: 'max' }),
      (happenings) => {
        const s1 = new ActorStage({ proposalTimeoutMs: 1_000_000 }).asServing();
        const taken: NonNullable<ReturnType<ActorStage['proposes']>>[] = [];
        const propose = () => {
          const one = s1.proposes(taken.length);
          if (one !== undefined) taken.push(one);
        };
        s1.actor.applied$.subscribe(({ entry: { bytes } }) => bytes[0]! % 3 === 0 && propose());
        for (const what of happenings) {
          const { term, lastIndex, commitIndex, role } = s1.status;
          if (what === 'propose') propose();
          else if (what === 'turn') s1.clock.turn();
          else if (what === 'elect') s1.asLeader();
          else if (what === 'replicate' && role === 'leader') s1.isReplicated();
          else if (what === 'depose') {
            const prevIndex = Math.max(commitIndex, lastIndex - 1);
            const prevTerm = s1.log.termAt(prevIndex)!;
            const others = [entry(prevIndex + 1, term + 1), entry(prevIndex + 2, term + 1)];
            const append = { term: term + 1, prevIndex, prevTerm, entries: others };
            s1.hears(appendEntries({ ...append, commit: prevIndex }));
          }
        }
        s1.asLeader().isReplicated();
        s1.isReplicated();
        for (const [number, { index, term, endings }] of taken.entries()) {
          if (endings.length === 0) continue; // proposed while the last ones were applied
          const isThere = s1.log.termAt(index) === term;
          expect(endings).toMatchObject([{ type: isThere ? 'done' : 'notDone' }]);
          if (isThere) expect(s1.log.entryAt(index)!.bytes[0]).toBe(number);
        }
        expect(taken.filter(({ endings }) => endings.length === 0).length).toBeLessThan(9);
      },
    );
    fc.assert(property, { seed: 1, numRuns: 20 });
  });
});

describe('what a server tells of itself', () => {
  it('is every change of its role, its term and its leader, once', () => {
    const s1 = new ActorStage();
    const changes: unknown[][] = [];
    s1.actor.events$.subscribe((event) => {
      if (event.type !== 'changed') return;
      const { role, term, leaderId } = event.status;
      changes.push([role, term, leaderId]);
    });
    s1.asServing().isReplicated();
    expect(changes).toEqual([
      ['preCandidate', 1, undefined],
      ['candidate', 2, undefined],
      ['leader', 2, 'S1'],
    ]);
    changes.length = 0;
    s1.hears(appendEntries({ term: 3, prevIndex: 2, prevTerm: 2 }));
    s1.hears(appendEntries({ term: 3, prevIndex: 2, prevTerm: 2 }));
    s1.hears(appendEntries({ term: 5, prevIndex: 2, prevTerm: 2 })); // re-elected, unseen
    s1.hears(appendEntries({ from: 'S3', term: 6, prevIndex: 2, prevTerm: 2 }));
    s1.actor.stop(() => {});
    expect(changes).toEqual([
      ['follower', 3, 'S2'],
      ['follower', 5, 'S2'],
      ['follower', 6, 'S3'],
      ['stopped', 6, 'S3'],
    ]);
  });

  it('is every step of its machine, with what was before it and what is to be done', () => {
    const s1 = new ActorStage().founded();
    const steps: [string | undefined, number, number, number][] = [];
    s1.actor.steps$.subscribe(({ event, before, after, effects }) => {
      const terms = [before?.context.currentTerm ?? 0, after.context.currentTerm] as const;
      steps.push([event?.type, ...terms, effects.length]);
    });
    s1.starts();
    expect(steps).toEqual([[undefined, 0, 1, 1]]);
    s1.hears(requestVote({ term: 4 }));
    // The new term and the vote are two writes; the answer, and the timer anew.
    expect(steps.slice(1)).toMatchObject([
      ['RequestVoteRequest', 1, 4, expect.any(Number)],
      ['persisted', 4, 4, 0],
    ]);
  });

  it('is every entry that it applied, with the answer of the state machine', () => {
    const stateMachine = stateMachineOf({ apply: ([byte]) => `got ${byte}` });
    const s1 = new ActorStage({ stateMachine }).founded();
    const applied: unknown[][] = [];
    s1.actor.applied$.subscribe(({ entry: { index, kind }, outcome }) =>
      applied.push([index, kind, outcome]),
    );
    s1.asServing().proposes(9);
    s1.clock.settle();
    s1.isReplicated();
    expect(applied).toEqual([
      [1, 'configuration', { type: 'done', index: 1, value: undefined }],
      [2, 'noOp', { type: 'done', index: 2, value: undefined }],
      [3, 'command', { type: 'done', index: 3, value: 'got 9' }],
    ]);
  });

  it('is where it stands, in figures', () => {
    const s1 = new ActorStage();
    s1.clock.wallAheadMs = 1_000_000;
    s1.asServing().proposes(1);
    s1.clock.settle();
    expect(s1.status).toEqual({
      id: 'S1',
      role: 'leader',
      term: 2,
      leaderId: 'S1',
      commitIndex: 2,
      lastApplied: 2,
      lastIndex: 3,
      baseIndex: 0,
      snapshotIndex: 0,
      logTimeMs: 0, // of a no-op at the beginning of a log that knows no time yet
      sessions: 0,
      disk: 'ok',
      transferTo: undefined,
      followers: { S2: expect.anything(), S3: expect.anything() },
    });
    s1.isReplicated();
    expect(s1.status.logTimeMs).toBe(s1.clock.wallMs());
  });
});
