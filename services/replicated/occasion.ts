/**
 * Time and chance of the entry that is being applied: what a replicated machine may know of either,
 * the same on every server and at every replay.
 */
import { systemClock } from '../../actors/clock.js';
import { systemRandom } from '../../actors/random.js';

/** The entry, or the timer, that makes a machine step. */
export interface Occasion {
  /** Log time, ms since 1970. */
  readonly at: number;
  /** What all draws of this step follow from. */
  readonly seed: number;
}

const clock = systemClock();
const chance = systemRandom();
const twoTo32 = 2 ** 32;

let occasion: Occasion | undefined;
let draws = 0;

/**
 * Log time, ms since 1970, while a replicated machine steps: the stamp of its entry. Elsewhere the
 * platform's time.
 */
export function now(): number {
  return occasion === undefined ? clock.wallMs() : occasion.at;
}

/**
 * A number in [0, 1). While a replicated machine steps, it follows from the entry, the instance and
 * how many were drawn before: anybody who has the log can compute it. Elsewhere the platform's.
 */
export function random(): number {
  if (occasion === undefined) return chance.integer(twoTo32, 'random') / twoTo32;
  let x = (occasion.seed + Math.imul(++draws, 0xc2b2ae35)) >>> 0;
  x = Math.imul(x ^ (x >>> 16), 0x21f0aaad);
  x = Math.imul(x ^ (x >>> 15), 0x735a2d97);
  return ((x ^ (x >>> 15)) >>> 0) / twoTo32;
}

/** Runs `step` with the time and the chance of `during`. */
export function onOccasion<T>(during: Occasion, step: () => T): T {
  const [before, drawn] = [occasion, draws];
  occasion = during;
  draws = 0;
  try {
    return step();
  } finally {
    occasion = before;
    draws = drawn;
  }
}

/** What draws follow from: the entry or the timer, by its number, and the instance. */
export function seedOf(number: number, address: string): number {
  let seed = Math.imul(number | 0, 0x9e3779b1) ^ Math.imul((number / twoTo32) | 0, 0x85ebca6b);
  for (let at = 0; at < address.length; at++) {
    seed = Math.imul(seed ^ address.charCodeAt(at), 0x01000193);
  }
  return seed >>> 0;
}
