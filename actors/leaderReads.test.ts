/** Tests of reads at a leader, and of the ticks by which log time passes at one. */
import { describe, expect, it } from 'vitest';
import type { Proposal } from '../machines/entry.js';
import { stateMachineOf } from '../properties/support/actorStage.js';
import { ManualClock } from '../properties/support/manualClock.js';
import { LeaderReads } from './leaderReads.js';
import type { Settle } from './outcome.js';

/** A leader whose state machine has something due at `due.ms`; the test applies its proposals. */
function startReads(dueMs?: number) {
  const clock = new ManualClock();
  const due: { ms: number | undefined } = { ms: dueMs };
  const now = { isLeader: true, mayPropose: true };
  const proposed: { what: Proposal; settle: Settle }[] = [];
  const errors: unknown[] = [];
  const reads = new LeaderReads({
    stateMachine: stateMachineOf({ dueMs: () => due.ms }),
    clock,
    isLeader: () => now.isLeader,
    propose(what, settle) {
      if (now.mayPropose) proposed.push({ what, settle });
      return now.mayPropose;
    },
    guarded(run) {
      try {
        run();
      } catch (error) {
        errors.push(error);
      }
    },
  });
  /** A read that is confirmed for `readIndex`; how it is answered. */
  const confirmed = (readIndex: number): string[] => {
    const answers: string[] = [];
    reads.queue.add((refusal) => answers.push(refusal ?? 'ok'));
    reads.queue.confirmed(reads.queue.nextBatch()!, readIndex);
    return answers;
  };
  return { clock, due, now, proposed, errors, reads, confirmed };
}

describe('a read', () => {
  it('is answered from a state that has what it must see, without a tick', () => {
    const { reads, confirmed, proposed } = startReads();
    const answers = confirmed(5);
    reads.answer(4);
    expect(answers).toEqual([]);
    reads.answer(5);
    expect(answers).toEqual(['ok']);
    expect(proposed).toEqual([]);
  });

  it('meets nothing that is overdue: a tick goes before it, one for all that are ready', () => {
    const { clock, reads, confirmed, proposed } = startReads(100);
    clock.stall(100);
    const answers = [confirmed(5), confirmed(5), confirmed(6)];
    reads.answer(5);
    expect(proposed.map(({ what }) => what.kind)).toEqual(['tick']);
    expect(answers).toEqual([[], [], []]);
    proposed[0]!.settle({ type: 'done', index: 6, value: undefined });
    expect(answers).toEqual([['ok'], ['ok'], []]);
  });

  it('is refused, and safe to repeat, when its tick came to nothing', () => {
    const { now, reads, confirmed, proposed } = startReads(0);
    const lost = confirmed(5);
    reads.answer(5);
    proposed[0]!.settle({ type: 'notDone', reason: 'another entry took its place' });
    expect(lost).toEqual(['the read met a change of leader']);
    now.mayPropose = false;
    const late = confirmed(5);
    reads.answer(5);
    expect(late).toEqual(['the read met a change of leader']);
  });

  it('is refused where its leader leaves or stops, unless what it must see is committed', () => {
    const { reads, confirmed } = startReads();
    const [near, far] = [confirmed(5), confirmed(9)];
    reads.leave('leads no more', 5);
    expect([near, far]).toEqual([[], ['leads no more']]);
    reads.stop('stopped');
    expect(near).toEqual(['stopped']);
  });
});

describe('a tick', () => {
  it('comes by itself when something is due, and not before', () => {
    const { clock, reads, proposed } = startReads(1_000);
    reads.tickWhenDue();
    clock.advance(999);
    expect(proposed).toEqual([]);
    clock.advance(1);
    expect(proposed.map(({ what }) => what.kind)).toEqual(['tick']);
    expect(clock.timers).toBe(0);
  });

  it('is not put off by entries that come one after the other', () => {
    const { clock, reads, proposed } = startReads(0);
    for (let entry = 0; entry < 10; entry++) {
      reads.tickWhenDue();
      clock.advance(0.25);
    }
    expect(proposed.length).toBeGreaterThan(0);
  });

  it('waits on when the wall clock was set back meanwhile', () => {
    const { clock, reads, proposed } = startReads(1_000);
    reads.tickWhenDue();
    clock.wallAheadMs = -500;
    clock.advance(1_000);
    expect([proposed.length, clock.timers]).toEqual([0, 1]);
    clock.advance(500);
    expect(proposed).toHaveLength(1);
  });

  it('is planned once, for what is due first', () => {
    const { clock, due, reads, proposed } = startReads(1_000);
    reads.tickWhenDue();
    due.ms = 400;
    reads.tickWhenDue();
    expect(clock.timers).toBe(1);
    clock.advance(400);
    expect(proposed).toHaveLength(1);
    due.ms = undefined;
    reads.tickWhenDue();
    expect(clock.timers).toBe(0);
  });

  it('is not proposed by a server that leads no more, or stops', () => {
    for (const end of ['leave', 'stop', 'silently'] as const) {
      const { clock, now, reads, proposed } = startReads(1_000);
      reads.tickWhenDue();
      now.isLeader = false;
      if (end === 'leave') reads.leave('leads no more', 0);
      if (end === 'stop') reads.stop('stopped');
      if (end !== 'silently') expect(clock.timers).toBe(0);
      clock.advance(5_000);
      expect([proposed.length, clock.timers]).toEqual([0, 0]);
    }
  });

  it('lets an error of the state machine out where errors are caught', () => {
    const { clock, due, reads, errors } = startReads(1_000);
    reads.tickWhenDue();
    Object.defineProperty(due, 'ms', {
      get() {
        throw new Error('no idea');
      },
    });
    clock.advance(1_000);
    expect(errors).toEqual([new Error('no idea')]);
  });
});
