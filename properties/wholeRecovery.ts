/**
 * Whole recovery: a server starts again from what it had written up to some point, in the order of
 * its writes, and that point is no earlier than what its disk had reported as durable. Nothing is
 * left out of the middle, nothing is there that was never written, and no promise is forgotten.
 */
import type { Step } from '../actors/serverActor.js';
import type { ServerContext } from '../machines/context.js';
import type { ServerId } from '../machines/entry.js';
import type { Law, Watch } from '../sim/law.js';
import { type DurableDisk, DurableDisks } from './durableDisks.js';

export const wholeRecovery: Law = {
  name: 'Whole Recovery',
  sentence: 'A server starts again from its first so many writes, and no fewer than were durable.',
  watch: () => new WholeRecoveryWatch(),
};

class WholeRecoveryWatch implements Watch {
  readonly sometimes = {
    'a crash lost what was written and not synced': 0,
    'a server starts with what it had not been told to be durable': 0,
    'recovery cut a torn batch off': 0,
  };
  readonly #disks = new DurableDisks();

  started(server: ServerId, step: Step): string | undefined {
    const known = this.#disks.started(server, step);
    if (known === undefined) return undefined;
    const { pending } = known;
    const found = writesFound(known, step.after.context);
    if (found === undefined) return this.#lost(server, known, step.after.context);
    if (found < pending.length) this.sometimes['a crash lost what was written and not synced']++;
    if (found > 0) this.sometimes['a server starts with what it had not been told to be durable']++;
    return undefined;
  }

  step(server: ServerId, step: Step): undefined {
    this.#disks.step(server, step);
  }

  folderReplaced(server: ServerId): void {
    this.#disks.forget(server);
  }

  tornTailCut(): void {
    this.sometimes['recovery cut a torn batch off']++;
  }

  #lost(server: ServerId, known: DurableDisk, is: ServerContext): string {
    const had = `term ${known.currentTerm} and the log up to ${known.lastIndex}`;
    const starts = `in term ${is.currentTerm} with the log up to ${is.log.lastIndex}`;
    return `${server} had saved ${had}, and starts again ${starts}, which it never was`;
  }
}

/** How many of the pending writes were found after all: the most that fit; undefined: none do. */
function writesFound(known: DurableDisk, is: ServerContext): number | undefined {
  const disk = known.copy();
  let found = isFrom(disk, is) ? 0 : undefined;
  for (const [i, write] of known.pending.entries()) {
    disk.apply(write);
    if (isFrom(disk, is)) found = i + 1;
  }
  return found;
}

/** Whether a server that finds this on its disk, beside its snapshot, starts as this one did. */
function isFrom(disk: DurableDisk, { currentTerm, votedFor, log, snapshot }: ServerContext) {
  const { base } = snapshot;
  // A snapshot can be in place before its term is durable; nothing was promised in that term.
  const isOfLaterTerm = base.term > disk.currentTerm;
  const term = isOfLaterTerm ? base.term : disk.currentTerm;
  if (currentTerm !== term) return false;
  if (votedFor !== (isOfLaterTerm ? undefined : disk.votedFor)) return false;
  // A log that does not meet the snapshot is discarded whole (Figure 13, 7).
  if (!disk.holds(base.index, base.term)) return log.length === 0 && log.lastIndex === base.index;
  if (log.lastIndex !== Math.max(disk.lastIndex, base.index)) return false;
  for (let index = Math.max(disk.baseIndex, log.base.index); index <= disk.lastIndex; index++) {
    if (log.termAt(index) !== disk.termAt(index)) return false;
  }
  return true;
}
