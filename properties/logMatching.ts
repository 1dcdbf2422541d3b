/**
 * Log Matching: two logs with an entry of the same index and term are identical up to that index
 * (Figure 3, §5.3).
 *
 * Watched by induction: an index and a term name one entry, with one content and one term before
 * it, in whichever log it ever stood.
 */
import type { Step } from '../actors/serverActor.js';
import type { Entry, ServerId } from '../machines/entry.js';
import type { Log } from '../machines/log.js';
import type { Law, Watch } from '../sim/law.js';

interface Known {
  readonly entry: Entry;
  readonly previousTerm: number;
  readonly server: ServerId;
}

export const logMatching: Law = {
  name: 'Log Matching',
  sentence: 'If two logs hold an entry of the same index and term, they are identical up to it.',
  watch: () => new LogMatchingWatch(),
};

class LogMatchingWatch implements Watch {
  readonly sometimes = { 'an entry was in two logs': 0, 'a suffix was overwritten': 0 };
  /** By index, then term: the one entry of that name. */
  readonly #known: Map<number, Known>[] = [];

  started(server: ServerId, { after }: Step): string | undefined {
    const { log } = after.context;
    return this.#meetAll(server, log, log.slice(log.firstIndex, log.length));
  }

  step(server: ServerId, { before, after, effects }: Step): string | undefined {
    const { log } = after.context;
    const was = before!.context.log;
    if (log === was) return undefined;
    for (const effect of effects) {
      if (effect.type === 'restore') {
        // What stays behind a snapshot has to follow from it.
        const broken = this.#meetAll(server, log, log.slice(log.firstIndex, 1));
        if (broken !== undefined) return broken;
      }
      if (effect.type !== 'persist' || effect.entries.length === 0) continue;
      if (effect.entries[0]!.index <= was.lastIndex) this.sometimes['a suffix was overwritten']++;
      const broken = this.#meetAll(server, log, effect.entries);
      if (broken !== undefined) return broken;
    }
    return undefined;
  }

  #meetAll(server: ServerId, log: Log, entries: readonly Entry[]): string | undefined {
    for (const entry of entries) {
      const broken = this.#meet(server, log, entry);
      if (broken !== undefined) return broken;
    }
    return undefined;
  }

  #meet(server: ServerId, log: Log, entry: Entry): string | undefined {
    const { index, term } = entry;
    const byTerm = (this.#known[index] ??= new Map());
    const previousTerm = log.termAt(index - 1);
    if (previousTerm === undefined) return undefined;
    const met = byTerm.get(term);
    if (met === undefined) {
      byTerm.set(term, { entry, previousTerm, server });
      return undefined;
    }
    this.sometimes['an entry was in two logs']++;
    if (met.previousTerm === previousTerm && sameContent(met.entry, entry)) return undefined;
    return `entry ${index} of term ${term} differs between ${met.server} and ${server}`;
  }
}

/** Whether two entries say the same. */
export function sameContent(a: Entry, b: Entry): boolean {
  if (a === b) return true;
  if (a.sessionId !== b.sessionId || a.sequence !== b.sequence) return false;
  if (a.kind !== b.kind || a.stampMs !== b.stampMs || a.bytes.length !== b.bytes.length)
    return false;
  return a.bytes.every((byte, at) => byte === b.bytes[at]);
}
