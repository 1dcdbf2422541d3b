import { describe, expect, it } from 'vitest';
import { globMatch } from './globMatch.js';

describe('globMatch', () => {
  const matching: readonly (readonly [string, string])[] = [
    ['*', ''],
    ['*', 'anything'],
    ['save', 'SAVE'],
    ['max*', 'maxclients'],
    ['*clients', 'maxclients'],
    ['m*x*s', 'maxclients'],
    ['m?x', 'max'],
    ['[abc]x', 'bx'],
    ['[a-c]x', 'cx'],
    ['[^a]x', 'bx'],
    ['\\*', '*'],
    ['[\\]]', ']'],
  ];
  it.each(matching)('%s matches %s', (pattern, text) => {
    expect(globMatch(pattern, text)).toBe(true);
  });

  const others: readonly (readonly [string, string])[] = [
    ['', 'a'],
    ['save', 'saved'],
    ['m?x', 'mx'],
    ['[abc]', 'd'],
    ['[^a]', 'a'],
    ['\\*', 'a'],
    ['*a*b', 'ba'],
  ];
  it.each(others)('%s does not match %s', (pattern, text) => {
    expect(globMatch(pattern, text)).toBe(false);
  });

  it('does not take forever over a pattern of many stars', () => {
    expect(globMatch(`${'*a'.repeat(500)}b`, 'a'.repeat(2000))).toBe(false);
  });
});
