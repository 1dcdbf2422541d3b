import { describe, expect, it } from 'vitest';
import type { Outcome } from './appender.js';
import { type Reading, verifyReadings } from './verifyReadings.js';

function tag(name: string, outcome: Outcome) {
  return { tag: name, key: 'k', sentMs: 0, settledMs: 10, outcome };
}

const a = tag('a.1;', { type: 'done' });
const late = tag('b.1;', { type: 'unknown', reason: 'hung up' });
const reading = (by: string, value: string): Reading => ({ by, values: new Map([['k', value]]) });

describe('readings', () => {
  it('are fine when all say the same, and keep the promises', () => {
    expect(verifyReadings([a], [reading('s1', 'a.1;'), reading('s2', 'a.1;')])).toEqual([]);
  });

  it('may grow by what was unknown', () => {
    expect(verifyReadings([a, late], [reading('s1', 'a.1;'), reading('s2', 'a.1;b.1;')])).toEqual(
      [],
    );
  });

  it('may not lose or move what was read before', () => {
    const wrong = 's2: not what was read before (s1): k';
    const readings = (value: string) => [reading('s1', 'a.1;b.1;'), reading('s2', value)];
    expect(verifyReadings([a, late], readings('a.1;'))).toEqual([wrong]);
    expect(verifyReadings([a, late], readings('b.1;a.1;'))).toEqual([wrong]);
  });

  it('are each verified, and the line says whose it was', () => {
    const [line, ...others] = verifyReadings(
      [a],
      [reading('s1', 'a.1;'), reading('s2', 'a.1;a.1;')],
    );
    expect(line).toBe('s2: applied once: broken 1 times: a.1; in k, again');
    expect(others).toEqual([]);
  });

  it('say the same once when they break the same', () => {
    expect(verifyReadings([a], [reading('s1', ''), reading('s2', '')])).toHaveLength(1);
  });
});
