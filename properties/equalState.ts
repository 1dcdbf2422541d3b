/**
 * Equal state at equal applied index: two servers that have applied the same entries answer alike
 * (§2: replicated state machines compute identical copies of the same state). That entries are the
 * same is State Machine Safety; this is about what state machines and session tables make of them.
 */
import type { Applied } from '../actors/serverActor.js';
import type { ServerId } from '../machines/entry.js';
import type { Law, Watch } from '../sim/law.js';

export const equalState: Law = {
  name: 'Equal State',
  sentence: 'Two servers that apply the same entry answer it alike.',
  watch: () => new EqualStateWatch(),
};

type Outcome = Applied['outcome'];

interface Answered {
  readonly outcome: Outcome;
  readonly server: ServerId;
}

class EqualStateWatch implements Watch {
  readonly sometimes = { 'an entry was answered by two servers': 0 };
  /** By index, what was answered first, and where. */
  readonly #answered: Answered[] = [];

  applied(server: ServerId, { entry, outcome }: Applied): string | undefined {
    const { index } = entry;
    const first = this.#answered[index];
    if (first === undefined) {
      this.#answered[index] = { outcome, server };
      return undefined;
    }
    if (first.server !== server) this.sometimes['an entry was answered by two servers']++;
    if (isSame(first.outcome, outcome)) return undefined;
    const [is, was] = [outcome, first.outcome].map((one) => JSON.stringify(one));
    return `${server} answered entry ${index} with ${is}, and ${first.server} with ${was}`;
  }
}

/** Whether two outcomes say the same. Most are small numbers or nothing, and soon compared. */
function isSame(one: Outcome, other: Outcome): boolean {
  if (one.type === 'done' && other.type === 'done' && one.value === other.value) {
    return one.index === other.index;
  }
  return JSON.stringify(one) === JSON.stringify(other);
}
