import { describe, expect, it } from 'vitest';
import { checkLinearizable } from './checkLinearizable.js';
import { kv } from './kv.js';
import { kvHistory } from './kvHistory.js';
import type { Operation } from './operation.js';
import { type RegisterInput, type RegisterOutput, register } from './register.js';

/** Operations on one register, as `type value called returned`; `?` is unknown. */
function registerHistory(...lines: string[]): Operation<RegisterInput, RegisterOutput>[] {
  return lines.map((line) => {
    const [type, given, called, returned] = line.split(' ') as [string, string, string, string];
    const input = type === 'read' ? { type } : { type: 'write' as const, value: given };
    const times = { client: 0, input: input as RegisterInput, called: Number(called) };
    if (returned === '?') return { ...times, outcome: 'unknown' };
    if (returned === '-') return { ...times, outcome: 'notDone' };
    const output = type === 'read' ? { output: given } : {};
    return { ...times, ...output, returned: Number(returned), outcome: 'done' };
  });
}

function verdictOf(...lines: string[]): string {
  return checkLinearizable(registerHistory(...lines), register).verdict;
}

describe('a history', () => {
  it('is linearizable if it is empty', () => {
    expect(checkLinearizable([], register)).toEqual({ verdict: 'linearizable', order: [] });
  });

  it('is violated by a read of what was overwritten before it was called', () => {
    expect(verdictOf('write a 0 1', 'write b 2 3', 'read a 4 5')).toBe('violated');
    expect(verdictOf('write a 0 1', 'write b 2 4', 'read a 4 5')).toBe('linearizable');
  });

  it('is violated by two reads that saw two overlapping writes in different orders', () => {
    const writes = ['write a 0 10', 'write b 0 10'];
    const first = ['read a 11 12', 'read b 13 14'];
    expect(verdictOf(...writes, ...first)).toBe('violated');
    expect(verdictOf(...writes, 'read a 1 2', 'read b 3 4')).toBe('linearizable');
    expect(verdictOf(...writes, 'read a 1 2', 'read b 3 4', 'read a 5 6')).toBe('violated');
  });

  it('may hold what was unknown, however late, but not before it was called', () => {
    expect(verdictOf('write a 0 ?', 'write b 1 2', 'read b 3 4', 'read a 90 91')).toBe(
      'linearizable',
    );
    expect(verdictOf('read a 0 1', 'write a 2 ?')).toBe('violated');
    expect(verdictOf('write a 0 ?', 'read a 1 2', 'write b 3 4', 'read a 5 6')).toBe('violated');
  });

  it('may not hold what was not done', () => {
    expect(verdictOf('write a 0 -', 'read a 3 4')).toBe('violated');
  });

  it('orders nothing that shares an instant', () => {
    expect(verdictOf('read a 5 5', 'write a 5 5')).toBe('linearizable');
    expect(verdictOf('read a 5 5', 'write a 6 6')).toBe('violated');
  });

  it('leaves what is unknown out of the order unless an answer needs it', () => {
    const history = registerHistory('write a 0 ?', 'write b 0 ?', 'read b 1 2', 'read x 3 ?');
    expect(checkLinearizable(history, register)).toEqual({
      verdict: 'linearizable',
      order: [1, 2],
    });
  });

  it('tells what does not fit, after which order, and what would have', () => {
    const history = registerHistory('write a 0 1', 'write b 2 3', 'read a 4 5', 'read b 6 7');
    const found = checkLinearizable(history, register);
    expect(found).toMatchObject({ verdict: 'violated', key: '', longest: [0, 1], stuckAt: [2] });
    expect(found).toHaveProperty('explanation', expect.stringContaining('answered "a"'));
    expect(found).toHaveProperty('explanation', expect.stringContaining('it would be "b"'));
  });

  it('is refused where an operation returned before it was called', () => {
    expect(() => verdictOf('write a 0 1', 'write b 3 2')).toThrow(/operation 1 .* at 2/u);
  });

  it('is undecided past the limit, unless some part of it is violated all the same', () => {
    const size = { seed: 1, clients: 20, operations: 200, keys: 2 };
    const history = kvHistory(size);
    expect(checkLinearizable(history, kv, { states: 50 })).toEqual({
      verdict: 'undecided',
      states: 50,
    });
    const late = { client: 0, called: 1e6, returned: 1e6, outcome: 'done' } as const;
    const wrong = { ...late, input: { type: 'get', key: 'other' } as const, output: 'a' };
    expect(checkLinearizable([...history, wrong], kv, { states: 50 })).toMatchObject({
      verdict: 'violated',
      key: 'other',
    });
  });
});
