import { describe, expect, it } from 'vitest';
import { keyPlace, placeCount } from './keyPlace.js';
import { keySlot } from './keySlot.js';
import { latin1Bytes } from './latin1.js';

const place = (key: string) => keyPlace(latin1Bytes(key));
const keys = Array.from({ length: 2000 }, (_, n) => `key:${n}`);

describe('keyPlace', () => {
  it('orders keys by slot first', () => {
    for (const key of keys) {
      expect(Math.floor(place(key) / 65_536)).toBe(keySlot(latin1Bytes(key)));
      expect(place(key)).toBeLessThan(placeCount);
    }
  });

  it('tells the keys of a slot from each other, mostly', () => {
    const places = new Set(keys.map((key) => place(`{tag}${key}`)));
    expect(places.size).toBeGreaterThan(1900);
  });

  it('is what it always was: snapshots are written in its order', () => {
    // FNV-1a of no bytes and of `a` are 0x811c9dc5 and 0xe40c292c.
    expect(place('')).toBe((0x811c ^ 0x9dc5) & 0xffff);
    expect(place('a')).toBe(keySlot(latin1Bytes('a')) * 65_536 + ((0xe40c ^ 0x292c) & 0xffff));
  });
});
