/**
 * Figure 3 of the paper, as laws of a world: each answers what is wrong, or undefined where it
 * holds. Leader Append-Only is about steps and not about worlds; breaking it breaks one of these.
 */
import type { ServerContext } from '../../machines/context.js';
import type { History } from './history.js';

/** What a law may look at: every server, who leads, and what has happened. */
export interface WorldView {
  readonly servers: readonly ServerContext[];
  readonly leaders: readonly ServerContext[];
  readonly history: History;
}

export interface WorldLaw {
  readonly name: string;
  readonly sentence: string;
  /** What is wrong; undefined where the law holds. */
  broken(world: WorldView): string | undefined;
}

export const figureThree: readonly WorldLaw[] = [
  {
    name: 'Election Safety',
    sentence: 'At most one leader is elected in a term.',
    broken({ history: { elections } }) {
      for (let i = 1; i < elections.length; i++) {
        const [a, b] = [elections[i - 1]!, elections[i]!];
        if (a.term !== b.term) continue;
        return `${a.server} and ${b.server} were both elected in term ${a.term}`;
      }
      return undefined;
    },
  },
  {
    name: 'Log Matching',
    sentence: 'If two logs hold an entry of the same index and term, they are identical up to it.',
    broken({ servers }) {
      for (const [i, a] of servers.entries()) {
        for (const b of servers.slice(i + 1)) {
          const index = firstMismatch(a, b);
          if (index !== undefined) return `${a.id} and ${b.id} differ at ${index}, and agree after`;
        }
      }
      return undefined;
    },
  },
  {
    name: 'Leader Completeness',
    sentence: 'What is committed in a term is in the log of every leader of a later term.',
    broken({ leaders, history: { commits } }) {
      for (const { id, currentTerm, log } of leaders) {
        for (const { index, term, inTerm } of commits) {
          if (inTerm >= currentTerm || index < log.base.index) continue;
          if (log.termAt(index) === term) continue;
          return `${id} leads term ${currentTerm} without entry ${index} of term ${term}`;
        }
      }
      return undefined;
    },
  },
  {
    name: 'State Machine Safety',
    sentence: 'No two servers apply different entries at the same index.',
    broken({ history: { commits } }) {
      for (let i = 1; i < commits.length; i++) {
        const [a, b] = [commits[i - 1]!, commits[i]!];
        if (a.index !== b.index) continue;
        return `entry ${a.index} was committed with term ${a.term} and with term ${b.term}`;
      }
      return undefined;
    },
  },
];

/** Where two logs differ though they agree further on. */
function firstMismatch({ log: a }: ServerContext, { log: b }: ServerContext): number | undefined {
  if (a === b) return undefined;
  let agree = Math.min(a.lastIndex, b.lastIndex);
  const first = Math.max(a.base.index, b.base.index);
  while (agree > first && a.termAt(agree) !== b.termAt(agree)) agree--;
  for (let index = agree - 1; index > first; index--) {
    if (a.termAt(index) !== b.termAt(index)) return index;
  }
  return undefined;
}
