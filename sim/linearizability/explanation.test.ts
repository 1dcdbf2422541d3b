import { describe, expect, it } from 'vitest';
import { explanationOf } from './explanation.js';
import { type KvInput, type KvValue, kv } from './kv.js';
import type { Operation } from './operation.js';

function explained(output: KvValue, states: readonly KvValue[], key = 'x'): string {
  const input: KvInput = { type: 'get', key };
  const get: Operation<KvInput, KvValue> = {
    client: 3,
    input,
    output,
    called: 1.5,
    returned: 2,
    outcome: 'done',
  };
  return explanationOf([get], kv, { place: 0, key, taken: 4, all: 9, states });
}

describe('an explanation', () => {
  it('names the key, the operation, its answer, and what each state would have answered', () => {
    expect(explained('a', ['b', null])).toBe(
      'Key "x": {"type":"get","key":"x"} of client 3 from 1.5 to 2 ms answered "a". ' +
        'After the longest order found, 4 of 9 operations, it would be "b" or null, ' +
        'and nothing that may still come before it explains its answer.',
    );
  });

  it('shows of long answers where they differ', () => {
    const alike = 'abcdefghij'.repeat(20);
    const sentence = explained(`${alike}LEFT`, [`${alike}RIGHT`]);
    expect(sentence).toContain('answered ...ijabcdefghijLEFT"');
    expect(sentence).toContain('it would be ...ijabcdefghijRIGHT"');
  });

  it('stays short, whatever it is about', () => {
    const long = 'x'.repeat(10_000);
    expect(explained(long, [`y${long}`, `z${long}`], long).length).toBeLessThan(700);
  });

  it('shows the state itself where the model does not say what it would answer', () => {
    const get: Operation<KvInput, KvValue> = {
      client: 0,
      input: { type: 'get', key: 'x' },
      output: 'a',
      called: 0,
      returned: 1,
      outcome: 'done',
    };
    const model = { initial: kv.initial, step: () => false as const };
    const obstacle = { place: 0, key: undefined, taken: 0, all: 1, states: ['b'] };
    expect(explanationOf([get], model, obstacle)).toContain('the state is "b"');
  });
});
