import { describe, expect, it } from 'vitest';
import { Refusals } from './refusals.js';

function saying() {
  const said: string[] = [];
  return { said, refusals: new Refusals((other, reason) => said.push(`${other}: ${reason}`)) };
}

describe('Refusals', () => {
  it('says the same of the same server once, until it is forgotten', () => {
    const { said, refusals } = saying();
    for (let time = 0; time < 3; time++)
      for (const reason of ['refused', 'timed out']) refusals.add('b', reason);
    refusals.add('c', 'refused');
    refusals.forget('b');
    refusals.add('b', 'refused');
    expect(said).toEqual(['b: refused', 'b: timed out', 'c: refused', 'b: refused']);
  });

  it('lets nobody fill a log', () => {
    const { said, refusals } = saying();
    for (let i = 0; i < 1_000; i++) refusals.add('b', `reason ${i}`);
    expect(said).toHaveLength(8);
  });

  it('keeps account of the latest 256', () => {
    const { said, refusals } = saying();
    for (let i = 0; i < 257; i++) refusals.add(`server ${i}`, 'refused');
    for (const i of [256, 2, 0]) refusals.add(`server ${i}`, 'refused');
    expect(said).toHaveLength(258);
    expect(said.at(-1)).toBe('server 0: refused');
  });
});
