/**
 * Tests of reads at a server actor (§8, thesis §6.4), and of log time, which they may bring
 * forward.
 */
import { describe, expect, it } from 'vitest';
import { type ActorGiven, ActorStage, stateMachineOf } from '../properties/support/actorStage.js';
import { appendEntries, appended, conflicted } from '../properties/support/script.js';

/**
 * A leader whose state machine has something due at `dueMs`, until a tick or a command brings it
 * about.
 */
function withSomethingDue(dueMs: number | undefined, given: ActorGiven = {}) {
  const due: { ms: number | undefined } = { ms: dueMs };
  const ticks: number[] = [];
  const stateMachine = stateMachineOf({
    apply: ([byte]) => {
      due.ms = byte! * 1_000;
    },
    dueMs: () => due.ms,
    tick(at) {
      ticks.push(at);
      if (due.ms !== undefined && due.ms <= at) due.ms = undefined;
    },
  });
  const s1 = new ActorStage({ stateMachine, ...given }).asServing();
  const tickEntries = () => s1.log.slice(1, 100).filter(({ kind }) => kind === 'tick');
  /** S2 answers whatever comes, for so long. */
  const serveFor = (ms: number) => {
    for (let passed = 0; passed < ms; passed += 50) {
      s1.clock.advance(50);
      s1.isReplicated();
    }
  };
  return { s1, due, ticks, tickEntries, serveFor };
}

describe('a read', () => {
  it('is refused where nobody leads', () => {
    expect(new ActorStage().asFollower().reads()).toEqual(['server S1 does not lead']);
  });

  it('is answered once a majority has confirmed, after it was asked, who leads', () => {
    const s1 = new ActorStage().asServing();
    const answer = s1.reads();
    s1.hears(appended({ term: 2, match: 2, round: s1.round })); // an answer to what was before
    expect(answer).toEqual([]);
    s1.hears(appended({ term: 2, match: 2, round: s1.round }));
    expect(answer).toEqual(['ok']);
  });

  it('shares its round with the others of its turn', () => {
    const s1 = new ActorStage().asServing();
    const answers = [s1.reads(), s1.reads(), s1.reads()];
    s1.clock.settle();
    expect(s1.round).toBe(1);
    s1.hears(appended({ term: 2, match: 2, round: 1 }));
    expect(answers).toEqual([['ok'], ['ok'], ['ok']]);
  });

  it('that comes while a round is under way is answered by the next one', () => {
    const s1 = new ActorStage().asServing();
    const first = s1.reads();
    s1.clock.settle();
    const second = s1.reads();
    s1.hears(appended({ term: 2, match: 2, round: 1 }));
    expect([first, second, s1.round]).toEqual([['ok'], [], 2]);
    s1.hears(appended({ term: 2, match: 2, round: 2 }));
    expect(second).toEqual(['ok']);
  });

  it('needs no round where the leader is alone', () => {
    const s1 = new ActorStage({ voters: ['S1'] }).asServing();
    const answer = s1.reads();
    s1.clock.settle();
    expect(answer).toEqual(['ok']);
  });

  it('sees what any leader before has acknowledged: it waits for the no-op (§8)', () => {
    const s1 = new ActorStage().asLeader();
    const answer = s1.reads();
    s1.clock.settle();
    const { term } = s1.status;
    s1.hears(appended({ term, match: 1, round: s1.round }));
    expect(answer).toEqual([]);
    s1.hears(appended({ term, match: 2, round: s1.round }));
    expect(s1.status.lastApplied).toBe(2);
    expect(answer).toEqual(['ok']);
  });

  it('is refused when its leader is deposed before the round is confirmed', () => {
    const s1 = new ActorStage().asServing();
    const answers = [s1.reads()];
    s1.clock.settle();
    answers.push(s1.reads());
    s1.hears(appendEntries({ term: 3, prevIndex: 2, prevTerm: 2 }));
    expect(answers).toEqual([['server S1 leads no more'], ['server S1 leads no more']]);
  });

  it('is refused when its leader is deposed before its no-op is committed', () => {
    const s1 = new ActorStage().asLeader();
    const answer = s1.reads();
    s1.clock.settle();
    const { term } = s1.status;
    const refusal = { prevIndex: 1, conflictTerm: 0, conflictIndex: 1, round: s1.round };
    s1.hears(conflicted({ term, ...refusal })); // it confirms the leader, and holds nothing
    expect(answer).toEqual([]);
    s1.hears(appendEntries({ term: term + 1 }));
    expect(answer).toEqual(['server S1 leads no more']);
  });

  it('waits for the slices that are still to be applied', () => {
    const s1 = new ActorStage().asServing();
    for (let i = 0; i < 5_000; i++) s1.proposes(1);
    s1.clock.settle();
    const { term, lastIndex } = s1.status;
    const answer = s1.reads();
    s1.clock.settle();
    const seen: number[] = [];
    s1.actor.read(() => seen.push(s1.status.lastApplied));
    s1.hears(appended({ term, match: lastIndex, round: s1.round }));
    expect(answer).toEqual(['ok']);
    s1.isReplicated();
    expect(seen).toEqual([lastIndex]);
  });
});

describe('log time', () => {
  it('is brought forward by a tick before a read is answered that meets something due', () => {
    const { s1, ticks, tickEntries } = withSomethingDue(undefined);
    s1.proposes(1); // due at 1,000 ms
    s1.clock.settle();
    s1.isReplicated();
    s1.clock.stall(2_000);
    const answer = s1.reads();
    s1.clock.settle();
    s1.hears(appended({ term: 2, match: 3, round: s1.round }));
    expect(answer).toEqual([]);
    expect(tickEntries()).toMatchObject([{ index: 4, stampMs: s1.clock.wallMs() }]);
    const before = ticks.length;
    s1.isReplicated();
    expect(ticks.slice(before)).toEqual([s1.clock.wallMs()]);
    expect(answer).toEqual(['ok']);
    expect(s1.status.logTimeMs).toBe(s1.clock.wallMs());
  });

  it('is left alone by reads that meet nothing due', () => {
    const { s1, tickEntries } = withSomethingDue(1_000_000);
    const answer = s1.reads();
    s1.clock.settle();
    s1.isReplicated();
    expect(answer).toEqual(['ok']);
    expect(tickEntries()).toEqual([]);
  });

  it('refuses the read whose tick was lost with its leader', () => {
    const { s1 } = withSomethingDue(100);
    const answer = s1.reads();
    s1.clock.settle();
    s1.hears(appended({ term: 2, match: 2, round: s1.round }));
    s1.hears(appendEntries({ term: 3, prevIndex: 2, prevTerm: 2, terms: [3, 3], commit: 4 }));
    expect(answer).toEqual(['the read met a change of leader']);
  });

  it('passes by itself when something is due, though nobody asks for anything', () => {
    const { ticks, tickEntries, serveFor, s1 } = withSomethingDue(undefined);
    s1.proposes(2); // due at 2,000 ms
    s1.clock.settle();
    s1.isReplicated();
    serveFor(1_000);
    expect(tickEntries()).toEqual([]);
    serveFor(2_000);
    expect(tickEntries()).toHaveLength(1);
    const { stampMs } = tickEntries()[0]!;
    expect(stampMs).toBeGreaterThanOrEqual(2_000);
    expect(stampMs).toBeLessThan(2_100);
    expect(ticks.at(-1)).toBe(stampMs);
  });

  it('passes earlier when a command makes something due earlier', () => {
    const { s1, tickEntries, serveFor } = withSomethingDue(1_000_000);
    s1.proposes(1); // due at 1,000 ms
    s1.clock.settle();
    serveFor(1_200);
    expect(tickEntries()).toHaveLength(1);
  });

  it('follows the wall clock, whatever that does', () => {
    const { s1, tickEntries, serveFor } = withSomethingDue(5_000);
    s1.clock.wallAheadMs = -10_000;
    serveFor(6_000);
    expect(tickEntries()).toEqual([]);
    serveFor(10_000);
    expect(tickEntries()).toHaveLength(1);
  });

  it('waits for what is due in years, and sets no timer that a platform cannot hold', () => {
    const clockJumpMaxMs = Number.POSITIVE_INFINITY;
    const { s1, tickEntries } = withSomethingDue(undefined, { clockJumpMaxMs });
    const waits: number[] = [];
    const schedule = s1.clock.schedule.bind(s1.clock);
    s1.clock.schedule = (ms, run) => {
      waits.push(ms);
      return schedule(ms, run);
    };
    s1.clock.wallAheadMs = -1e12;
    s1.proposes(1);
    s1.clock.settle();
    s1.isReplicated();
    expect(Math.max(...waits)).toBeLessThan(2 ** 31);
    expect(Math.max(...waits)).toBeGreaterThan(2 ** 29);
    expect(tickEntries()).toEqual([]);
  });

  it('is the leader’s to bring forward: a server that leads no more lets it be', () => {
    const { s1, tickEntries } = withSomethingDue(undefined);
    s1.proposes(1); // due at 1,000 ms
    s1.clock.settle();
    s1.isReplicated();
    for (let passed = 0; passed < 3_000; passed += 50) {
      s1.hears(appendEntries({ term: 3, prevIndex: 3, prevTerm: 2 }));
      s1.clock.advance(50);
    }
    expect(s1.status.role).toBe('follower');
    expect(tickEntries()).toEqual([]);
  });

  it('stops the server, and nothing else, if the state machine cannot say what is due', () => {
    let isBroken = false;
    const stateMachine = stateMachineOf({
      dueMs() {
        if (isBroken) throw new Error('no idea');
        return 1_000;
      },
    });
    const s1 = new ActorStage({ stateMachine }).asServing();
    isBroken = true;
    for (let passed = 0; passed < 2_000 && s1.status.role !== 'stopped'; passed += 50) {
      s1.clock.advance(50);
      s1.isReplicated();
    }
    expect(s1.failures).toEqual([new Error('no idea')]);
    expect(s1.status.role).toBe('stopped');
  });
});
