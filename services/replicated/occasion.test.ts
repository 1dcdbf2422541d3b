import { describe, expect, it } from 'vitest';
import { now, onOccasion, random } from './occasion.js';

describe('time and chance', () => {
  it('are those of the entry while a machine steps', () => {
    const draw = () => [random(), random(), random()];
    const once = onOccasion({ at: 5, seed: 9 }, () => [now(), ...draw()]);
    expect(once[0]).toBe(5);
    expect(onOccasion({ at: 5, seed: 9 }, () => [now(), ...draw()])).toEqual(once);
    expect(new Set(once.slice(1)).size).toBe(3);
    expect(onOccasion({ at: 5, seed: 10 }, draw)).not.toEqual(once.slice(1));
  });

  it('are numbers from 0 up to 1, evenly spread', () => {
    const drawn = Array.from({ length: 10_000 }, (_, seed) =>
      onOccasion({ at: 0, seed }, () => random()),
    );
    expect(drawn.every((one) => one >= 0 && one < 1)).toBe(true);
    for (let tenth = 0; tenth < 10; tenth++) {
      const share = drawn.filter((one) => Math.floor(one * 10) === tenth).length;
      expect(Math.abs(share - 1_000)).toBeLessThan(150);
    }
  });

  it('are those of the platform elsewhere, and again after an error', () => {
    expect(() =>
      onOccasion({ at: 5, seed: 9 }, () => {
        throw new Error('x');
      }),
    ).toThrow('x');
    expect(Math.abs(now() - Date.now())).toBeLessThan(10_000);
    expect(random()).not.toBe(random());
  });
});
