import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addIntegers, integerMax, integerMin, parseInteger } from './integer.js';
import { latin1Bytes } from './latin1.js';

const parse = (text: string) => parseInteger(latin1Bytes(text));
const anyInteger = fc.bigInt({ min: integerMin, max: integerMax });

describe('parseInteger', () => {
  it('reads every integer of 64 bits exactly', () => {
    const check = (value: bigint) => {
      expect(BigInt(parse(String(value))!)).toBe(value);
    };
    [0n, -1n, 2n ** 53n, 999_999_999_999_999n, integerMax, integerMin].forEach(check);
    fc.assert(fc.property(anyInteger, check), { seed: 1, numRuns: 500 });
  });

  it('is a number wherever a double is exact', () => {
    expect(parse('9007199254740991')).toBe(Number.MAX_SAFE_INTEGER);
    expect(parse('9007199254740992')).toBe(2n ** 53n);
  });

  it('takes nothing that Redis does not take', () => {
    const others = [
      '',
      '-',
      '+1',
      '-0',
      '01',
      '-01',
      ' 1',
      '1 ',
      '1.0',
      '1e3',
      '0x1',
      'one',
      '--1',
    ];
    const tooLarge = ['9223372036854775808', '-9223372036854775809', '99999999999999999999'];
    for (const text of [...others, ...tooLarge]) expect(parse(text), text).toBeUndefined();
  });
});

describe('addIntegers', () => {
  it('adds exactly, or says that the sum leaves 64 bits', () => {
    fc.assert(
      fc.property(anyInteger, anyInteger, (left, right) => {
        const [a, b] = [parse(String(left))!, parse(String(right))!];
        const exact = left + right;
        const isInRange = exact >= integerMin && exact <= integerMax;
        const sum = addIntegers(a, b);
        if (isInRange) expect(BigInt(sum!)).toBe(exact);
        else expect(sum).toBeUndefined();
      }),
      { seed: 1, numRuns: 500 },
    );
  });
});
