/** Election Safety: at most one leader can be elected in a given term (Figure 3, §5.2). */
import type { ServerId } from '../machines/entry.js';
import { roleOf } from '../machines/server.js';
import type { Law } from '../sim/law.js';

export const electionSafety: Law = {
  name: 'Election Safety',
  sentence: 'At most one leader is elected in a term.',
  watch() {
    const leaders = new Map<number, ServerId>();
    const sometimes = { 'a leader was elected': 0, 'an election was lost': 0 };
    return {
      sometimes,
      step(server, { before, after }) {
        const role = roleOf(after);
        const was = roleOf(before!);
        if (was === 'candidate' && role !== 'candidate' && role !== 'leader') {
          sometimes['an election was lost']++;
        }
        if (role !== 'leader' || was === 'leader') return undefined;
        const term = after.context.currentTerm;
        const other = leaders.get(term);
        if (other !== undefined) return `${other} and ${server} were both elected in term ${term}`;
        leaders.set(term, server);
        sometimes['a leader was elected']++;
        return undefined;
      },
    };
  },
};
