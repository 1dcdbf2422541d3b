import { describe, expect, it } from 'vitest';
import { Keeper } from './keeper.js';

describe('Keeper', () => {
  const chunk = Uint8Array.from({ length: 64 * 1024 }, (_, i) => i);

  it('leaves bytes where they are if they are a fair part of their chunk', () => {
    const body = chunk.subarray(10, 10 + 16 * 1024);
    expect(new Keeper().keep(body)).toBe(body);
  });

  it('copies bytes that would keep alive more than four times as many', () => {
    const body = chunk.subarray(10, 16 * 1024);
    const copy = new Keeper().keep(body);
    expect(copy).toEqual(body);
    expect(copy.buffer.byteLength).toBe(body.length);
  });

  it('keeps small bytes side by side, each as it was', () => {
    const keeper = new Keeper();
    const bodies = Array.from({ length: 500 }, (_, i) => chunk.subarray(i, i + 100));
    const copies = bodies.map((body) => keeper.keep(body));
    expect(copies).toEqual(bodies);
    const kept = [...new Set(copies.map(({ buffer }) => buffer))];
    expect(kept.length).toBe(Math.ceil(500 / Math.floor((16 * 1024) / 100)));
    expect(kept).not.toContain(chunk.buffer);
  });
});
