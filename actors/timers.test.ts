/** Tests of the timers: what fires, when, and above all what does not. */
import { describe, expect, it } from 'vitest';
import { ManualClock } from '../properties/support/manualClock.js';
import { Timers } from './timers.js';

type Name = 'election' | 'heartbeat';

/** Timers over a clock that is wound by hand, with a chance that always says `drawn`. */
function startTimers(drawn = 0) {
  const clock = new ManualClock();
  const fired: string[] = [];
  const asked: string[] = [];
  const random = {
    integer(below: number, purpose: string) {
      asked.push(`${purpose} below ${below}`);
      return drawn;
    },
  };
  const late: number[] = [];
  const timers = new Timers(clock, random, {
    fire: (name) => fired.push(`${name} at ${clock.monotonicMs()}`),
    late: (ms) => late.push(ms),
  });
  const set = (timer: Name, minMs: number, maxMs = minMs) =>
    timers.set({ type: 'setTimer', timer, minMs, maxMs });
  return { clock, timers, set, fired, asked, late };
}

describe('a timer', () => {
  it('fires once, when its time has come', () => {
    const { clock, set, fired } = startTimers();
    set('heartbeat', 50);
    clock.advance(49);
    expect(fired).toEqual([]);
    clock.advance(1_000);
    expect(fired).toEqual(['heartbeat at 50']);
    expect(clock.timers).toBe(0);
  });

  it('draws its time between both bounds, each of them included', () => {
    const { clock, set, fired, asked } = startTimers(200);
    set('election', 200, 400);
    expect(asked).toEqual(['timer.election below 201']);
    clock.advance(1_000);
    expect(fired).toEqual(['election at 400']);
  });

  it('draws nothing when the bounds leave no choice', () => {
    const { set, asked } = startTimers();
    set('heartbeat', 50, 50);
    expect(asked).toEqual([]);
  });

  it('fires from its last restart on, and the clock is not troubled for each restart', () => {
    const { clock, set, fired } = startTimers();
    for (let heartbeat = 0; heartbeat < 100; heartbeat++) {
      set('election', 300);
      clock.advance(50);
    }
    expect(fired).toEqual([]);
    // 5,000 ms of being restarted, and one look at the clock for each 300 of them at most.
    expect(clock.scheduled).toBeLessThanOrEqual(5_000 / 250);
    clock.advance(250);
    expect(fired).toEqual(['election at 5250']);
  });

  it('fires earlier when it is restarted with a shorter time', () => {
    const { clock, set, fired } = startTimers();
    set('election', 400);
    clock.advance(10);
    set('election', 20);
    clock.advance(1_000);
    expect(fired).toEqual(['election at 30']);
    expect(clock.timers).toBe(0);
  });

  it('does not fire once it was cleared, unless it is set again', () => {
    const { clock, timers, set, fired } = startTimers();
    set('election', 200);
    clock.advance(100);
    timers.clear('election');
    clock.advance(1_000);
    expect(fired).toEqual([]);
    set('election', 200);
    clock.advance(1_000);
    expect(fired).toEqual(['election at 1300']);
  });

  it('does not disturb the other one', () => {
    const { clock, timers, set, fired } = startTimers();
    set('election', 100);
    set('heartbeat', 50);
    timers.clear('election');
    clock.advance(1_000);
    expect(fired).toEqual(['heartbeat at 50']);
  });

  it('may be set anew while it fires', () => {
    const clock = new ManualClock();
    const fired: number[] = [];
    const fire = () => {
      fired.push(clock.monotonicMs());
      timers.set({ type: 'setTimer', timer: 'heartbeat', minMs: 50, maxMs: 50 });
    };
    const timers: Timers = new Timers(clock, { integer: () => 0 }, { fire, late: () => {} });
    timers.set({ type: 'setTimer', timer: 'heartbeat', minMs: 50, maxMs: 50 });
    clock.advance(200);
    expect(fired).toEqual([50, 100, 150, 200]);
  });
});

describe('a timer that wakes late', () => {
  it('fires at once if it is no more than half its period late', () => {
    const { clock, set, fired, late } = startTimers();
    set('election', 200);
    clock.stall(300);
    clock.advance(0);
    expect(fired).toEqual(['election at 300']);
    expect(late).toEqual([]);
  });

  it('is put off by exactly one turn if it is later than that, and then fires', () => {
    const { clock, set, fired } = startTimers();
    set('election', 200);
    clock.stall(301);
    clock.wake();
    expect(clock.deferred).toBe(1);
    expect(fired).toEqual([]);
    clock.turn();
    expect(fired).toEqual(['election at 301']);
    expect(clock.deferred + clock.timers).toBe(0);
  });

  it('says so, and by how much, before anything else happens', () => {
    const { clock, set, fired, late } = startTimers();
    set('election', 200);
    clock.stall(5_200);
    clock.wake();
    expect(late).toEqual([5_000]);
    expect(fired).toEqual([]);
    clock.advance(1_000);
    expect(late).toEqual([5_000]);
  });

  it('says nothing of less than 50 ms, which a busy machine takes now and then', () => {
    const { clock, set, fired, late } = startTimers();
    set('heartbeat', 10);
    clock.stall(59);
    clock.advance(0);
    expect([fired, late]).toEqual([['heartbeat at 59'], []]);
    set('heartbeat', 10);
    clock.stall(60);
    clock.advance(0);
    expect(late).toEqual([50]);
  });

  it('says nothing where it was cleared, since nobody waited for it', () => {
    const { clock, timers, set, late } = startTimers();
    set('election', 200);
    timers.clear('election');
    clock.stall(5_000);
    clock.advance(0);
    expect(late).toEqual([]);
  });

  it('does not fire if what came in meanwhile has restarted it', () => {
    const { clock, set, fired } = startTimers();
    set('election', 200);
    clock.stall(5_000);
    clock.wake();
    set('election', 200); // the leader's message, which had been waiting
    clock.advance(199);
    expect(fired).toEqual([]);
    clock.advance(1);
    expect(fired).toEqual(['election at 5200']);
  });

  it('does not fire if it was cleared meanwhile', () => {
    const { clock, timers, set, fired } = startTimers();
    set('election', 200);
    clock.stall(5_000);
    clock.wake();
    timers.clear('election');
    clock.advance(1_000);
    expect(fired).toEqual([]);
    expect(clock.timers).toBe(0);
  });

  it('fires once, even if it was put off, set anew, and put off again', () => {
    const { clock, set, fired } = startTimers();
    set('election', 200);
    clock.stall(5_000);
    clock.wake();
    set('election', 10);
    clock.stall(100);
    clock.wake();
    expect(clock.deferred).toBe(2);
    clock.advance(1_000);
    expect(fired).toEqual(['election at 5100']);
  });

  it('counts how late it is from its last restart, not from when it was first set', () => {
    const { clock, set, fired } = startTimers();
    set('election', 200);
    clock.stall(190);
    set('election', 200);
    clock.stall(205); // woken 195 ms after the first deadline, 5 after the second
    clock.wake();
    expect(clock.deferred).toBe(0);
    expect(fired).toEqual(['election at 395']);
  });
});

describe('stopped timers', () => {
  it('leave nothing behind and fire no more', () => {
    const { clock, timers, set, fired } = startTimers();
    set('election', 200);
    set('heartbeat', 50);
    timers.stop();
    expect(clock.timers).toBe(0);
    clock.advance(1_000);
    expect(fired).toEqual([]);
  });

  it('leave nothing behind of a longer time that was cut short', () => {
    const { clock, timers, set } = startTimers();
    set('election', 400);
    set('election', 20);
    expect(clock.timers).toBe(1);
    timers.stop();
    expect(clock.timers).toBe(0);
  });

  it('fire no more even if they were put off just before', () => {
    const { clock, timers, set, fired } = startTimers();
    set('election', 200);
    clock.stall(5_000);
    clock.wake();
    timers.stop();
    clock.advance(1_000);
    expect(fired).toEqual([]);
    expect(clock.timers).toBe(0);
  });

  it('cannot be set any more', () => {
    const { clock, timers, set, fired } = startTimers();
    timers.stop();
    set('heartbeat', 50);
    expect(clock.timers).toBe(0);
    clock.advance(1_000);
    expect(fired).toEqual([]);
  });
});
