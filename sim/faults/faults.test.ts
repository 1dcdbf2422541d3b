import { describe, expect, it } from 'vitest';
import { faultyWeather } from '../../properties/support/faultyWeather.js';
import { type Fault, targetOf } from '../fault.js';
import { VirtualClock } from '../virtualClock.js';
import type { Passage, Weather } from '../weather.js';
import { faults } from './faults.js';

/** The links among three servers that are cut, as `from to`. */
function cut(weather: Weather): string[] {
  const links: string[] = [];
  for (const from of [0, 1, 2]) {
    for (const to of [0, 1, 2]) {
      if (from !== to && !weather.reaches(from, to)) links.push(`${from} ${to}`);
    }
  }
  return links;
}

/** What is cut after this fault has begun at `server`. */
function cutBy(fault: Fault, server?: number): string[] {
  const { weather, begin } = faultyWeather(new VirtualClock());
  begin(fault, server);
  return cut(weather);
}

/** A thousand messages on one link, after the weather has touched them. */
function touched(weather: Weather): Passage[] {
  return Array.from({ length: 1_000 }, (_, number) => {
    const [from, to, link] = [0, 1, 1];
    const fate = { isLost: false, extraMs: 0, copies: [], tellOnArrival: [] };
    const what = { type: 'AppendEntriesRequest', bytes: Uint8Array.of(1, 5, 0, 0) };
    const passage = { from, to, link, number, ...what, ...fate };
    weather.touch(passage);
    return passage;
  });
}

describe('a fault', () => {
  it('is none before one begins', () => {
    const { weather } = faultyWeather(new VirtualClock());
    expect(cut(weather)).toEqual([]);
    const isTouched = ({ isLost, extraMs, copies }: Passage) =>
      isLost || extraMs > 0 || copies.length > 0;
    expect(touched(weather).filter(isTouched)).toEqual([]);
  });

  it('cuts, as a partition, every link between its side and the others', () => {
    expect(cutBy({ kind: 'partition', side: [0] })).toEqual(['0 1', '0 2', '1 0', '2 0']);
    expect(cutBy({ kind: 'partition', side: [1, 2] })).toEqual(['0 1', '0 2', '1 0', '2 0']);
    expect(cutBy({ kind: 'partition', side: [0, 1, 2, 6] })).toEqual([]);
  });

  it('cuts an isolated server off from all, a mute one to, and a deaf one from them', () => {
    const server = 'leader';
    expect(cutBy({ kind: 'isolate', server }, 1)).toEqual(['0 1', '1 0', '1 2', '2 1']);
    expect(cutBy({ kind: 'mute', server }, 1)).toEqual(['1 0', '1 2']);
    expect(cutBy({ kind: 'deafen', server }, 1)).toEqual(['0 1', '2 1']);
  });

  it('heals, once, and leaves the others in force', () => {
    const { weather, begin } = faultyWeather(new VirtualClock());
    const unmute = begin({ kind: 'mute', server: 0 }, 0);
    const undeafen = begin({ kind: 'deafen', server: 0 }, 0);
    expect(cut(weather)).toEqual(['0 1', '0 2', '1 0', '2 0']);
    unmute();
    expect(cut(weather)).toEqual(['1 0', '2 0']);
    unmute();
    undeafen();
    expect(cut(weather)).toEqual([]);
  });

  it('does not heal another of the same kind', () => {
    const { weather, begin } = faultyWeather(new VirtualClock());
    const heals = [10, 30, 20].map((percent) => begin({ kind: 'loss', percent }));
    const lost = () => touched(weather).filter(({ isLost }) => isLost).length;
    const worst = lost();
    heals[1]!();
    const left = lost();
    expect(worst).toBeGreaterThan(250);
    expect(left).toBeGreaterThan(150);
    expect(left).toBeLessThan(worst - 50);
  });

  it('mattered if it made a difference, and only then', () => {
    const { weather, begin, mattered } = faultyWeather(new VirtualClock());
    const heal = begin({ kind: 'mute', server: 0 }, 0);
    expect([weather.stops(1, 0), mattered()]).toEqual([false, 0]);
    expect([weather.stops(0, 1), mattered()]).toEqual([true, 1]);
    heal();
    begin({ kind: 'loss', percent: 0 });
    touched(weather);
    expect(mattered()).toBe(1);
  });

  it('has a target, if it is about one server', () => {
    expect(targetOf({ kind: 'crash', server: 'leader' })).toBe('leader');
    expect(targetOf({ kind: 'mute', server: 0 })).toBe(0);
    expect(targetOf({ kind: 'loss', percent: 5 })).toBeUndefined();
  });

  it('stands in the catalogue, says what is expected of it, and when it matters', () => {
    for (const { ids, mattersWhen } of Object.values(faults)) {
      expect(ids.length).toBeGreaterThan(0);
      for (const id of ids) expect(id).toMatch(/^[A-Z]\d+$/u);
      expect(mattersWhen).not.toBe('');
    }
  });
});
