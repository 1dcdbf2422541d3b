/**
 * Leader Completeness: an entry that is committed in a term is in the logs of the leaders of all
 * later terms (Figure 3, §5.4). A candidate of an older term may still take office later, and need
 * not have it.
 */
import { roleOf } from '../machines/server.js';
import type { Law } from '../sim/law.js';

interface Committed {
  readonly entryTerm: number;
  /** The term of the server that first said so. */
  readonly inTerm: number;
}

export const leaderCompleteness: Law = {
  name: 'Leader Completeness',
  sentence: 'What is committed in a term is in the log of every leader of a later term.',
  watch() {
    const committed: Committed[] = [];
    const sometimes = { 'a leader was elected after a commit': 0 };
    return {
      sometimes,
      step(server, { before, after }) {
        const { commitIndex, log, currentTerm } = after.context;
        for (let index = before!.context.commitIndex + 1; index <= commitIndex; index++) {
          const entryTerm = log.termAt(index);
          // A snapshot brings what somebody else has said to be committed before.
          if (entryTerm !== undefined) committed[index] ??= { entryTerm, inTerm: currentTerm };
        }
        if (roleOf(after) !== 'leader' || roleOf(before!) === 'leader') return undefined;
        // By Log Matching the last one stands for all before it.
        let index = committed.length - 1;
        while (index > 0 && (committed[index]?.inTerm ?? currentTerm) >= currentTerm) index--;
        if (index <= 0) return undefined;
        sometimes['a leader was elected after a commit']++;
        const isCompacted = index < log.base.index;
        if (isCompacted || log.termAt(index) === committed[index]!.entryTerm) return undefined;
        const missing = `entry ${index} of term ${committed[index]!.entryTerm}`;
        return `${server} leads term ${currentTerm} without ${missing}`;
      },
    };
  },
};
