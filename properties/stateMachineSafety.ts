/**
 * State Machine Safety: where one server has applied an entry, no other ever applies a different
 * one (Figure 3, §5.4.3). Checked where an entry is said to be committed, and again where it is
 * applied; and each server applies every index once, in order.
 */
import type { Entry, ServerId } from '../machines/entry.js';
import type { Law } from '../sim/law.js';
import { sameContent } from './logMatching.js';

export const stateMachineSafety: Law = {
  name: 'State Machine Safety',
  sentence:
    'No two servers apply different entries at the same index, and each applies them in order.',
  watch() {
    const committed: { readonly entry: Entry; readonly server: ServerId }[] = [];
    const lastApplied = new Map<ServerId, number>();
    const sometimes = { 'an entry was applied by two servers': 0 };

    const agree = (server: ServerId, entry: Entry, what: string): string | undefined => {
      const first = committed[entry.index];
      if (first === undefined) {
        committed[entry.index] = { entry, server };
        return undefined;
      }
      if (first.entry.term === entry.term && sameContent(first.entry, entry)) return undefined;
      const terms = `of term ${entry.term}, not ${first.entry.term} as ${first.server} did`;
      return `${server} ${what} entry ${entry.index} ${terms}`;
    };

    return {
      sometimes,
      started(server) {
        lastApplied.set(server, 0);
        return undefined;
      },
      step(server, { before, after }) {
        const { commitIndex, log } = after.context;
        if (commitIndex < before!.context.commitIndex)
          return `the commit index of ${server} went back`;
        for (let index = before!.context.commitIndex + 1; index <= commitIndex; index++) {
          const broken = agree(server, log.entryAt(index)!, 'committed');
          if (broken !== undefined) return broken;
        }
        return undefined;
      },
      applied(server, entry) {
        const last = lastApplied.get(server) ?? 0;
        if (entry.index !== last + 1) return `${server} applied entry ${entry.index} after ${last}`;
        lastApplied.set(server, entry.index);
        if (committed[entry.index]?.server !== server)
          sometimes['an entry was applied by two servers']++;
        return agree(server, entry, 'applied');
      },
    };
  },
};
