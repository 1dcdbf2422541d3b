/** Tests of proposals that wait: definite means definite, and everything is settled once. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ManualClock } from '../properties/support/manualClock.js';
import { entry } from '../properties/support/script.js';
import type { EntryOutcome } from './outcome.js';
import { PendingProposals } from './pendingProposals.js';

const timeoutMs = 5_000;

/** Proposals by name, and how they ended: each time that they did. */
function startProposals() {
  const clock = new ManualClock();
  const proposals = new PendingProposals(clock, timeoutMs);
  const ended: Record<string, EntryOutcome['type'][]> = {};
  const outcomes: EntryOutcome[] = [];
  const propose = (name: string, index: number, term: number) => {
    const settled: EntryOutcome['type'][] = [];
    ended[name] = settled;
    proposals.add(index, term, (outcome) => {
      settled.push(outcome.type);
      outcomes.push(outcome);
    });
  };
  const apply = (index: number, term: number, value?: unknown) =>
    proposals.applied(entry(index, term), { type: 'done', index, value });
  return { clock, proposals, ended, outcomes, propose, apply };
}

describe('a proposal', () => {
  it('is done when its own entry is applied, with the answer of the state machine', () => {
    const { ended, outcomes, propose, apply } = startProposals();
    propose('a', 7, 2);
    apply(6, 2);
    expect(ended).toEqual({ a: [] });
    apply(7, 2, 'value');
    expect(outcomes).toEqual([{ type: 'done', index: 7, value: 'value' }]);
  });

  it('has thrown when the state machine did', () => {
    const { proposals, outcomes, propose } = startProposals();
    const error = new Error('no');
    propose('a', 7, 2);
    proposals.applied(entry(7, 2), { type: 'threw', index: 7, error });
    expect(outcomes).toEqual([{ type: 'threw', index: 7, error }]);
  });

  it('is whatever its own entry came to: the session of it may say otherwise than done', () => {
    const answer = { index: 3, threw: false, bytes: Uint8Array.of(1) };
    const outcomes: readonly EntryOutcome[] = [
      { type: 'answered', answer },
      { type: 'expired', reason: 'there is no session 4 any more' },
      { type: 'notDone', reason: 'its session has too many requests in flight' },
    ];
    for (const outcome of outcomes) {
      const { proposals, outcomes: got, propose } = startProposals();
      propose('a', 7, 2);
      proposals.applied(entry(7, 2), outcome);
      expect(got).toEqual([outcome]);
    }
  });

  it('is unknown when a snapshot takes the place of its entry, and only then', () => {
    const { clock, proposals, ended, propose, apply } = startProposals();
    propose('older', 7, 2);
    propose('same', 7, 5);
    propose('last', 8, 5);
    propose('next', 9, 5);
    proposals.covered(8);
    expect(ended).toEqual({ older: ['unknown'], same: ['unknown'], last: ['unknown'], next: [] });
    apply(8, 5);
    apply(9, 5);
    expect(ended).toMatchObject({ last: ['unknown'], next: ['done'] });
    clock.advance(2 * timeoutMs);
    expect([proposals.size, clock.timers]).toEqual([0, 0]);
  });

  it('is not done when an entry of another term is applied in its place, older or newer', () => {
    for (const term of [1, 3]) {
      const { ended, propose, apply } = startProposals();
      propose('a', 7, 2);
      apply(7, term);
      expect(ended).toEqual({ a: ['notDone'] });
    }
  });

  it('waits on when another term proposes at its index, since either may yet be committed', () => {
    for (const [term, ends] of [
      [2, { old: ['done'], new: ['notDone'] }],
      [5, { old: ['notDone'], new: ['done'] }],
      [6, { old: ['notDone'], new: ['notDone'] }],
    ] as const) {
      const { ended, propose, apply } = startProposals();
      propose('old', 7, 2);
      propose('new', 7, 5);
      expect(ended).toEqual({ old: [], new: [] });
      apply(7, term);
      expect(ended).toEqual(ends);
    }
  });

  it('is unknown at its deadline, not before, and what comes later changes nothing', () => {
    const { clock, proposals, ended, propose, apply } = startProposals();
    clock.advance(123);
    propose('a', 7, 2);
    clock.advance(timeoutMs - 1);
    expect(ended).toEqual({ a: [] });
    clock.advance(1);
    expect(ended).toEqual({ a: ['unknown'] });
    apply(7, 2);
    proposals.abandon('stopped');
    expect(ended).toEqual({ a: ['unknown'] });
    expect(proposals.size).toBe(0);
  });

  it('has a deadline of its own', () => {
    const { clock, ended, propose, apply } = startProposals();
    propose('a', 7, 2);
    clock.advance(1_000);
    propose('b', 8, 2);
    clock.advance(1_000);
    propose('c', 9, 2);
    apply(7, 2);
    clock.advance(3_999);
    expect(ended).toEqual({ a: ['done'], b: [], c: [] });
    clock.advance(1);
    expect(ended).toEqual({ a: ['done'], b: ['unknown'], c: [] });
    clock.advance(1_000);
    expect(ended).toEqual({ a: ['done'], b: ['unknown'], c: ['unknown'] });
    expect(clock.timers).toBe(0);
  });

  it('keeps its deadline when another term proposes at its index', () => {
    const { clock, ended, propose, apply } = startProposals();
    propose('old', 7, 2);
    propose('other', 8, 2);
    clock.advance(3_000);
    propose('new', 7, 5);
    clock.advance(2_000);
    expect(ended).toEqual({ old: ['unknown'], other: ['unknown'], new: [] });
    apply(7, 5);
    expect(ended).toEqual({ old: ['unknown'], other: ['unknown'], new: ['done'] });
  });

  it('is unknown when nothing more will be applied', () => {
    const { clock, proposals, ended, outcomes, propose, apply } = startProposals();
    propose('old', 7, 2);
    propose('new', 7, 5);
    propose('next', 8, 5);
    proposals.abandon('the server stopped');
    expect(ended).toEqual({ old: ['unknown'], new: ['unknown'], next: ['unknown'] });
    expect(outcomes[0]).toEqual({ type: 'unknown', reason: 'the server stopped' });
    expect(clock.timers).toBe(0);
    apply(7, 5);
    clock.advance(2 * timeoutMs);
    expect(outcomes).toHaveLength(3);
  });
});

describe('pending proposals', () => {
  it('are looked after by one timer, however many there are', () => {
    const { clock, propose, apply } = startProposals();
    for (let index = 1; index <= 10_000; index++) {
      propose('a', index, 1);
      apply(index, 1);
      if (index % 100 === 0) clock.advance(10);
    }
    expect(clock.timers).toBeLessThanOrEqual(1);
    expect(clock.scheduled).toBe(1);
    clock.advance(timeoutMs);
    expect(clock.timers).toBe(0);
  });

  it('may be added while others are settled, and leave no timer behind', () => {
    const clock = new ManualClock();
    const proposals = new PendingProposals(clock, timeoutMs);
    const ended: string[] = [];
    const again = (index: number, term: number) => () => {
      ended.push(`${index} of ${term}`);
      if (term < 3) proposals.add(index + 2, term + 1, again(index + 2, term + 1));
    };
    proposals.add(1, 1, again(1, 1));
    clock.advance(1);
    proposals.add(2, 1, again(2, 1));
    clock.advance(2 * timeoutMs);
    expect(ended).toEqual(['1 of 1', '2 of 1', '3 of 2', '4 of 2']);
    proposals.abandon('stopped');
    expect(ended.slice(4)).toEqual(['5 of 3', '6 of 3']);
    expect(clock.timers).toBe(0);
  });

  it('are settled exactly once each, as what was applied says, whatever happens', () => {
    const place = { index: fc.integer({ min: 1, max: 6 }), term: fc.integer({ min: 1, max: 3 }) };
    const happening = fc.oneof(
      fc.record({ type: fc.constant('propose' as const), ...place }),
      fc.record({ type: fc.constant('apply' as const), ...place }),
      fc.record({ type: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 3_000 }) }),
    );
    const property = fc.property(
      fc.array(happening, { maxLength: 60, size: 'max' }),
      (happenings) => {
        const { clock, proposals, ended, propose, apply } = startProposals();
        const proposed: { name: string; index: number; term: number; atMs: number }[] = [];
        const open = () => proposed.filter(({ name }) => ended[name]!.length === 0);
        for (const one of happenings) {
          if (one.type === 'wait') clock.advance(one.ms);
          else if (one.type === 'apply') {
            const concerned = open().filter(({ index }) => index === one.index);
            apply(one.index, one.term);
            for (const { name, term } of concerned) {
              expect(ended[name]).toEqual([term === one.term ? 'done' : 'notDone']);
            }
          } else if (proposed.every(({ index, term }) => index !== one.index || term < one.term)) {
            // A leader appends once at an index in its term, and terms only grow.
            const name = `${proposed.length}`;
            proposed.push({ name, index: one.index, term: one.term, atMs: clock.monotonicMs() });
            propose(name, one.index, one.term);
          }
          for (const { name, atMs } of open()) {
            expect(clock.monotonicMs() - atMs, name).toBeLessThan(timeoutMs);
          }
        }
        proposals.abandon('stopped');
        for (const { name } of proposed) expect(ended[name]).toHaveLength(1);
        expect(clock.timers).toBe(0);
      },
    );
    fc.assert(property, { seed: 1, numRuns: 300 });
  });
});
