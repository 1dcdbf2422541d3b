/**
 * Every request settles: done, not done or unknown, but never silence. A client whose server stands
 * still waits with it; all others know, once the cluster goes on.
 */
import type { Law } from '../sim/law.js';

export const everyRequestSettles: Law = {
  name: 'Every Request Settles',
  sentence: 'Whoever asks is answered, or told that nobody knows, within a bounded time.',
  watch() {
    const sometimes = { 'every request was settled': 0 };
    return {
      sometimes,
      stillWaiting(operations) {
        const [first] = operations;
        if (first === undefined) {
          sometimes['every request was settled']++;
          return undefined;
        }
        const { client, called } = first;
        return `${operations.length} wait, first client ${client} since ${called} ms`;
      },
    };
  },
};
