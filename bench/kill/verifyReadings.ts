/** Verifies what was read at the end through one server after another. */
import type { SentTag } from './history.js';
import { verifyTags } from './verifyTags.js';

/** All values, as one server answered them. */
export interface Reading {
  /** Through which server, and who led. */
  readonly by: string;
  readonly values: ReadonlyMap<string, string>;
}

/**
 * A line for each promise that a reading breaks. A later reading may hold more than an earlier one
 * (something of unknown outcome that came late), and nothing else.
 */
export function verifyReadings(
  sent: readonly SentTag[],
  readings: readonly Reading[],
): readonly string[] {
  let last: Reading | undefined;
  return readings.flatMap((reading) => {
    const before = last;
    last = reading;
    const isSame = before !== undefined && differing(before, reading, equals).length === 0;
    if (isSame) return [];
    const wrong = verifyTags(sent, reading.values).map(({ line }) => `${reading.by}: ${line}`);
    const keys = before === undefined ? [] : differing(before, reading, extendsIt);
    if (keys.length === 0) return wrong;
    return [
      ...wrong,
      `${reading.by}: not what was read before (${before!.by}): ${keys.join(', ')}`,
    ];
  });
}

type Compare = (before: string, after: string) => boolean;

const equals: Compare = (before, after) => before === after;
const extendsIt: Compare = (before, after) => after.startsWith(before);

function differing(before: Reading, after: Reading, compare: Compare): string[] {
  const keys = new Set([...before.values.keys(), ...after.values.keys()]);
  const of = ({ values }: Reading, key: string) => values.get(key) ?? '';
  return [...keys].filter((key) => !compare(of(before, key), of(after, key)));
}
