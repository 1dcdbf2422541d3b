/**
 * Tests of quorum arithmetic, against the definition: look at every set of servers there is (§6).
 */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ServerId } from './entry.js';
import { type Halves, isLost, isQuorum, quorumValue } from './quorum.js';

const ids = ['S1', 'S2', 'S3', 'S4', 'S5', 'S6'] as const;

/**
 * One half, or the two halves of a joint configuration; either may be empty, and they may overlap.
 */
const halves = fc.array(fc.subarray([...ids]), { minLength: 1, maxLength: 2 });
const some = fc.subarray([...ids]);

/** The definition: more than half of every half, and nobody's consent is not everybody's. */
const isMajorityOfEach = (voters: Halves, set: readonly ServerId[]) =>
  voters.every((half) => half.filter((id) => set.includes(id)).length * 2 > half.length);

const subsetsOf = (set: readonly ServerId[]) =>
  Array.from({ length: 2 ** set.length }, (_, bits) => set.filter((_id, i) => (bits >> i) & 1));

const options = { seed: 1, numRuns: 300 };

describe('quorums', () => {
  it('are a majority of every half', () => {
    const check = (voters: ServerId[][], agreeing: ServerId[]) => {
      const agrees = (id: ServerId) => agreeing.includes(id);
      expect(isQuorum(voters, agrees)).toBe(isMajorityOfEach(voters, agreeing));
    };
    fc.assert(fc.property(halves, some, check), options);
  });

  it('any two of them share a server: the reason for all of Raft', () => {
    const check = (voters: ServerId[][]) => {
      const quorums = subsetsOf(ids).filter((set) => isQuorum(voters, (id) => set.includes(id)));
      for (const one of quorums) {
        for (const other of quorums) expect(one.some((id) => other.includes(id))).toBe(true);
      }
    };
    fc.assert(fc.property(halves, check), { seed: 1, numRuns: 5 });
  });

  it('are lost when those who did not refuse are none, however they come to agree', () => {
    const check = (voters: ServerId[][], refusing: ServerId[]) => {
      const left = ids.filter((id) => !refusing.includes(id));
      const canWin = subsetsOf(left).some((set) => isMajorityOfEach(voters, set));
      expect(isLost(voters, (id) => refusing.includes(id))).toBe(!canWin);
    };
    fc.assert(fc.property(halves, some, check), options);
  });

  it('have reached the largest value that a majority of every half has reached', () => {
    const values = fc.array(fc.nat(5), { minLength: ids.length, maxLength: ids.length });
    const check = (voters: ServerId[][], reached: number[]) => {
      const valueOf = (id: ServerId) => reached[ids.indexOf(id as (typeof ids)[number])]!;
      const candidates = [5, 4, 3, 2, 1, 0].filter((value) =>
        isMajorityOfEach(
          voters,
          ids.filter((id) => valueOf(id) >= value),
        ),
      );
      expect(quorumValue(voters, valueOf)).toBe(candidates[0] ?? 0);
    };
    fc.assert(fc.property(halves, values, check), options);
  });

  it('do not exist where there is nobody', () => {
    for (const nobody of [[], [[]], [['S1'], []]]) {
      expect(isQuorum(nobody, () => true)).toBe(false);
      expect(isLost(nobody, () => false)).toBe(true);
      expect(quorumValue(nobody, () => 9)).toBe(0);
    }
  });
});
