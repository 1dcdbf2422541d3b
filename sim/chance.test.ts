import { describe, expect, it } from 'vitest';
import { draw, happens, purposes, serverRandom } from './chance.js';

const many = 10_000;
const numbers = Array.from({ length: many }, (_, i) => i);

describe('a draw', () => {
  it('is the same for the same seed and purpose, in whichever order draws are made', () => {
    const forwards = numbers.map((i) => draw(1, purposes.latency, 2, i));
    const backwards = numbers.toReversed().map((i) => draw(1, purposes.latency, 2, i));
    expect(backwards.toReversed()).toEqual(forwards);
  });

  it('is another for another seed, purpose, link or number', () => {
    const all = new Set<number>();
    for (const i of numbers.slice(0, 1_000)) {
      all.add(draw(1, purposes.latency, 2, i));
      all.add(draw(2, purposes.latency, 2, i));
      all.add(draw(1, purposes.loss, 2, i));
      all.add(draw(1, purposes.latency, 3, i));
      all.add(draw(1, purposes.latency, 2, i, 1));
    }
    // Of 5,000 draws out of 2^32, three in a thousand runs would have two alike.
    expect(all.size).toBe(5_000);
  });

  it('is a whole number of 32 bits, and has each of them half of the time', () => {
    const ones = Array<number>(32).fill(0);
    for (const i of numbers) {
      const drawn = draw(7, purposes.disk, 0, i);
      expect(drawn).toBe(drawn >>> 0);
      for (let bit = 0; bit < 32; bit++) ones[bit]! += (drawn >>> bit) & 1;
    }
    // Of 10,000 draws 5,000 are expected; five deviations (50) are 250.
    for (const count of ones) expect(Math.abs(count - many / 2)).toBeLessThan(250);
  });

  it('says nothing about the next one', () => {
    let alike = 0;
    const lowBits = numbers.map((i) => draw(7, purposes.latency, 0, i) % 16);
    for (const i of numbers.slice(1)) if (lowBits[i] === lowBits[i - 1]) alike++;
    expect(Math.abs(alike - many / 16)).toBeLessThan(125);
  });
});

describe('what happens by a percentage', () => {
  it('happens so often', () => {
    for (const percent of [0, 0.5, 1, 30, 60, 100]) {
      const happened = numbers.filter((i) => happens(percent, draw(3, purposes.loss, 1, i))).length;
      const expected = (many * percent) / 100;
      const deviation = Math.sqrt(expected * (1 - percent / 100));
      expect(Math.abs(happened - expected)).toBeLessThanOrEqual(5 * deviation);
    }
  });
});

describe('the chance of a server', () => {
  it('gives each purpose draws of its own: asking for one changes no other', () => {
    const [quiet, busy] = [serverRandom(1, 2), serverRandom(1, 2)];
    const alone = [1, 2, 3].map(() => quiet.integer(1_000, 'timer.election'));
    const among = [1, 2, 3].map(() => {
      busy.integer(1_000, 'storeId');
      return busy.integer(1_000, 'timer.election');
    });
    expect(among).toEqual(alone);
    expect(new Set(alone).size).toBe(3);
  });

  it('is another on another server, and for another seed', () => {
    const first = (seed: number, server: number) =>
      serverRandom(seed, server).integer(2 ** 30, 'timer.election');
    expect(new Set([first(1, 1), first(1, 2), first(2, 1), first(2, 2)]).size).toBe(4);
  });

  it('stays below its bound, and reaches all that is below', () => {
    const random = serverRandom(1, 1);
    const drawn = new Set(numbers.map(() => random.integer(7, 'proof')));
    expect(drawn).toEqual(new Set([0, 1, 2, 3, 4, 5, 6]));
  });
});
