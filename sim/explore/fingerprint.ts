/**
 * Fingerprints: 64 bits for a world, the same for worlds that differ only in which server is which.
 *
 * Each fact has a number, and a world has the sum of its facts' numbers. To rename the servers is
 * to rename them in each fact, so a world has one sum for every way to rename them, and the
 * smallest is its fingerprint. Not all of them are tried: the servers are put in the order of their
 * signatures, which no renaming changes, and only those of one signature change places.
 *
 * Each part of a world (a server, a message) keeps its own sums; those of a world are additions. 64
 * bits are two halves of 32, computed apart.
 */
import type { ServerId } from '../../machines/entry.js';
import type { Fact } from './fact.js';

/** Five servers can be renamed in 120 ways; for more, the sums of parts take too much room. */
export const serversExploredMax = 5;

export class Fingerprints {
  /** So many numbers are the sums of a part: two for each way to rename the servers. */
  readonly width: number;
  /** Which number each server has under each renaming, from 1 on; 0 stands for nobody. */
  readonly #renamings: readonly ReadonlyMap<ServerId | undefined, number>[];
  readonly #ids: readonly ServerId[];
  /** By the order of signatures, the renamings that keep to it. */
  readonly #known = new Map<number, readonly number[]>();

  constructor(ids: readonly ServerId[], symmetry: boolean) {
    if (ids.length > serversExploredMax) {
      throw new RangeError(`${ids.length} servers: at most ${serversExploredMax} can be explored`);
    }
    this.#ids = ids;
    const orders = symmetry ? permutationsOf(ids) : [ids];
    this.#renamings = orders.map((order) => {
      const numbers = order.map((id, i): [ServerId | undefined, number] => [id, i + 1]);
      return new Map([...numbers, [undefined, 0]]);
    });
    this.width = 2 * this.#renamings.length;
  }

  /** The sums of a part of the world: two numbers for each renaming. */
  sumsOf(facts: readonly Fact[]): Int32Array {
    const sums = new Int32Array(this.width);
    for (const { says, of, and } of facts) {
      const high = textHash(says, 0x9e3779b9);
      const low = textHash(says, 0x85ebca6b);
      for (const [i, numbers] of this.#renamings.entries()) {
        const who = 8 * numbers.get(of)! + numbers.get(and)! + 1;
        sums[2 * i]! += mixed(high ^ Math.imul(who, 0x27d4eb2f));
        sums[2 * i + 1]! += mixed(low ^ Math.imul(who, 0x165667b1));
      }
    }
    return sums;
  }

  /** The renamings that put servers of these signatures, in the order of their ids, in order. */
  renamingsFor(signatures: readonly number[]): readonly number[] {
    let order = 0;
    const ranks = signatures.map((one) => {
      let rank = 0;
      for (const other of signatures) if (other < one) rank++;
      order = 8 * order + rank;
      return rank;
    });
    let renamings = this.#known.get(order);
    if (renamings === undefined) {
      const all = [...this.#renamings.keys()];
      renamings = all.length === 1 ? all : all.filter((one) => this.#keepsTo(ranks, one));
      this.#known.set(order, renamings);
    }
    return renamings;
  }

  #keepsTo(ranks: readonly number[], renaming: number): boolean {
    const numbers = this.#renamings[renaming]!;
    const places = ranks.map((rank, i) => ({ rank, number: numbers.get(this.#ids[i])! }));
    places.sort((a, b) => a.number - b.number);
    return places.every(({ rank }, i) => i === 0 || places[i - 1]!.rank <= rank);
  }
}

/** What facts say of a server, whatever it and the others are called. */
export function signatureOf(facts: readonly Fact[]): number {
  let sum = 0;
  for (const { says, of, and } of facts) {
    const whom = and === undefined ? 1 : and === of ? 2 : 3;
    sum = (sum + mixed(textHash(says, whom))) | 0;
  }
  return sum;
}

/** Every order of `ids`. */
export function permutationsOf<T>(ids: readonly T[]): T[][] {
  if (ids.length <= 1) return [[...ids]];
  return ids.flatMap((first, i) =>
    permutationsOf(ids.filter((_, other) => other !== i)).map((rest) => [first, ...rest]),
  );
}

function textHash(text: string, seed: number): number {
  let hash = seed;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return mixed(hash);
}

/** Spreads every bit over all. */
function mixed(hash: number): number {
  let x = hash;
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return x ^ (x >>> 16);
}
