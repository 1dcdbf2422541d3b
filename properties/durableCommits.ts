/**
 * Durable commits: what is committed lies on the disks of a quorum (§5.3: "stored on a majority of
 * the servers"), from the moment when its leader says so. A leader that counted what a server had
 * only in memory would lose it to a power cut.
 */
import type { Step } from '../actors/serverActor.js';
import type { ServerId } from '../machines/entry.js';
import { isQuorum } from '../machines/quorum.js';
import type { Law, Watch } from '../sim/law.js';
import { DurableDisks } from './durableDisks.js';

export const durableCommits: Law = {
  name: 'Durable Commits',
  sentence: 'A committed entry is durable on a quorum, from its commit on.',
  watch: () => new DurableCommitsWatch(),
};

class DurableCommitsWatch implements Watch {
  readonly sometimes = {
    'an entry was durable on a quorum': 0,
    'a leader committed before its own disk had it': 0,
  };
  readonly #disks = new DurableDisks();
  /** Terms of committed entries by index, */
  readonly #terms: number[] = [];
  /** and who decided on the last of them. */
  #voters: readonly (readonly ServerId[])[] = [];
  /** Servers whose disks lack what somebody has taken away. */
  readonly #robbed = new Set<ServerId>();

  started(server: ServerId, step: Step): string | undefined {
    const before = this.#disks.started(server, step);
    const { lastIndex } = step.after.context.log;
    if (before === undefined || lastIndex >= before.lastIndex) return undefined;
    return this.#stillHeld(lastIndex + 1);
  }

  folderReplaced(server: ServerId): void {
    this.#disks.forget(server);
    this.#robbed.add(server);
  }

  step(server: ServerId, step: Step): string | undefined {
    for (const { entries, base } of this.#disks.step(server, step)) {
      const first = base !== undefined ? base.index + 1 : entries[0]?.index;
      if (first === undefined || first >= this.#terms.length) continue;
      const broken = this.#stillHeld(first);
      if (broken !== undefined) return broken;
    }
    const { commitIndex, leadership } = step.after.context;
    if (leadership === undefined || commitIndex <= step.before!.context.commitIndex) {
      return undefined;
    }
    return this.#committed(server, step);
  }

  #committed(server: ServerId, { after }: Step): string | undefined {
    const { commitIndex, log, configuration } = after.context;
    this.#voters = configuration.voters;
    const isOwnDurable = this.#disks.of(server)!.holds(commitIndex, log.termAt(commitIndex)!);
    if (!isOwnDurable) this.sometimes['a leader committed before its own disk had it']++;
    const first = Math.max(this.#terms.length, log.firstIndex);
    for (let index = first; index <= commitIndex; index++) {
      this.#terms[index] = log.termAt(index)!;
      this.sometimes['an entry was durable on a quorum']++;
    }
    return this.#stillHeld(first);
  }

  /** Holds the disks against the committed entries from `first` on. */
  #stillHeld(first: number): string | undefined {
    for (let index = first; index < this.#terms.length; index++) {
      const term = this.#terms[index];
      if (term === undefined) continue;
      const has = (id: ServerId) =>
        this.#robbed.has(id) || this.#disks.of(id)?.holds(index, term) === true;
      if (isQuorum(this.#voters, has)) continue;
      return `entry ${index} of term ${term} is committed, and not durable on a quorum`;
    }
    return undefined;
  }
}
