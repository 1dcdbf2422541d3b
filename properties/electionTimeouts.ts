/**
 * Election timeouts: whoever hears its leader waits anew for it, also where it cannot take what the
 * leader sends; and each wait is drawn by chance, so that servers seldom stand together (§5.2). A
 * follower that did not wait anew would depose a leader that is well.
 */
import type { Step } from '../actors/serverActor.js';
import type { ServerId } from '../machines/entry.js';
import { roleOf } from '../machines/server.js';
import type { Law, Watch } from '../sim/law.js';

export const electionTimeouts: Law = {
  name: 'Election Timeouts',
  sentence: 'A follower that hears its leader waits anew, each time for as long as chance says.',
  watch: () => new ElectionTimeoutsWatch(),
};

class ElectionTimeoutsWatch implements Watch {
  readonly sometimes = { 'a follower waited anew for its leader': 0 };

  step(server: ServerId, { event, after, effects }: Step): string | undefined {
    const { settings, currentTerm } = after.context;
    const isDrawn =
      settings.electionTimeoutMinMs < settings.electionTimeoutMaxMs &&
      settings.retryMinMs < settings.retryMaxMs;
    let isAnew = false;
    for (const effect of effects) {
      if (effect.type !== 'setTimer' || effect.timer !== 'election') continue;
      isAnew = true;
      const { minMs, maxMs } = effect;
      if (isDrawn && minMs >= maxMs) return `${server} waits ${minMs} ms, and never another time`;
    }
    if (event?.type !== 'AppendEntriesRequest' || event.term !== currentTerm) return undefined;
    if (roleOf(after) !== 'follower') return undefined;
    if (!isAnew) return `${server} heard ${event.from}, and does not wait anew for it`;
    this.sometimes['a follower waited anew for its leader']++;
    return undefined;
  }
}
