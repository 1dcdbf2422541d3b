/** Known bugs of InstallSnapshot (§7). */
import type { EventOf, Outcome, ServerContext } from '../machines/context.js';
import { Log } from '../machines/log.js';
import { rule } from '../machines/rule.js';
import * as snapshots from '../machines/rules/snapshots.js';
import { type Mutant, provide } from './mutant.js';

export const snapshotMutants: readonly Mutant[] = [
  {
    id: 'B51',
    bug: 'Behind an installed snapshot, entries stay that do not follow from it.',
    breaks: ['Log Matching', 'Leader Completeness', 'State Machine Safety'],
    machine: provide({ actions: { installSnapshot: rule(keepSuffix) } }),
  },
  {
    id: 'B53',
    bug: 'A snapshot is installed over a state that is newer.',
    breaks: ['State Machine Safety', 'Leader Completeness', 'Log Matching'],
    machine: provide({
      guards: { isCovered: () => false },
      actions: { installSnapshot: rule(installAnyway) },
    }),
  },
];

type Stored = EventOf<'snapshotStored'>;

function keepSuffix(context: ServerContext, event: Stored): Outcome {
  const outcome = snapshots.installSnapshot(context, event);
  const { base } = event.snapshot;
  if (outcome.patch.log === undefined || context.log.lastIndex <= base.index) return outcome;
  const suffix = context.log.slice(base.index + 1, context.log.length);
  return { ...outcome, patch: { ...outcome.patch, log: Log.empty(base).append(suffix) } };
}

function installAnyway(context: ServerContext, event: Stored): Outcome {
  return snapshots.installSnapshot({ ...context, commitIndex: 0 }, event);
}
