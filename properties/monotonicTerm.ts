/**
 * Monotonic term: a server's term only grows, also over restarts, as far as others have relied on
 * it (§5.1).
 */
import type { ServerId } from '../machines/entry.js';
import type { Law } from '../sim/law.js';

export const monotonicTerm: Law = {
  name: 'Monotonic Term',
  sentence:
    'The term of a server never goes back while it runs, nor behind a term that it has led.',
  watch() {
    const elected = new Map<ServerId, number>();
    const sometimes = { 'a server restarted': 0 };
    return {
      sometimes,
      started(server, { after }) {
        const term = elected.get(server);
        if (term === undefined) {
          elected.set(server, 0);
          return undefined;
        }
        sometimes['a server restarted']++;
        if (after.context.currentTerm >= term) return undefined;
        return `${server} led term ${term} and starts again in term ${after.context.currentTerm}`;
      },
      step(server, { before, after }) {
        const { currentTerm } = after.context;
        if (currentTerm < before!.context.currentTerm) return `the term of ${server} went back`;
        if (after.context.leadership !== undefined) elected.set(server, currentTerm);
        return undefined;
      },
    };
  },
};
