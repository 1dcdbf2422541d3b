import { describe, expect, it } from 'vitest';
import { faultyWeather } from '../../properties/support/faultyWeather.js';
import type { Fault } from '../fault.js';
import { VirtualClock } from '../virtualClock.js';

/** Whom each of so many servers hears, itself among them, under this fault. */
function hearing(servers: number, fault: Fault, server?: number): number[][] {
  const { weather, begin } = faultyWeather(new VirtualClock(), 1, servers);
  begin(fault, server);
  const all = Array.from({ length: servers }, (_, number) => number);
  return all.map((to) => all.filter((from) => from === to || weather.reaches(from, to)));
}

describe('a bridge', () => {
  it('hears both halves, which do not hear each other', () => {
    expect(hearing(5, { kind: 'bridge', server: 0 }, 0)).toEqual([
      [0, 1, 2, 3, 4],
      [0, 1, 2],
      [0, 1, 2],
      [0, 3, 4],
      [0, 3, 4],
    ]);
    expect(hearing(3, { kind: 'bridge', server: 1 }, 1)).toEqual([
      [0, 1],
      [0, 1, 2],
      [1, 2],
    ]);
  });
});

describe('a ring', () => {
  it('lets each server hear a majority, and each another one', () => {
    for (const servers of [3, 4, 5, 6, 7]) {
      const heard = hearing(servers, { kind: 'ring' });
      for (const some of heard) expect(2 * some.length).toBeGreaterThan(servers);
      expect(new Set(heard.map(String)).size).toBe(servers);
    }
  });

  it('cuts nothing among two', () => {
    expect(hearing(2, { kind: 'ring' })).toEqual([
      [0, 1],
      [0, 1],
    ]);
  });
});

describe('a server that flaps', () => {
  it('is cut off and is not, in turn, and can be counted on neither way', () => {
    const clock = new VirtualClock();
    const { weather, begin, mattered } = faultyWeather(clock);
    clock.runUntil(7);
    const heal = begin({ kind: 'flap', server: 1, everyMs: 10 }, 1);
    const seen: boolean[] = [];
    for (const ms of [7, 16, 17, 26, 27]) {
      clock.runUntil(ms);
      expect([weather.reaches(0, 1), weather.stops(0, 2)]).toEqual([false, false]);
      seen.push(weather.stops(0, 1));
    }
    expect(seen).toEqual([true, true, false, false, true]);
    expect(mattered()).toBe(3);
    heal();
    expect([weather.stops(0, 1), weather.reaches(0, 1)]).toEqual([false, true]);
  });
});
