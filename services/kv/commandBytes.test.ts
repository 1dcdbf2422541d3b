import { describe, expect, it } from 'vitest';
import { commandBytes } from './commandBytes.js';

describe('commandBytes', () => {
  it('gives memory that is zero and that nobody else has, at any length', () => {
    const given: Uint8Array[] = [];
    for (let n = 0; n < 2000; n++) {
      const bytes = commandBytes((n * 37) % 5000);
      expect(bytes.length).toBe((n * 37) % 5000);
      expect(bytes.every((byte) => byte === 0)).toBe(true);
      bytes.fill(1 + (n % 255));
      given.push(bytes);
    }
    given.forEach((bytes, n) => {
      expect(bytes.every((byte) => byte === 1 + (n % 255))).toBe(true);
    });
  });
});
