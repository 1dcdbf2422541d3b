/** Leader Append-Only: a leader never overwrites or deletes entries in its log (Figure 3, §5.3). */
import { roleOf } from '../machines/server.js';
import type { Law } from '../sim/law.js';

export const leaderAppendOnly: Law = {
  name: 'Leader Append-Only',
  sentence: 'A leader never overwrites or deletes an entry of its own log; it only appends.',
  watch() {
    const sometimes = { 'a leader appended': 0 };
    return {
      sometimes,
      step(server, { before, after }) {
        if (roleOf(before!) !== 'leader' || roleOf(after) !== 'leader') return undefined;
        const [was, is] = [before!.context.log, after.context.log];
        if (was === is) return undefined;
        sometimes['a leader appended']++;
        const kept = is.lastIndex >= was.lastIndex && is.termAt(was.lastIndex) === was.lastTerm;
        return kept
          ? undefined
          : `${server} lost entries while it led term ${after.context.currentTerm}`;
      },
    };
  },
};
