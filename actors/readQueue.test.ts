/**
 * Tests of reads that wait: for a round that confirms their leader, and for the state that they
 * must see.
 */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ReadQueue } from './readQueue.js';

/** A queue, and how its reads were answered, by name: with `ok`, or with why not. */
function startQueue() {
  const queue = new ReadQueue();
  const answers: Record<string, string[]> = {};
  const read = (name: string) => {
    const got: string[] = [];
    answers[name] = got;
    queue.add((refusal) => got.push(refusal ?? 'ok'));
  };
  const apply = (lastApplied: number) => {
    for (const answer of queue.takeReady(lastApplied)) answer(undefined);
  };
  return { queue, answers, read, apply };
}

describe('reads', () => {
  it('ask for a round only when there are any', () => {
    const { queue } = startQueue();
    expect(queue.nextBatch()).toBeUndefined();
  });

  it('that come before the round is asked for share it', () => {
    const { queue, answers, read, apply } = startQueue();
    read('a');
    read('b');
    queue.confirmed(queue.nextBatch()!, 5);
    apply(5);
    expect(answers).toEqual({ a: ['ok'], b: ['ok'] });
  });

  it('that come while a round is under way share the next one, and not this one', () => {
    const { queue, answers, read, apply } = startQueue();
    read('a');
    const first = queue.nextBatch()!;
    read('b');
    read('c');
    expect(queue.nextBatch()).toBeUndefined();
    queue.confirmed(first, 5);
    apply(9);
    expect(answers).toEqual({ a: ['ok'], b: [], c: [] });
    const second = queue.nextBatch()!;
    expect(second).not.toBe(first);
    queue.confirmed(second, 5);
    apply(9);
    expect(answers).toEqual({ a: ['ok'], b: ['ok'], c: ['ok'] });
  });

  it('that are confirmed wait until what they must see is applied', () => {
    const { queue, answers, read, apply } = startQueue();
    read('a');
    queue.confirmed(queue.nextBatch()!, 5);
    read('b');
    queue.confirmed(queue.nextBatch()!, 7);
    apply(4);
    expect(answers).toEqual({ a: [], b: [] });
    apply(5);
    expect(answers).toEqual({ a: ['ok'], b: [] });
    apply(8);
    expect(answers).toEqual({ a: ['ok'], b: ['ok'] });
  });

  it('are not confirmed by a round that was given up', () => {
    const { queue, answers, read, apply } = startQueue();
    read('a');
    const first = queue.nextBatch()!;
    queue.refuse('leads no more', 0);
    read('b');
    const second = queue.nextBatch()!;
    queue.confirmed(first, 5);
    apply(9);
    expect(answers).toEqual({ a: ['leads no more'], b: [] });
    queue.confirmed(second, 5);
    queue.confirmed(second, 5);
    apply(9);
    expect(answers).toEqual({ a: ['leads no more'], b: ['ok'] });
  });

  it('that no round has confirmed are refused when their leader is deposed', () => {
    const { queue, answers, read } = startQueue();
    read('a');
    queue.nextBatch();
    read('b');
    queue.refuse('leads no more', 0);
    expect(answers).toEqual({ a: ['leads no more'], b: ['leads no more'] });
  });

  it('that were confirmed outlive their leader where what they wait for is committed', () => {
    const { queue, answers, read, apply } = startQueue();
    read('a');
    queue.confirmed(queue.nextBatch()!, 5);
    queue.refuse('leads no more', 5);
    apply(5);
    expect(answers).toEqual({ a: ['ok'] });
  });

  it('that wait for an entry that may never be committed do not outlive their leader', () => {
    const { queue, answers, read, apply } = startQueue();
    read('a');
    queue.confirmed(queue.nextBatch()!, 100); // the no-op of a leader that is deposed now
    queue.refuse('leads no more', 50);
    expect(answers).toEqual({ a: ['leads no more'] });
    read('b');
    queue.confirmed(queue.nextBatch()!, 60);
    apply(60);
    expect(answers).toEqual({ a: ['leads no more'], b: ['ok'] });
  });

  it('are all refused when the server stops, also the confirmed ones', () => {
    const { queue, answers, read, apply } = startQueue();
    read('a');
    queue.confirmed(queue.nextBatch()!, 5);
    read('b');
    queue.nextBatch();
    read('c');
    queue.refuse('stopped');
    apply(9);
    expect(answers).toEqual({ a: ['stopped'], b: ['stopped'], c: ['stopped'] });
  });

  it('may be asked from within the answer to one', () => {
    const { queue, answers, read } = startQueue();
    queue.add(() => read('next'));
    queue.refuse('leads no more', 0);
    expect(answers).toEqual({ next: [] });
    expect(queue.nextBatch()).toBeDefined();
  });

  it('are answered once each, and only by a state that has what they were confirmed for', () => {
    const happening = fc.oneof(
      fc.constant({ type: 'read' } as const),
      fc.constant({ type: 'ask' } as const),
      fc.record({ type: fc.constant('confirm' as const), back: fc.nat(1) }),
      fc.record({ type: fc.constant('apply' as const), more: fc.nat(2) }),
      fc.constant({ type: 'refuse' } as const),
    );
    const property = fc.property(
      fc.array(happening, { maxLength: 60, size: 'max' }),
      (happenings) => {
        const { queue, answers, read, apply } = startQueue();
        let commitIndex = 0;
        let lastApplied = 0;
        const batches: number[] = [];
        const readIndexes: number[] = [];
        for (const { type, ...how } of happenings) {
          if (type === 'read') {
            readIndexes.push(commitIndex);
            read(`${readIndexes.length - 1}`);
          } else if (type === 'ask') {
            const batch = queue.nextBatch();
            if (batch !== undefined) batches.push(batch);
          } else if ('back' in how) queue.confirmed(batches.at(-1 - how.back) ?? 0, ++commitIndex);
          else if ('more' in how) {
            lastApplied = Math.min(commitIndex, lastApplied + how.more);
            apply(lastApplied);
            const answered = readIndexes.filter((_, n) => answers[n]![0] === 'ok');
            expect(Math.max(0, ...answered)).toBeLessThanOrEqual(lastApplied);
          } else queue.refuse('leads no more', commitIndex);
        }
        queue.refuse('stopped');
        for (const answer of Object.values(answers)) expect(answer).toHaveLength(1);
      },
    );
    fc.assert(property, { seed: 1, numRuns: 300 });
  });
});
