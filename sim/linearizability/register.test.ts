import { describe, expect, it } from 'vitest';
import { checkLinearizable } from './checkLinearizable.js';
import type { Operation } from './operation.js';
import { type RegisterInput, type RegisterOutput, register } from './register.js';

const cas: RegisterInput = { type: 'cas', expected: 'a', value: 'b' };

function done(
  at: number,
  input: RegisterInput,
  output?: RegisterOutput,
): Operation<RegisterInput, RegisterOutput> {
  const times = { client: 0, called: at, returned: at + 0.5 };
  return { ...times, input, ...(output !== undefined && { output }), outcome: 'done' };
}

describe('the model of registers', () => {
  it('reads null until there is a write', () => {
    expect(register.step(null, { type: 'read' }, null)).toBe(null);
    expect(register.step(null, { type: 'read' }, 0)).toBe(false);
    expect(register.step(null, { type: 'write', value: 0 })).toBe(0);
  });

  it('compares before it sets', () => {
    expect(register.step('a', cas, true)).toBe('b');
    expect(register.step('a', cas, false)).toBe(false);
    expect(register.step('c', cas, false)).toBe('c');
    expect(register.step('c', cas, true)).toBe(false);
    expect(register.step('a', cas)).toBe('b');
    expect(register.step('c', cas)).toBe('c');
  });

  it('lets a write of which nothing is known explain why a cas found something else', () => {
    const write: RegisterInput = { type: 'write', value: 'c' };
    const unknown = { client: 1, input: write, called: 0, outcome: 'unknown' } as const;
    const first = done(0, { type: 'write', value: 'a' });
    const history = [first, done(1, cas, false)];
    expect(checkLinearizable(history, register).verdict).toBe('violated');
    expect(checkLinearizable([...history, unknown], register)).toEqual({
      verdict: 'linearizable',
      order: [0, 2, 1],
    });
  });

  it('keeps registers with different keys apart', () => {
    const write = done(0, { type: 'write', key: 'x', value: 1 });
    const read = (key: string, output: number | null) => done(1, { type: 'read', key }, output);
    expect(checkLinearizable([write, read('y', null)], register).verdict).toBe('linearizable');
    expect(checkLinearizable([write, read('y', 1)], register).verdict).toBe('violated');
  });
});
