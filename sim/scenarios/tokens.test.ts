import { describe, expect, it } from 'vitest';
import { checkTokens, token } from './tokens.js';

const text = (...numbers: readonly number[]) => numbers.map((i) => token(7, i)).join('');

describe('tokens', () => {
  it('are found once each, in order, among those of others', () => {
    const mixed = token(7, 0) + token(1, 0) + token(7, 1) + token(17, 0);
    expect(() => checkTokens(7, mixed, 2)).not.toThrow();
    expect(() => checkTokens(7, null, 0)).not.toThrow();
    expect(() =>
      checkTokens(7, text(...Array.from({ length: 12 }, (_, i) => i)), 12),
    ).not.toThrow();
  });

  it('are missed where one is lost, doubled, or out of order', () => {
    expect(() => checkTokens(7, text(0, 2), 3)).toThrow(/x 7 1 y is lost/u);
    expect(() => checkTokens(7, null, 1)).toThrow(/is lost/u);
    expect(() => checkTokens(7, text(0, 1, 0), 2)).toThrow(/is there twice/u);
    expect(() => checkTokens(7, text(1, 0), 2)).toThrow(/is before/u);
  });
});
