import { describe, expect, it } from 'vitest';
import { textTable } from './textTable.js';

describe('a text table', () => {
  it('makes each column as wide as its widest cell, and ends no line in spaces', () => {
    const lines = textTable(
      [
        { title: 'NAME', align: 'left' },
        { title: 'N', align: 'right' },
        { title: 'LAST', align: 'left' },
      ],
      [
        ['first', '1', 'a'],
        ['2nd', '100', ''],
      ],
    );
    expect(lines).toEqual(['NAME     N  LAST', 'first    1  a', '2nd    100']);
  });
});
