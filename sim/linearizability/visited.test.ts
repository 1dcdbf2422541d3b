import { describe, expect, it } from 'vitest';
import { Visited } from './visited.js';

describe('visited configurations', () => {
  it('are told apart by what was done, and by the state', () => {
    const visited = new Visited(40, 0, 100);
    expect(visited.add(0)).toBe(true);
    expect(visited.add(0)).toBe(false);
    expect(visited.add(1)).toBe(true);
    visited.toggleDone(39);
    expect(visited.add(0)).toBe(true);
    visited.toggleDone(39);
    expect(visited.add(0)).toBe(false);
    expect(visited.count).toBe(3);
  });

  it('are told apart even where all hashes are the same', () => {
    const visited = new Visited(70, 0, 100, () => 0);
    for (let i = 0; i < 70; i++) {
      visited.toggleDone(i);
      expect(visited.add(0)).toBe(true);
      expect(visited.add(0)).toBe(false);
    }
  });

  it('are told apart by early operations that are taken back after many others', () => {
    const visited = new Visited(64, 0, 100, () => 0);
    for (let i = 0; i < 40; i++) visited.toggleDone(i);
    expect(visited.add(0)).toBe(true);
    for (const early of [0, 5, 31, 32]) {
      visited.toggleDone(early);
      expect(visited.add(0)).toBe(true);
      visited.toggleDone(early);
      expect(visited.add(0)).toBe(false);
    }
  });

  it('cover those with more unknown operations, and not those with fewer or others', () => {
    const visited = new Visited(1, 40, 100);
    visited.toggleUnknown(33);
    expect(visited.add(0)).toBe(true);
    visited.toggleUnknown(2);
    expect(visited.hasUnknown(2)).toBe(true);
    expect(visited.add(0)).toBe(false);
    visited.toggleUnknown(33);
    expect(visited.add(0)).toBe(true);
    visited.toggleUnknown(2);
    expect(visited.add(0)).toBe(true);
  });

  it('are all found again when there are many, and full at the limit', () => {
    const visited = new Visited(12, 0, 4_096);
    const fill = (): boolean[] =>
      Array.from({ length: 4_096 }, (_, i) => {
        for (let bit = 0; bit < 12; bit++) if ((i >> bit) & 1) visited.toggleDone(bit);
        const isNew = visited.add(7);
        for (let bit = 0; bit < 12; bit++) if ((i >> bit) & 1) visited.toggleDone(bit);
        return isNew;
      });
    expect(fill().every(Boolean)).toBe(true);
    expect(visited.isFull).toBe(true);
    expect(fill().some(Boolean)).toBe(false);
  });
});

describe('visited configurations of long histories', () => {
  it('take little room, and are told apart at every place', () => {
    const operations = 100_000;
    const visited = new Visited(operations, 0, 1_000_000);
    for (let i = 0; i < operations; i++) {
      visited.toggleDone(i);
      if (!visited.add(0) || visited.add(0)) throw new Error(`${i}`);
      // The operation after the next comes early, and is taken back.
      if (i + 2 >= operations) continue;
      visited.toggleDone(i + 2);
      if (!visited.add(0) || visited.add(0)) throw new Error(`${i}`);
      visited.toggleDone(i + 2);
    }
    expect(visited.count).toBe(2 * operations - 2);
    expect(visited.isFull).toBe(false);
  });
});
