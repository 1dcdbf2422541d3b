import { describe, expect, it } from 'vitest';
import { latin1, latin1Bytes } from './latin1.js';
import { Leaf } from './leaf.js';
import { never, type Span } from './record.js';

const span = (text: string): Span => ({ bytes: latin1Bytes(text), start: 0, end: text.length });

const put = (leaf: Leaf, place: number, key: string, value: string, expiresAt = never) =>
  leaf.put(place, span(key), span(value), 1, expiresAt);

function valueOf(leaf: Leaf, place: number, key: string): string | undefined {
  const index = leaf.find(place, span(key));
  return index < 0 ? undefined : latin1(leaf.item(index).value);
}

describe('Leaf', () => {
  it('finds keys by place and bytes, and says where others belong', () => {
    const leaf = new Leaf(0, 0);
    for (const key of ['b', 'ab', '\xff', 'x'.repeat(200), 'a']) put(leaf, 5, key, key);
    put(leaf, 4, 'z', 'z');
    for (const key of ['b', 'ab', '\xff', 'x'.repeat(200), 'a']) {
      expect(valueOf(leaf, 5, key)).toBe(`$${key}`);
    }
    const order = ['z', 'a', 'ab', 'b', 'x'.repeat(200), '\xff'];
    expect(order.map((key) => leaf.find(key === 'z' ? 4 : 5, span(key)))).toEqual([
      0, 1, 2, 3, 4, 5,
    ]);
    expect(leaf.find(5, span('aa'))).toBe(~2);
    expect(leaf.find(5, span('x'.repeat(199)))).toBe(~4);
    expect(leaf.find(9, span('a'))).toBe(~6);
  });

  it('leaves alone what was handed out, whatever is written afterwards', () => {
    const leaf = new Leaf(0, 0);
    put(leaf, 1, 'a', 'first');
    const first = leaf.item(0).value;
    for (let n = 0; n < 100; n++) put(leaf, 1, 'a', `later ${n}`);
    leaf.remove(0);
    expect(latin1(first)).toBe('$first');
  });

  it('keeps a copy as it was when the other goes on', () => {
    const before = new Leaf(0, 0);
    for (let n = 0; n < 20; n++) put(before, n, `key ${n}`, 'x'.repeat(n === 7 ? 9000 : 10));
    const after = before.copy(1);
    for (let n = 0; n < 20; n += 2) put(after, n, `key ${n}`, 'changed');
    for (let n = 19; n > 0; n -= 2) after.remove(n);
    expect(before.size).toBe(20);
    for (let n = 0; n < 20; n++) {
      expect(valueOf(before, n, `key ${n}`)).toBe(`$${'x'.repeat(n === 7 ? 9000 : 10)}`);
      expect(valueOf(after, n, `key ${n}`)).toBe(n % 2 === 0 ? '$changed' : undefined);
    }
  });

  it('is split between two places, and halves know what expires in them', () => {
    const leaf = new Leaf(0, 0);
    for (let n = 0; n < 514; n++) put(leaf, n, `key ${n}`, `${n}`, n % 10 === 3 ? 1000 - n : never);
    expect(leaf.isFull).toBe(true);
    const upper = leaf.split()!;
    expect([leaf.size, upper.size, upper.begin]).toEqual([257, 257, 257]);
    expect([leaf.expiringSize, upper.expiringSize]).toEqual([26, 26]);
    expect([leaf.earliest, upper.earliest]).toEqual([747, 487]);
    for (let n = 0; n < 514; n++) {
      expect(valueOf(n < 257 ? leaf : upper, n, `key ${n}`)).toBe(`$${n}`);
    }
  });

  it('keeps the keys of one place together, however many there are', () => {
    const leaf = new Leaf(0, 0);
    for (let n = 0; n < 600; n++) put(leaf, 5, `key ${n}`, `${n}`);
    expect(leaf.split()).toBeUndefined();
    put(leaf, 4, 'first', '');
    const upper = leaf.split()!;
    expect([leaf.size, upper.size]).toEqual([1, 600]);
    expect(valueOf(upper, 5, 'key 599')).toBe('$599');
  });

  it('is full with more than 64 KiB of several keys, and never with one', () => {
    const leaf = new Leaf(0, 0);
    put(leaf, 1, 'x'.repeat(70_000), '');
    expect(leaf.isFull).toBe(false);
    put(leaf, 2, 'a', '');
    expect(leaf.isFull).toBe(true);
  });

  it('knows the earliest expiry when it has settled, and a bound before', () => {
    const leaf = new Leaf(0, 0);
    put(leaf, 1, 'a', '', 100);
    put(leaf, 2, 'b', '', 200);
    put(leaf, 1, 'a', '', 300);
    expect([leaf.earliest, leaf.isExact]).toEqual([100, false]);
    leaf.settle();
    expect([leaf.earliest, leaf.isExact, leaf.expiringSize]).toEqual([200, true, 2]);
    leaf.removeDue(250);
    expect([leaf.size, leaf.earliest, leaf.isExact, leaf.expiringSize]).toEqual([1, 300, true, 1]);
    leaf.remove(0);
    expect([leaf.earliest, leaf.isExact, leaf.expiringSize]).toEqual([never, true, 0]);
  });
});
