/**
 * Linearizability (Herlihy and Wing 1990), of what all clients of a run saw: some one order of
 * their operations, each at a moment between its call and its answer, explains every answer. It is
 * held against the whole history, when a run is over. A check that is given up is a failure of its
 * own: nobody knows then.
 */
import type { Law } from '../sim/law.js';
import {
  checkLinearizable,
  defaultLimits,
  type Limits,
} from '../sim/linearizability/checkLinearizable.js';
import type { Model } from '../sim/linearizability/model.js';
import type { Verdict } from '../sim/linearizability/verdict.js';
import type { Operation } from '../sim/run.js';

/**
 * Two laws, for state machines that do what `model` says: that histories are linearizable, and that
 * it can be decided, within `limits`.
 */
export function linearizability<S, I, O>(
  model: Model<S, I | undefined, O>,
  limits: Limits = defaultLimits,
): readonly Law[] {
  const verdicts = new WeakMap<readonly Operation[], Verdict>();
  const verdictOf = (history: readonly Operation[]): Verdict => {
    const known = verdicts.get(history) ?? check(history, model, limits);
    verdicts.set(history, known);
    return known;
  };
  return [linearizable(verdictOf), decided(verdictOf)];
}

type VerdictOf = (history: readonly Operation[]) => Verdict;

function linearizable(verdictOf: VerdictOf): Law {
  return {
    name: 'Linearizability',
    sentence: 'One order of all operations explains what each client was answered.',
    watch() {
      const sometimes = {
        'a history was linearizable': 0,
        'operations overlapped': 0,
        'an answer showed an operation of unknown outcome': 0,
      };
      return {
        sometimes,
        ended(history) {
          const verdict = verdictOf(history);
          if (verdict.verdict === 'violated') return verdict.explanation;
          if (verdict.verdict === 'undecided') return undefined;
          sometimes['a history was linearizable']++;
          if (hasOverlap(history)) sometimes['operations overlapped']++;
          const shown = verdict.order.length > history.filter(isDone).length;
          if (shown) sometimes['an answer showed an operation of unknown outcome']++;
          return undefined;
        },
      };
    },
  };
}

function decided(verdictOf: VerdictOf): Law {
  return {
    name: 'Linearizability (undecided)',
    sentence: 'It can be decided whether a history is linearizable.',
    watch: () => ({
      sometimes: {},
      ended(history) {
        const verdict = verdictOf(history);
        if (verdict.verdict !== 'undecided') return undefined;
        return `the check was given up after ${verdict.states} configurations`;
      },
    }),
  };
}

function check<S, I, O>(
  history: readonly Operation[],
  model: Model<S, I | undefined, O>,
  limits: Limits,
): Verdict {
  // A query that was not answered shows nothing, and nothing shows it.
  const telling = history.filter((one) => one.kind === 'command' || isDone(one));
  return checkLinearizable(telling as readonly Operation<I, O>[], model, limits);
}

function isDone({ outcome, returned }: Operation): boolean {
  return outcome === 'done' && returned !== undefined;
}

/** Whether some operation was called while another was under way. */
function hasOverlap(history: readonly Operation[]): boolean {
  let untilMs = Number.NEGATIVE_INFINITY;
  for (const { called, returned = Number.POSITIVE_INFINITY } of history) {
    if (called < untilMs) return true;
    untilMs = Math.max(untilMs, returned);
  }
  return false;
}
