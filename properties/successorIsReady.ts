/**
 * A leader hands over to nobody who would lose the election: whom it tells to stand at once has its
 * whole log (thesis §3.10).
 */
import type { Step } from '../actors/serverActor.js';
import type { ServerId } from '../machines/entry.js';
import type { Log } from '../machines/log.js';
import type { Law, Watch } from '../sim/law.js';

export const successorIsReady: Law = {
  name: 'Successor Is Ready',
  sentence: 'A server that is told to stand for election at once has the whole log of its leader.',
  watch: () => new SuccessorIsReadyWatch(),
};

class SuccessorIsReadyWatch implements Watch {
  readonly sometimes = { 'a successor was told': 0 };
  readonly #logs = new Map<ServerId, Log>();

  started(server: ServerId, { after }: Step): undefined {
    this.#logs.set(server, after.context.log);
  }

  step(server: ServerId, { after, effects }: Step): string | undefined {
    const { log } = after.context;
    this.#logs.set(server, log);
    for (const effect of effects) {
      if (effect.type !== 'send' || effect.message.type !== 'TimeoutNowRequest') continue;
      this.sometimes['a successor was told']++;
      const theirs = this.#logs.get(effect.to);
      const { lastIndex, lastTerm } = log;
      if (theirs === undefined || lastIndex < theirs.base.index) continue;
      if (theirs.termAt(lastIndex) === lastTerm) continue;
      return `${server} hands over to ${effect.to}, which does not have entry ${lastIndex}`;
    }
    return undefined;
  }
}
