import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Fact } from './fact.js';
import { Fingerprints, permutationsOf, signatureOf } from './fingerprint.js';

const ids = ['S1', 'S2', 'S3'];

const someone = fc.constantFrom(...ids);
const facts = fc.array(
  fc.record<Fact>({
    says: fc.constantFrom('leads', 'follows', 'voted for', 'log 1 2 2', 'log 1 2 3'),
    of: someone,
    and: fc.option(someone, { nil: undefined }),
  }),
  { maxLength: 8 },
);

function renamed(said: readonly Fact[], order: readonly string[]): Fact[] {
  const nameOf = (id: string | undefined) => id && order[ids.indexOf(id)];
  return said.map(({ says, of, and }) => ({ says, of: nameOf(of), and: nameOf(and) }));
}

/** As of a world in which each server is the part that the facts of it make. */
function fingerprintOf(said: readonly Fact[]): string {
  const fingerprints = new Fingerprints(ids, true);
  const signatures = ids.map((id) => signatureOf(said.filter(({ of }) => of === id)));
  const sums = fingerprints.sumsOf(said);
  const found = fingerprints
    .renamingsFor(signatures)
    .map((renaming) => `${sums[2 * renaming]} ${sums[2 * renaming + 1]}`);
  return found.sort()[0]!;
}

/** The plain way: every renaming written out, and the first of them by the alphabet. */
function canonical(said: readonly Fact[]): string {
  const texts = permutationsOf(ids).map((order) =>
    renamed(said, order)
      .map((fact) => JSON.stringify(fact))
      .sort()
      .join(),
  );
  return texts.sort()[0]!;
}

describe('a fingerprint', () => {
  it('is the same whichever server is which', () => {
    fc.assert(
      fc.property(facts, fc.constantFrom(...permutationsOf(ids)), (said, order) => {
        expect(fingerprintOf(renamed(said, order))).toBe(fingerprintOf(said));
      }),
      { seed: 1, numRuns: 200 },
    );
  });

  it('differs where no renaming makes two worlds one', () => {
    const seen = new Map<string, string>();
    fc.assert(
      fc.property(facts, (said) => {
        const fingerprint = fingerprintOf(said);
        const known = seen.get(fingerprint) ?? canonical(said);
        seen.set(fingerprint, known);
        expect(canonical(said)).toBe(known);
      }),
      { seed: 2, numRuns: 500 },
    );
  });

  it('tells who follows whom', () => {
    const chain = [
      { says: 'follows', of: 'S1', and: 'S2' },
      { says: 'follows', of: 'S2', and: 'S3' },
    ];
    const fork = [
      { says: 'follows', of: 'S1', and: 'S2' },
      { says: 'follows', of: 'S3', and: 'S2' },
    ];
    expect(fingerprintOf(chain)).not.toBe(fingerprintOf(fork));
  });

  it('tries no more renamings than signatures leave open', () => {
    const fingerprints = new Fingerprints(ids, true);
    expect(fingerprints.renamingsFor([7, -1, 3])).toHaveLength(1);
    expect(fingerprints.renamingsFor([7, 7, 3])).toHaveLength(2);
    expect(fingerprints.renamingsFor([7, 7, 7])).toHaveLength(6);
  });

  it('is refused to more servers than can be renamed in good time', () => {
    const six = ['S1', 'S2', 'S3', 'S4', 'S5', 'S6'];
    expect(() => new Fingerprints(six, true)).toThrow('6 servers: at most 5 can be explored');
  });
});
