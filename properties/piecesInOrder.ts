/**
 * Pieces in order: what a follower puts aside of a snapshot is the snapshot from its beginning on,
 * each piece where the one before it ends (§7, Figure 13, 2 to 4); and of two snapshots of one
 * leader the newer one goes on, whichever comes later.
 */
import type { Step } from '../actors/serverActor.js';
import type { StoreChunk } from '../machines/effects.js';
import type { ServerId } from '../machines/entry.js';
import type { Law, Watch } from '../sim/law.js';

export const piecesInOrder: Law = {
  name: 'Pieces In Order',
  sentence: 'A snapshot is put aside piece after piece, and does not give way to an older one.',
  watch: () => new PiecesInOrderWatch(),
};

class PiecesInOrderWatch implements Watch {
  readonly sometimes = { 'a piece of a snapshot followed another': 0 };
  /** What each server has put aside: of which snapshot, and how far. */
  readonly #aside = new Map<ServerId, { readonly index: number; readonly end: number }>();

  started(server: ServerId): undefined {
    this.#aside.delete(server);
  }

  step(server: ServerId, { event, before, effects }: Step): string | undefined {
    for (const effect of effects) {
      if (effect.type !== 'storeChunk') continue;
      const under = before!.context.installation;
      const isOfOneLeader = event?.type === 'InstallSnapshotRequest' && event.term === under?.term;
      if (isOfOneLeader && effect.base.index < under!.base.index) {
        return `${server} leaves snapshot ${under!.base.index} for ${effect.base.index}`;
      }
      const flaw = this.#flaw(server, effect);
      if (flaw !== undefined) return flaw;
    }
    return undefined;
  }

  #flaw(server: ServerId, { base: { index }, offset, bytes }: StoreChunk): string | undefined {
    const before = this.#aside.get(server);
    this.#aside.set(server, { index, end: offset + bytes.length });
    if (offset === 0) return undefined;
    this.sometimes['a piece of a snapshot followed another']++;
    if (before?.index === index && before.end === offset) return undefined;
    return `${server} puts byte ${offset} of snapshot ${index} behind byte ${before?.end ?? 0}`;
  }
}
