import { describe, expect, it } from 'vitest';
import { NotDeterministic, withTraps } from './platformTraps.js';

describe('while a machine steps', () => {
  it.each<[string, () => unknown, string]>([
    ['new Date()', () => new Date(), 'now'],
    ['Date()', () => Date(), 'now'],
    ['Date.now()', () => Date.now(), 'now'],
    ['performance.now()', () => performance.now(), 'now'],
    ['Math.random()', () => Math.random(), 'random'],
    ['crypto.randomUUID()', () => crypto.randomUUID(), 'random'],
    ['crypto.getRandomValues()', () => crypto.getRandomValues(new Uint8Array(1)), 'random'],
  ])('%s says what to use instead', (name, ask, instead) => {
    expect(() => withTraps(ask)).toThrow(NotDeterministic);
    expect(() => withTraps(ask)).toThrow(`${name} in a replicated machine`);
    expect(() => withTraps(ask)).toThrow(`use ${instead}()`);
    expect(ask()).toBeDefined();
  });

  it('dates of a given time are dates as ever', () => {
    const made = withTraps(() => [new Date(7), new Date('2020-01-01'), new Date(2020, 1)] as const);
    expect(made.every((date) => date instanceof Date && date.constructor === Date)).toBe(true);
    expect(made[0].getTime()).toBe(7);
    expect(withTraps(() => Date.UTC(1970, 0, 1, 0, 0, 1))).toBe(1_000);
    expect(withTraps(() => new Date(7) instanceof Date)).toBe(true);
    class Day extends Date {}
    expect(withTraps(() => new Day(7))).toBeInstanceOf(Day);
  });

  it('the platform is as before, also after an error, and within another step', () => {
    const platform = () => [Date, Math.random, ...[performance, crypto].flatMap(methodsOf)];
    const before = platform();
    expect(() =>
      withTraps(() => {
        withTraps(() => 1);
        Date.now();
      }),
    ).toThrow(NotDeterministic);
    expect(platform()).toEqual(before);
    expect(Object.hasOwn(performance, 'now')).toBe(false);
  });
});

function methodsOf(holder: object): unknown[] {
  return ['now', 'getRandomValues', 'randomUUID'].map((name) => Reflect.get(holder, name));
}
