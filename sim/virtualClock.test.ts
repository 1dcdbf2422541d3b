import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { VirtualClock } from './virtualClock.js';

describe('virtual time', () => {
  it('passes only from one happening to the next', () => {
    const clock = new VirtualClock();
    const times: number[] = [];
    for (const ms of [3_600_000, 5, 0.5]) clock.schedule(ms, () => times.push(clock.nowMs));
    expect(clock.nowMs).toBe(0);
    expect(clock.nextMs).toBe(0.5);
    while (clock.step());
    expect(times).toEqual([0.5, 5, 3_600_000]);
    expect(clock.nowMs).toBe(3_600_000);
    expect(clock.nextMs).toBeUndefined();
  });

  it('lets what happens at one instant happen first come, first served', () => {
    const clock = new VirtualClock();
    const order: number[] = [];
    for (let i = 0; i < 100; i++) clock.schedule(i % 2, () => order.push(i));
    clock.runUntil(1);
    const inTurn = Array.from({ length: 50 }, (_, i) => 2 * i);
    expect(order).toEqual([...inTurn, ...inTurn.map((i) => i + 1)]);
  });

  it('puts what is scheduled for now behind what waits for now already', () => {
    const clock = new VirtualClock();
    const order: string[] = [];
    clock.schedule(1, () => {
      order.push('first');
      clock.schedule(0, () => order.push('third'));
      clock.schedule(-5, () => order.push('fourth'));
    });
    clock.schedule(1, () => order.push('second'));
    clock.runUntil(1);
    expect(order).toEqual(['first', 'second', 'third', 'fourth']);
  });

  it('forgets what is taken back, whenever that is', () => {
    const clock = new VirtualClock();
    const order: number[] = [];
    const happenings = [1, 2, 3].map((ms) => clock.schedule(ms, () => order.push(ms)));
    happenings[0]!.run = undefined;
    expect(clock.nextMs).toBe(2);
    clock.schedule(2, () => {
      happenings[2]!.run = undefined;
    });
    clock.runUntil(10);
    expect(order).toEqual([2]);
    expect(clock.step()).toBe(false);
  });

  it('comes to the given moment, and does nothing of later', () => {
    const clock = new VirtualClock();
    const order: number[] = [];
    for (const ms of [1, 10, 10.5]) clock.schedule(ms, () => order.push(ms));
    clock.runUntil(10);
    expect(order).toEqual([1, 10]);
    expect(clock.nowMs).toBe(10);
    clock.runUntil(5);
    expect(clock.nowMs).toBe(10);
    clock.schedule(0.25, () => order.push(10.25));
    clock.runUntil(11);
    expect(order).toEqual([1, 10, 10.25, 10.5]);
  });

  it('knows for everything what it came of', () => {
    const clock = new VirtualClock();
    const origins: number[] = [];
    const note = () => origins.push(clock.origin);
    clock.schedule(1, () => {
      clock.origin = 7;
      clock.schedule(1, () => clock.schedule(1, note));
      clock.origin = 8;
      clock.schedule(3, note);
    });
    clock.schedule(5, () => {
      clock.schedule(1, note);
      clock.schedule(2, note, 9);
    });
    clock.runUntil(10);
    expect(origins).toEqual([7, 8, 0, 9]);
    expect(clock.scheduled).toBe(7);
  });

  it('is in order, whatever is scheduled and taken back', () => {
    const action = fc.record({ ms: fc.nat(20), isTakenBack: fc.boolean(), later: fc.nat(3) });
    const property = fc.property(fc.array(action, { maxLength: 200, size: 'max' }), (actions) => {
      const clock = new VirtualClock();
      const happened: number[] = [];
      let expected = 0;
      for (const { ms, isTakenBack, later } of actions) {
        const happening = clock.schedule(ms, () => happened.push(clock.nowMs));
        if (isTakenBack) happening.run = undefined;
        else expected++;
        if (later === 0) clock.step();
      }
      while (clock.step());
      expect(happened).toHaveLength(expected);
      expect(happened).toEqual(happened.toSorted((a, b) => a - b));
    });
    fc.assert(property, { seed: 1, numRuns: 100 });
  });
});
