/**
 * What logs and snapshots must have met for their laws to mean anything. No law by itself: it
 * counts, and `required.ts` says what a campaign may not have missed.
 */
import type { Step } from '../actors/serverActor.js';
import type { EventOf, ServerContext } from '../machines/context.js';
import type { ServerId } from '../machines/entry.js';
import type { Law, Watch } from '../sim/law.js';

export const logSightings: Law = {
  name: 'Sightings of Logs',
  sentence: 'Counts what befalls logs and snapshots, and breaks never.',
  watch: () => new LogSightings(),
};

class LogSightings implements Watch {
  readonly sometimes = {
    'entries of an earlier term were committed by a later leader': 0,
    'a conflict hint skipped a term': 0,
    'a late duplicate carried what its follower had': 0,
    'commands were committed while a snapshot was installed': 0,
    'the installation of a snapshot began anew': 0,
    'a snapshot was taken of what a snapshot had brought': 0,
  };
  #committed = 0;
  /** What was committed anywhere when a server began to take a snapshot. */
  readonly #installingSince = new Map<ServerId, number>();
  /** What the snapshot covers that a server has its state from. */
  readonly #restoredFrom = new Map<ServerId, number>();

  started(server: ServerId, { after }: Step): undefined {
    this.#installingSince.delete(server);
    this.#restoredFrom.set(server, after.context.snapshot.base.index);
  }

  step(server: ServerId, step: Step): undefined {
    const [was, is] = [step.before!.context, step.after.context];
    if (is.commitIndex > was.commitIndex) this.#commits(was, is);
    switch (step.event?.type) {
      case 'AppendEntriesResponse':
        return this.#hears(step.event, was, is);
      case 'AppendEntriesRequest':
        return this.#receives(step.event, was, is);
      case 'InstallSnapshotRequest':
        return this.#installs(server, step.event, was, is);
      case 'snapshotStored':
        return this.#restores(server, step);
      case 'snapshotTaken':
        return this.#takes(server, step.event);
      default:
        return undefined;
    }
  }

  #commits(was: ServerContext, is: ServerContext): void {
    this.#committed = Math.max(this.#committed, is.commitIndex);
    if (is.leadership === undefined) return;
    const firstTerm = is.log.termAt(was.commitIndex + 1);
    if (firstTerm !== undefined && firstTerm < is.currentTerm) {
      this.sometimes['entries of an earlier term were committed by a later leader']++;
    }
  }

  #hears(event: EventOf<'AppendEntriesResponse'>, was: ServerContext, is: ServerContext) {
    if (event.success || event.conflictTerm === 0 || is.leadership === undefined) return undefined;
    const next = is.leadership.progress[event.from]?.nextIndex ?? 0;
    const before = was.leadership?.progress[event.from]?.nextIndex ?? 0;
    if (next < before && next < event.matchIndex)
      this.sometimes['a conflict hint skipped a term']++;
    return undefined;
  }

  #receives(
    { entries, term }: EventOf<'AppendEntriesRequest'>,
    was: ServerContext,
    is: ServerContext,
  ) {
    if (entries.length === 0 || was.log !== is.log || term !== is.currentTerm) return undefined;
    const { index, term: lastTerm } = entries.at(-1)!;
    if (is.log.termAt(index) === lastTerm && index < is.log.lastIndex) {
      this.sometimes['a late duplicate carried what its follower had']++;
    }
    return undefined;
  }

  #installs(
    server: ServerId,
    { offset }: EventOf<'InstallSnapshotRequest'>,
    was: ServerContext,
    is: ServerContext,
  ): undefined {
    if (offset !== 0 || was.installation === is.installation) return;
    this.#installingSince.set(server, this.#committed);
    if (was.installation !== undefined)
      this.sometimes['the installation of a snapshot began anew']++;
  }

  #restores(server: ServerId, { effects }: Step): undefined {
    const restore = effects.find((effect) => effect.type === 'restore');
    if (restore === undefined) return;
    this.#restoredFrom.set(server, restore.base.index);
    if (this.#committed > (this.#installingSince.get(server) ?? this.#committed)) {
      this.sometimes['commands were committed while a snapshot was installed']++;
    }
  }

  #takes(server: ServerId, { snapshot }: EventOf<'snapshotTaken'>): undefined {
    const from = this.#restoredFrom.get(server) ?? 0;
    if (from > 0 && snapshot.base.index > from) {
      this.sometimes['a snapshot was taken of what a snapshot had brought']++;
    }
  }
}
