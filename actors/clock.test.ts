/** Tests of the clock of this machine. They wait for what it calls, and for nothing else. */
import { describe, expect, it } from 'vitest';
import { systemClock } from './clock.js';

const clock = systemClock();
const after = (ms: number) => new Promise<void>((resolve) => void clock.schedule(ms, resolve));

describe('the system clock', () => {
  it('never goes back, and calls no timer early', async () => {
    const before = clock.monotonicMs();
    await after(5);
    expect(clock.monotonicMs() - before).toBeGreaterThanOrEqual(4);
  });

  it('knows the date', () => {
    expect(Math.abs(clock.wallMs() - Date.now())).toBeLessThan(1_000);
  });

  it('does not call what was taken back', async () => {
    const called: string[] = [];
    const cancel = clock.schedule(1, () => called.push('first'));
    clock.schedule(1, () => called.push('second'));
    cancel();
    cancel();
    await after(2);
    expect(called).toEqual(['second']);
  });

  it('puts off until the caller has returned, in order, and calls once', async () => {
    const called: number[] = [];
    clock.defer(() => called.push(1));
    clock.defer(() => called.push(2));
    expect(called).toEqual([]);
    await after(1);
    expect(called).toEqual([1, 2]);
  });

  it('puts off to a time before every timer of later', async () => {
    const called: string[] = [];
    clock.schedule(1, () => {
      clock.schedule(0, () => called.push('timer'));
      clock.defer(() => called.push('deferred'));
    });
    await after(10);
    expect(called).toEqual(['deferred', 'timer']);
  });

  it('puts off by a timer where the platform has no better way, as in a browser', async () => {
    const { setImmediate } = globalThis;
    Object.assign(globalThis, { setImmediate: undefined });
    try {
      const called = new Promise<string>((resolve) => clock.defer(() => resolve('called')));
      expect(await called).toBe('called');
    } finally {
      Object.assign(globalThis, { setImmediate });
    }
  });
});
