/**
 * Whole numbers of 64 bits as decimal digits, read as strictly as Redis reads them: no plus sign,
 * no leading zero, no space, nothing beyond the range. A number that a double cannot hold exactly
 * is a bigint.
 */
import { latin1 } from './latin1.js';

export const integerMax = 2n ** 63n - 1n;
export const integerMin = -(2n ** 63n);

const zero = 0x30;
const nine = 0x39;
const minus = 0x2d;
/** So many digits always fit a double; one more may not fit 64 bits. */
const exactDigits = 15;
const digitsMax = 19;

/** The number whose digits stand from `start` to `end`, or undefined where they are none. */
export function parseInteger(
  bytes: Uint8Array,
  start = 0,
  end = bytes.length,
): number | bigint | undefined {
  const isNegative = bytes[start] === minus && end > start;
  const first = isNegative ? start + 1 : start;
  const digits = end - first;
  if (digits < 1 || digits > digitsMax) return undefined;
  if (bytes[first] === zero) return digits === 1 && !isNegative ? 0 : undefined;
  let value = 0;
  for (let at = first; at < end; at++) {
    const byte = bytes[at]!;
    if (byte < zero || byte > nine) return undefined;
    value = value * 10 + (byte - zero);
  }
  if (digits <= exactDigits) return isNegative ? -value : value;
  const exact = BigInt(latin1(bytes, start, end));
  return exact > integerMax || exact < integerMin ? undefined : narrowed(exact);
}

/** The sum, or undefined where it leaves 64 bits. */
export function addIntegers(
  left: number | bigint,
  right: number | bigint,
): number | bigint | undefined {
  if (typeof left === 'number' && typeof right === 'number') {
    const sum = left + right;
    if (Number.isSafeInteger(sum)) return sum;
  }
  const exact = BigInt(left) + BigInt(right);
  return exact > integerMax || exact < integerMin ? undefined : narrowed(exact);
}

function narrowed(exact: bigint): number | bigint {
  const value = Number(exact);
  return Number.isSafeInteger(value) ? value : exact;
}
