/** Tests of how a server actor ends: nothing stays behind, and nobody is left without an answer. */
import type { Subject } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { InvariantBroken } from '../machines/invariant.js';
import { ActorStage, stateMachineOf } from '../properties/support/actorStage.js';
import { appendEntries, requestVote } from '../properties/support/script.js';
import { memoryNetwork } from './memoryTransport.js';

/** How often it was said that the server has stopped. */
function stop(s1: ActorStage): { count: number } {
  const told = { count: 0 };
  s1.actor.stop(() => told.count++);
  return told;
}

function isObserved(stream: unknown): boolean {
  return (stream as Subject<unknown>).observed;
}

/** A leader that has been asked for everything, and has answered nothing. */
function busy(stage = new ActorStage()) {
  const s1 = stage.asServing();
  const asked = [s1.reads()];
  s1.clock.settle();
  asked.push(s1.reads());
  const proposed = [s1.proposes(1)!, s1.proposes(2)!];
  s1.clock.settle();
  proposed.push(s1.proposes(3)!); // not even in the log
  return { s1, asked, proposed };
}

describe('a server that is stopped', () => {
  it('leaves no timer, closes its store once, and says so', () => {
    const s1 = new ActorStage().asServing();
    const told = stop(s1);
    s1.clock.settle();
    expect(told.count).toBe(1);
    expect([s1.clock.timers, s1.clock.deferred, s1.store.closed]).toEqual([0, 0, 1]);
    expect(s1.status.role).toBe('stopped');
  });

  it('leaves no timer of what is due some day', () => {
    const stateMachine = stateMachineOf({ dueMs: () => 1e9 });
    const s1 = new ActorStage({ stateMachine }).asServing();
    stop(s1);
    expect(s1.clock.timers).toBe(0);
  });

  it('leaves no timer either when its store has no room while it closes', () => {
    const s1 = new ActorStage().asServing();
    stop(s1);
    s1.store.tellRoom(false);
    expect([s1.clock.timers, s1.eventsOf('diskChanged')]).toEqual([0, []]);
  });

  it('listens to nobody any more', () => {
    const transport = memoryNetwork({ defer: (run) => run() }).transport('S1');
    const s1 = new ActorStage({ voters: ['S1'], transport }).asServing();
    const isHeard = () => [transport.messages$, transport.notices$].map((one) => isObserved(one));
    expect(isHeard()).toEqual([true, true]);
    stop(s1);
    expect(isHeard()).toEqual([false, false]);
  });

  it('may be stopped again, by anyone at any time, and answers each', () => {
    const s1 = new ActorStage().asServing();
    const told = [stop(s1), stop(s1)];
    s1.clock.settle();
    told.push(stop(s1));
    s1.clock.settle();
    expect(told.map(({ count }) => count)).toEqual([1, 1, 1]);
    expect(s1.failures).toEqual([]);
  });

  it('leaves nobody without an answer, and answers each once', () => {
    const { s1, asked, proposed } = busy();
    stop(s1);
    const answers = () => [asked, proposed.map(({ endings }) => endings.map(({ type }) => type))];
    const expected = [
      [['the server stopped'], ['the server stopped']],
      [['unknown'], ['unknown'], ['unknown']],
    ];
    expect(answers()).toEqual(expected);
    s1.clock.advance(20_000);
    expect(answers()).toEqual(expected);
  });

  it('takes nothing more', () => {
    const s1 = new ActorStage().asServing();
    stop(s1);
    expect(s1.proposes(1)).toBeUndefined();
    expect(s1.reads()).toEqual(['server S1 does not lead']);
    const { term } = s1.status;
    s1.hears(requestVote({ term: 99 }));
    s1.clock.advance(5_000);
    expect(s1.status.term).toBe(term);
    expect(s1.clock.timers).toBe(0);
  });

  it('may be stopped while it applies, and leaves no timer even then', () => {
    const s1 = new ActorStage().asServing();
    s1.actor.applied$.subscribe(() => stop(s1));
    s1.proposes(1);
    s1.clock.settle();
    s1.isReplicated();
    expect(s1.status).toMatchObject({ role: 'stopped', lastApplied: 3 });
    expect(s1.clock.timers).toBe(0);
  });

  it('ends its streams, so that whoever iterates over them comes to an end', () => {
    const s1 = new ActorStage().asServing();
    const ended: string[] = [];
    const ends = (name: string) => ({ complete: () => void ended.push(name) });
    s1.actor.steps$.subscribe(ends('steps$'));
    s1.actor.applied$.subscribe(ends('applied$'));
    s1.actor.events$.subscribe(ends('events$'));
    stop(s1);
    s1.clock.settle();
    expect(ended).toEqual(['steps$', 'applied$', 'events$']);
  });

  it('before it was started does not start any more', () => {
    const s1 = new ActorStage().founded();
    const told = stop(s1);
    s1.clock.settle();
    expect(told.count).toBe(1);
    s1.starts();
    expect(s1.started).toMatchObject([{ message: expect.stringContaining('stopped') }]);
    expect([s1.status.role, s1.clock.timers]).toEqual(['stopped', 0]);
  });

  it('while it starts does not start any more', () => {
    const s1 = new ActorStage().founded();
    s1.actor.start((error) => s1.started.push(error));
    const told = stop(s1);
    s1.clock.settle();
    expect(told.count).toBe(1);
    expect(s1.started).toMatchObject([{ message: expect.stringContaining('stopped') }]);
    expect([s1.status.role, s1.clock.timers]).toEqual(['stopped', 0]);
  });
});

describe('a server whose store fails', () => {
  it('stops, says why once, and leaves nobody without an answer', () => {
    const { s1, asked, proposed } = busy();
    s1.store.fail('the disk failed');
    s1.store.fail('the disk failed again');
    s1.clock.advance(20_000);
    expect(s1.failures).toEqual([new Error('the disk failed')]);
    expect(s1.status.role).toBe('stopped');
    expect(asked).toEqual([['the disk failed'], ['the disk failed']]);
    for (const { endings } of proposed) {
      expect(endings).toEqual([{ type: 'unknown', reason: 'the disk failed' }]);
    }
    expect([s1.clock.timers, s1.store.closed]).toEqual([0, 1]);
  });

  it('sends nothing any more, not even what was waiting for the disk', () => {
    const s1 = new ActorStage().asFollower();
    s1.tell(requestVote({ term: 2 }));
    s1.clock.turn();
    s1.store.fail('the disk failed');
    s1.clock.settle();
    expect(s1.sent).toEqual([]);
  });

  it('may be stopped as well', () => {
    const s1 = new ActorStage().asServing();
    s1.store.fail('the disk failed');
    const told = stop(s1);
    s1.clock.settle();
    expect(told.count).toBe(1);
    expect(s1.failures).toHaveLength(1);
  });

  it('inside the very call that writes leaves no timer behind', () => {
    const s1 = new ActorStage().asFollower();
    s1.store.append = () => s1.store.fail('the disk failed');
    s1.hears(requestVote({ term: 2 }));
    expect(s1.failures).toEqual([new Error('the disk failed')]);
    expect([s1.clock.timers, s1.sent.length]).toEqual([0, 0]);
  });

  it('tells of it before its streams end', () => {
    const s1 = new ActorStage().asServing();
    const told: string[] = [];
    s1.actor.events$.subscribe({
      next: (event) => told.push(event.type === 'failed' ? event.error.message : event.type),
      complete: () => told.push('end'),
    });
    s1.store.fail('the disk failed');
    s1.clock.settle();
    expect(told).toEqual(['changed', 'the disk failed', 'end']);
  });
});

describe('a server that meets a broken law', () => {
  it('stops rather than overwrite what is committed', () => {
    const s1 = new ActorStage().asServing();
    const written = s1.store.writes.length;
    s1.hears(appendEntries({ term: 3, prevIndex: 1, prevTerm: 1, terms: [3] }));
    expect(s1.failures).toHaveLength(1);
    expect(s1.failures[0]).toBeInstanceOf(InvariantBroken);
    expect(s1.failures[0]).toMatchObject({ law: 'Leader Completeness' });
    expect(s1.log.termAt(2)).toBe(2);
    expect(s1.store.writes).toHaveLength(written);
    expect([s1.status.role, s1.clock.timers]).toEqual(['stopped', 0]);
  });

  it('stops also where only a later slice meets it', () => {
    const s1 = new ActorStage({
      stateMachine: stateMachineOf({
        tick(at) {
          if (at > 5_000) throw new Error('no such time');
        },
      }),
    }).asFollower();
    const terms = Array<number>(6_000).fill(2);
    const entries = appendEntries({ term: 2, prevIndex: 1, prevTerm: 1, terms }).entries;
    const noOps = entries.map((one) => ({ ...one, kind: 'noOp' as const }));
    s1.hears(appendEntries({ term: 2, prevIndex: 1, prevTerm: 1, entries: noOps, commit: 6_000 }));
    expect(s1.failures).toEqual([new Error('no such time')]);
    expect(s1.clock.timers).toBe(0);
  });
});
