/**
 * Quorum arithmetic, for elections, commitment and reads alike, over joint configurations (§6):
 * whatever needs agreement needs a majority of every half.
 */
import type { ServerId } from './entry.js';

/** The voters of each half in force. */
export type Halves = readonly (readonly ServerId[])[];

/** Whether those for whom `agrees` holds are a majority of every half. Nobody is no quorum. */
export function isQuorum(halves: Halves, agrees: (id: ServerId) => boolean): boolean {
  for (const voters of halves) {
    let count = 0;
    for (const id of voters) if (agrees(id)) count++;
    if (count <= voters.length / 2) return false;
  }
  return halves.length > 0;
}

/** Whether so many refuse that no quorum can come about any more. */
export function isLost(halves: Halves, refuses: (id: ServerId) => boolean): boolean {
  return !isQuorum(halves, (id) => !refuses(id));
}

/**
 * The largest value that a quorum has reached: with `matchIndex` for `reached`, what may be
 * committed.
 */
export function quorumValue(halves: Halves, reached: (id: ServerId) => number): number {
  let lowest = Number.POSITIVE_INFINITY;
  for (const voters of halves) {
    if (voters.length === 0) return 0;
    lowest = Math.min(lowest, majorityValue(voters, reached));
  }
  return halves.length === 0 ? 0 : lowest;
}

/** In descending order, the value at the place where a majority has at least as much. */
function majorityValue(voters: readonly ServerId[], reached: (id: ServerId) => number): number {
  if (voters.length === 1) return reached(voters[0]!);
  const values = voters.map(reached).sort((a, b) => b - a);
  return values[Math.floor(voters.length / 2)]!;
}
