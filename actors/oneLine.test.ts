import { describe, expect, it } from 'vitest';
import { oneLine, quoted } from './oneLine.js';

describe('oneLine', () => {
  it('leaves what can be printed, in any script', () => {
    expect(oneLine('Größe 10 kB, 東京')).toBe('Größe 10 kB, 東京');
  });

  it('replaces what could begin a line, move a cursor or turn the text around', () => {
    expect(oneLine('a\nb\r\tc\u001b[2J\u2028\u0085\u202e\u0000')).toBe('a?b??c?[2J????');
  });

  it('cuts what is too long', () => {
    expect(oneLine('abcdef', 3)).toBe('abc...');
    expect(quoted('x'.repeat(1000))).toHaveLength(64 + 3 + 2);
  });
});
