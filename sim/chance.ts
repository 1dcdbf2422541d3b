/**
 * Chance without a sequence: every draw is a function of the seed and of *what it is for* (a link
 * and the number of a message on it, a server and the number of a timer), not of how many draws
 * came before. So a fault more or less changes nothing that it does not touch, which is what lets
 * schedules shrink, fork, and be compared.
 */
import type { Random } from '../actors/random.js';

/** What a draw is for: an arbitrary number for each kind, so that kinds never share draws. */
export const purposes = {
  latency: 1,
  loss: 2,
  duplicate: 3,
  delay: 4,
  disk: 5,
  sector: 6,
  client: 7,
  server: 8,
  connection: 9,
  replay: 10,
  corruption: 11,
  harm: 12,
} as const;

/** A whole number from 0 to 2^32 - 1, the same for the same arguments. */
export function draw(seed: number, purpose: number, a: number, b: number, c = 0): number {
  let x = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(purpose + 0x7f4a7c15, 0xc2b2ae35);
  x = mixed(x ^ Math.imul(a + 0x165667b1, 0x27d4eb2f));
  x = mixed(x ^ Math.imul(b + 0x9e3779b1, 0x85ebca77));
  return mixed(x ^ Math.imul(c + 0x61c88647, 0xc2b2ae3d)) >>> 0;
}

/** Whether something happens that does `percent` of the time. */
export function happens(percent: number, drawn: number): boolean {
  return drawn % 10_000 < percent * 100;
}

/**
 * Chance as one server sees it: its draws are keyed by purpose and by their number for this
 * purpose.
 */
export function serverRandom(seed: number, server: number): Random {
  const counts = new Map<string, number>();
  return {
    integer(below, purpose) {
      const count = (counts.get(purpose) ?? 0) + 1;
      counts.set(purpose, count);
      return draw(seed, purposes.server, server, textHash(purpose), count) % below;
    },
  };
}

const hashes = new Map<string, number>();

function textHash(text: string): number {
  let hash = hashes.get(text);
  if (hash === undefined) {
    hash = 0;
    for (const character of text) hash = mixed(Math.imul(hash, 31) + character.charCodeAt(0));
    hashes.set(text, hash);
  }
  return hash;
}

function mixed(x: number): number {
  let y = Math.imul(x ^ (x >>> 16), 0x21f0aaad);
  y = Math.imul(y ^ (y >>> 15), 0x735a2d97);
  return y ^ (y >>> 15);
}
