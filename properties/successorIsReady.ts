/**
 * A leader hands over to nobody who would lose the election: whom it tells to stand at once has its
 * whole log (thesis §3.10).
 */
import type { Step } from '../actors/serverActor.js';
import type { ServerContext } from '../machines/context.js';
import type { ServerId } from '../machines/entry.js';
import type { Law, Watch } from '../sim/law.js';

export const successorIsReady: Law = {
  name: 'Successor Is Ready',
  sentence: 'A server that is told to stand for election at once has the whole log of its leader.',
  watch: () => new SuccessorIsReadyWatch(),
};

class SuccessorIsReadyWatch implements Watch {
  readonly sometimes = { 'a successor was told': 0 };
  readonly #servers = new Map<ServerId, ServerContext>();

  started(server: ServerId, { after }: Step): undefined {
    this.#servers.set(server, after.context);
  }

  folderReplaced(server: ServerId): void {
    this.#servers.delete(server);
  }

  step(server: ServerId, { after, effects }: Step): string | undefined {
    const { log, currentTerm } = after.context;
    this.#servers.set(server, after.context);
    for (const effect of effects) {
      if (effect.type !== 'send' || effect.message.type !== 'TimeoutNowRequest') continue;
      this.sometimes['a successor was told']++;
      const successor = this.#servers.get(effect.to);
      if (successor === undefined) continue;
      const { lastIndex, lastTerm } = log;
      const isKnown = lastIndex >= successor.log.base.index;
      if (isKnown && successor.log.termAt(lastIndex) !== lastTerm) {
        return `${server} hands over to ${effect.to}, which does not have entry ${lastIndex}`;
      }
      // What it has, it has said in this term, so that it knows of it.
      if (successor.currentTerm < currentTerm) {
        return `${server} hands over to ${effect.to}, which does not know term ${currentTerm}`;
      }
    }
    return undefined;
  }
}
