import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type KvInput, type KvValue, kv } from './kv.js';

const get: KvInput = { type: 'get', key: 'x' };

describe('the model of a key-value store', () => {
  it('puts, appends, and reads null where nothing was put', () => {
    expect(kv.step(null, get, null)).toBe(null);
    expect(kv.step(null, get, '')).toBe(false);
    expect(kv.step(null, { type: 'append', key: 'x', value: 'a' })).toBe('a');
    expect(kv.step('a', { type: 'append', key: 'x', value: 'b' })).toBe('ab');
    expect(kv.step('ab', { type: 'put', key: 'x', value: 'c' })).toBe('c');
    expect(kv.step('c', get, 'c')).toBe('c');
    expect(kv.step('c', get, 'b')).toBe(false);
  });

  it('reads empty text at first where it is told to', () => {
    expect({ ...kv, initial: '' }.step('', get, '')).toBe('');
  });

  it('never takes an answer for out of reach that some order leads to', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 2 });
    const write = fc.record({ type: fc.constantFrom('put', 'append'), value: text });
    fc.assert(
      fc.property(
        fc.option(text),
        fc.array(write, { maxLength: 5 }),
        fc.array(write, { maxLength: 2 }),
        (state, writes, others) => {
          const inputs = [...writes, ...others].map((one) => ({ ...one, key: 'x' }) as KvInput);
          const taken = inputs.slice(0, writes.length);
          const after = taken.reduce<KvValue>((s, one) => kv.step(s, one) as KvValue, state);
          return kv.mayAnswer!(state, get, after, [get, ...inputs.toReversed()]);
        },
      ),
      { seed: 1, numRuns: 2_000 },
    );
  });

  it('knows answers that are out of reach', () => {
    const append = (value: string): KvInput => ({ type: 'append', key: 'x', value });
    expect(kv.mayAnswer!('b', get, 'ab', [get, append('a')])).toBe(false);
    expect(kv.mayAnswer!('a', get, 'abc', [get, append('c')])).toBe(false);
    expect(kv.mayAnswer!('a', get, null, [get, append('c')])).toBe(false);
    expect(kv.mayAnswer!('b', get, 'ac', [{ type: 'put', key: 'x', value: 'a' }])).toBe(false);
  });
});
