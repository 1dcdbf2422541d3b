/**
 * What must hold, by its name. A broken invariant is a bug in this project, never in what a user
 * did; the server that meets one stops, because going on could only spread the damage.
 */

/**
 * A law of the protocol that did not hold. `law` is its name as in the paper (Figure 3) or in
 * `properties/`.
 */
export class InvariantBroken extends Error {
  readonly law: string;
  constructor(law: string, detail: string) {
    super(detail === '' ? `${law} does not hold` : `${law} does not hold: ${detail}`);
    this.name = 'InvariantBroken';
    this.law = law;
  }
}

/** Throws {@link InvariantBroken} unless `held`. */
export function invariant(held: boolean, law: string, detail = ''): asserts held {
  if (!held) throw new InvariantBroken(law, detail);
}
