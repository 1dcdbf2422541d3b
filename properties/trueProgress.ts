/**
 * True progress: what a leader takes for durable is durable. `matchIndex` is what a follower has on
 * its disk, it never goes back, and what is sent next lies behind it (Figure 2, volatile state on
 * leaders); and of its own entries a leader counts those that its own disk has.
 */
import type { Step } from '../actors/serverActor.js';
import type { Leadership } from '../machines/context.js';
import type { ServerId } from '../machines/entry.js';
import type { Log } from '../machines/log.js';
import type { Progress } from '../machines/progress.js';
import type { Law, Watch } from '../sim/law.js';
import { DurableDisks } from './durableDisks.js';

export const trueProgress: Law = {
  name: 'True Progress',
  sentence: 'What a leader counts as durable is so, stays so, and is not sent again.',
  watch: () => new TrueProgressWatch(),
};

class TrueProgressWatch implements Watch {
  readonly sometimes = { 'a leader learned what a follower has': 0 };
  readonly #disks = new DurableDisks();
  /** Servers whose disks lack what somebody has taken away. */
  readonly #robbed = new Set<ServerId>();

  started(server: ServerId, step: Step): undefined {
    this.#disks.started(server, step);
  }

  folderReplaced(server: ServerId): void {
    this.#disks.forget(server);
    this.#robbed.add(server);
  }

  step(server: ServerId, step: Step): string | undefined {
    this.#disks.step(server, step);
    const { leadership, log, currentTerm } = step.after.context;
    const { leadership: was, currentTerm: wasTerm } = step.before!.context;
    if (leadership === undefined || leadership === was) return undefined;
    const before = currentTerm === wasTerm ? was : undefined;
    return (
      this.#owned(server, step, leadership) ?? this.#known(server, before, leadership.progress, log)
    );
  }

  #owned(server: ServerId, { event, after }: Step, office: Leadership): string | undefined {
    const { durableIndex, noOpWrite } = office;
    if (!this.#has(server, durableIndex, after.context.log)) {
      return `${server} counts its own entry ${durableIndex}, which its disk does not have`;
    }
    if (event?.type !== 'persisted' || event.number < noOpWrite) return undefined;
    const { lastIndex } = this.#disks.of(server)!;
    if (durableIndex >= lastIndex) return undefined;
    return `${server} counts its own entries up to ${durableIndex}, and has ${lastIndex} on disk`;
  }

  #known(
    server: ServerId,
    before: Leadership | undefined,
    progress: Leadership['progress'],
    log: Log,
  ): string | undefined {
    for (const follower in progress) {
      const now = progress[follower]!;
      const was = before?.progress[follower];
      if (now === was) continue;
      const flaw = this.#flaw(follower, was, now, log);
      if (flaw !== undefined) return `${server} about ${follower}: ${flaw}`;
    }
    return undefined;
  }

  #flaw(follower: ServerId, was: Progress | undefined, now: Progress, log: Log) {
    const { matchIndex, nextIndex } = now;
    const known = was?.matchIndex ?? 0;
    if (nextIndex <= matchIndex) return `entry ${nextIndex} is sent next, and matches already`;
    if (matchIndex < known) return `what matched up to ${known} does so up to ${matchIndex} only`;
    if (matchIndex === known) return undefined;
    this.sometimes['a leader learned what a follower has']++;
    if (this.#has(follower, matchIndex, log)) return undefined;
    return `entry ${matchIndex} is counted, and not on its disk`;
  }

  #has(server: ServerId, index: number, log: Log): boolean {
    const term = log.termAt(index);
    if (term === undefined || this.#robbed.has(server)) return true;
    return this.#disks.of(server)?.holds(index, term) !== false;
  }
}
