import { describe, expect, it } from 'vitest';
import { changeText } from './textChange.js';

const file = 'machines/some.ts';

describe('a change of text', () => {
  it('puts other words where some stand exactly once', () => {
    const changed = changeText('a + b; a + c;', { file, find: 'a + c', replace: 'c' });
    expect(changed).toBe('a + b; c;');
  });

  it('fits however the lines are broken, as a compiler breaks them', () => {
    const change = { file, find: 'if (a) return b(c);', replace: 'x;' };
    expect(changeText('if (a)\n    return b(\n      c);', change)).toBe('x;');
  });

  it('never takes two words for one', () => {
    const change = { file, find: 'return a', replace: '' };
    expect(() => changeText('returna', change)).toThrow(RangeError);
  });

  it.each([
    ['a;', 0],
    ['b; b;', 2],
  ])('is refused unless it fits exactly once: in "%s"', (text, count) => {
    const change = { file, find: 'b', replace: 'c' };
    const message = `${file}: ${count} places read "b", and not exactly one`;
    expect(() => changeText(text, change)).toThrow(message);
  });

  it('takes what it puts there literally', () => {
    expect(changeText('a', { file, find: 'a', replace: '$& $1' })).toBe('$& $1');
  });
});
