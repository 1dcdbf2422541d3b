/**
 * Log Matching: two logs with an entry of the same index and term are identical up to that index
 * (Figure 3, §5.3).
 *
 * Watched by induction: an index and a term name one entry, with one content and one term before
 * it, in whichever log it ever stood.
 */
import type { Entry, ServerId } from '../machines/entry.js';
import type { Log } from '../machines/log.js';
import type { Law } from '../sim/law.js';

interface Known {
  readonly entry: Entry;
  readonly previousTerm: number;
  readonly server: ServerId;
}

export const logMatching: Law = {
  name: 'Log Matching',
  sentence: 'If two logs hold an entry of the same index and term, they are identical up to it.',
  watch() {
    const known: Map<number, Known>[] = [];
    const sometimes = { 'an entry was in two logs': 0, 'a suffix was overwritten': 0 };

    const meet = (server: ServerId, log: Log, entry: Entry): string | undefined => {
      const { index, term } = entry;
      const byTerm = (known[index] ??= new Map());
      const previousTerm = log.termAt(index - 1)!;
      const met = byTerm.get(term);
      if (met === undefined) {
        byTerm.set(term, { entry, previousTerm, server });
        return undefined;
      }
      sometimes['an entry was in two logs']++;
      const isSame = met.previousTerm === previousTerm && sameContent(met.entry, entry);
      return isSame
        ? undefined
        : `entry ${index} of term ${term} differs between ${met.server} and ${server}`;
    };

    return {
      sometimes,
      started(server, { after }) {
        const { log } = after.context;
        for (let index = log.firstIndex; index <= log.lastIndex; index++) {
          const broken = meet(server, log, log.entryAt(index)!);
          if (broken !== undefined) return broken;
        }
        return undefined;
      },
      step(server, { before, after, effects }) {
        const { log } = after.context;
        if (log === before!.context.log) return undefined;
        for (const effect of effects) {
          if (effect.type !== 'persist' || effect.entries.length === 0) continue;
          if (effect.entries[0]!.index <= before!.context.log.lastIndex) {
            sometimes['a suffix was overwritten']++;
          }
          for (const entry of effect.entries) {
            const broken = meet(server, log, entry);
            if (broken !== undefined) return broken;
          }
        }
        return undefined;
      },
    };
  },
};

/** Whether two entries say the same. */
export function sameContent(a: Entry, b: Entry): boolean {
  if (a === b) return true;
  if (a.kind !== b.kind || a.stampMs !== b.stampMs || a.bytes.length !== b.bytes.length)
    return false;
  return a.bytes.every((byte, at) => byte === b.bytes[at]);
}
