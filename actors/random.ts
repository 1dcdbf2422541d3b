/**
 * Chance, as a port: a simulator answers by what is asked for, and by whom, not by the order of
 * asking.
 */

export interface Random {
  /**
   * A whole number from 0 to `below` - 1. `purpose` names what it is for, such as `timer.election`.
   */
  integer(below: number, purpose: string): number;
}

/** The platform's own. */
export function systemRandom(): Random {
  return { integer: (below) => Math.floor(Math.random() * below) };
}
