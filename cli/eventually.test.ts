import { expect, it } from 'vitest';
import { eventually } from './eventually.js';

it('asks until there is an answer', async () => {
  let asked = 0;
  const answer = await eventually(10_000, 0, async () => (++asked === 3 ? 'yes' : undefined));
  expect([answer, asked]).toEqual(['yes', 3]);
});

it('gives up in time, but asks once at least', async () => {
  let asked = 0;
  const answer = await eventually(0, 0, async () => void asked++);
  expect([answer, asked]).toEqual([undefined, 1]);
});

it('passes on what asking throws', async () => {
  const asking = eventually(10_000, 0, () => Promise.reject(new Error('no')));
  await expect(asking).rejects.toThrow('no');
});
