import { describe, expect, it } from 'vitest';
import { kept } from './kept.js';

describe('kept', () => {
  const chunk = Uint8Array.from({ length: 100 }, (_, i) => i);

  it('leaves bytes where they are if they are a fair part of their chunk', () => {
    const body = chunk.subarray(10, 35);
    expect(kept(body)).toBe(body);
  });

  it('copies bytes that would keep alive more than four times as many', () => {
    const body = chunk.subarray(10, 34);
    expect(kept(body)).toEqual(body);
    expect(kept(body).buffer.byteLength).toBe(24);
  });
});
