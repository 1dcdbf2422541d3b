/**
 * Monotonic indexes: `commitIndex` and `lastApplied` only increase (Figure 2). Both are volatile: a
 * server that starts again begins with what the snapshot in its folder covers, and that is never
 * less than it has put in place there.
 */
import type { Applied, Step } from '../actors/serverActor.js';
import type { ServerId } from '../machines/entry.js';
import type { Law, Watch } from '../sim/law.js';

export const monotonicIndexes: Law = {
  name: 'Monotonic Indexes',
  sentence:
    'What a server knows to be committed and what it has applied only grow while it runs, the ' +
    'second behind the first, and it starts from the newest of its snapshots.',
  watch: () => new MonotonicIndexesWatch(),
};

interface Indexes {
  committed: number;
  applied: number;
}

class MonotonicIndexesWatch implements Watch {
  readonly sometimes = { 'a server applied more than its snapshot covered': 0 };
  readonly #indexes = new Map<ServerId, Indexes>();
  /** The newest snapshot that each folder holds. */
  readonly #placed = new Map<ServerId, number>();

  snapshotPlaced(server: ServerId, index: number): undefined {
    this.#placed.set(server, Math.max(index, this.#placed.get(server) ?? 0));
  }

  folderReplaced(server: ServerId): void {
    this.#placed.delete(server);
  }

  started(server: ServerId, { after }: Step): string | undefined {
    const { commitIndex, snapshot } = after.context;
    const { index } = snapshot.base;
    this.#indexes.set(server, { committed: commitIndex, applied: index });
    const placed = this.#placed.get(server) ?? 0;
    if (index >= placed) return undefined;
    return `${server} had a snapshot of entry ${placed}, and starts from that of ${index}`;
  }

  step(server: ServerId, { before, after, effects }: Step): string | undefined {
    const was = before!.context.commitIndex;
    const { commitIndex } = after.context;
    if (commitIndex === was) return undefined;
    if (commitIndex < was) return `the commit index of ${server} went back from ${was}`;
    const indexes = this.#of(server);
    indexes.committed = commitIndex;
    for (const effect of effects) {
      if (effect.type !== 'restore') continue;
      if (effect.base.index < indexes.applied) return this.#wentBack(server, effect.base.index);
      indexes.applied = effect.base.index;
    }
    return undefined;
  }

  applied(server: ServerId, { entry: { index } }: Applied): string | undefined {
    const indexes = this.#of(server);
    if (index > indexes.committed) return `${server} applied entry ${index}, not yet committed`;
    if (index <= indexes.applied) return this.#wentBack(server, index);
    indexes.applied = index;
    if (this.#placed.has(server)) {
      this.sometimes['a server applied more than its snapshot covered']++;
    }
    return undefined;
  }

  #wentBack(server: ServerId, index: number): string {
    return `${server} went back to entry ${index} after it had applied ${this.#of(server).applied}`;
  }

  #of(server: ServerId): Indexes {
    let indexes = this.#indexes.get(server);
    if (indexes === undefined) this.#indexes.set(server, (indexes = { committed: 0, applied: 0 }));
    return indexes;
  }
}
