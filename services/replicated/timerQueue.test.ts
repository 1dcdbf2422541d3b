import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Instance, Timer } from './instance.js';
import { TimerQueue } from './timerQueue.js';

function instance(address: string, timers: readonly Timer[]): Instance {
  return { address, timers } as Instance;
}

describe('the queue of timers', () => {
  it('has in front what is due first, whatever was armed and cancelled', () => {
    const step = fc.record({ key: fc.nat(4), dueMs: fc.nat(20), cancel: fc.nat(3) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60, size: 'max' }), (steps) => {
        const queue = new TimerQueue();
        const instances = new Map<number, Instance>();
        steps.forEach(({ key, dueMs, cancel }, number) => {
          const before = instances.get(key);
          const kept = (before?.timers ?? []).filter((_, at) => at !== cancel);
          const timer = { id: undefined, dueMs, number, event: null };
          const after = instance(`${key}`, cancel === 0 ? kept : [...kept, timer]);
          queue.change(before, after);
          instances.set(key, after);
        });
        const expected = [...instances.values()]
          .flatMap(({ address, timers }) => timers.map((timer) => ({ address, timer })))
          .toSorted((a, b) => a.timer.dueMs - b.timer.dueMs || a.timer.number - b.timer.number);
        expect(queue.length).toBe(expected.length);
        for (const pending of expected) {
          expect(queue.earliest).toEqual(pending);
          const owner = instances.get(Number(pending.address))!;
          const after = instance(
            owner.address,
            owner.timers.filter((timer) => timer !== pending.timer),
          );
          queue.change(owner, after);
          instances.set(Number(pending.address), after);
        }
        expect(queue.earliest).toBeUndefined();
      }),
      { seed: 1, numRuns: 200 },
    );
  });
});
