import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Expiring, ExpiryQueue } from './expiryQueue.js';

describe('ExpiryQueue', () => {
  it('has the earliest first, whatever was added and removed', () => {
    const step = fc.oneof(
      fc.record({ add: fc.integer({ min: 0, max: 200 }) }),
      fc.record({ remove: fc.nat(50) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200, size: 'max' }), (steps) => {
        const queue = new ExpiryQueue<Expiring>();
        const members: Expiring[] = [];
        for (const one of steps) {
          if ('add' in one) {
            const member = { expiresAt: one.add, place: 0 };
            members.push(member);
            queue.add(member);
          } else if (members.length > 0) {
            for (const gone of members.splice(one.remove % members.length, 1)) queue.remove(gone);
          }
          expect(queue.length).toBe(members.length);
          const earliest = Math.min(...members.map((member) => member.expiresAt));
          expect(queue.earliest?.expiresAt ?? Number.POSITIVE_INFINITY).toBe(earliest);
        }
        members.sort((one, other) => one.expiresAt - other.expiresAt);
        for (const member of members) {
          expect(queue.earliest?.expiresAt).toBe(member.expiresAt);
          if (queue.earliest !== undefined) queue.remove(queue.earliest);
        }
      }),
      { seed: 1, numRuns: 100 },
    );
  });

  it('lets another stand in for a member', () => {
    const queue = new ExpiryQueue<Expiring>();
    const members = [5, 3, 9, 3, 7].map((expiresAt) => ({ expiresAt, place: 0 }));
    for (const member of members) queue.add(member);
    const others = members.map((member) => {
      const other = { expiresAt: member.expiresAt, place: 0 };
      queue.replace(member, other);
      return other;
    });
    for (const other of others) queue.remove(other);
    expect(queue.length).toBe(0);
  });
});
