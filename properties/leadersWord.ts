/**
 * The leader's word: a server that its leader tells to take over stands for election at once, and
 * asks nobody whether it could win (thesis §3.10). What one of an older term says moves nobody.
 */
import type { Step } from '../actors/serverActor.js';
import type { ServerContext } from '../machines/context.js';
import type { ServerId } from '../machines/entry.js';
import { roleOf } from '../machines/server.js';
import type { Law, Watch } from '../sim/law.js';

export const leadersWord: Law = {
  name: 'Leader’s Word',
  sentence: 'A follower stands for election at once when its leader says so, and for nobody else.',
  watch: () => new LeadersWordWatch(),
};

class LeadersWordWatch implements Watch {
  readonly sometimes = { 'a follower stood for election at its leader’s word': 0 };

  step(server: ServerId, { event, before, after }: Step): string | undefined {
    if (event?.type !== 'TimeoutNowRequest' || roleOf(before!) !== 'follower') return undefined;
    const { currentTerm } = before!.context;
    const isCandidate = after.context.currentTerm > Math.max(currentTerm, event.term);
    if (event.term < currentTerm) {
      return isCandidate ? `${server} of term ${currentTerm} obeys term ${event.term}` : undefined;
    }
    if (!mayStand(before!.context)) return undefined;
    if (!isCandidate) return `${server} is told to stand for election, and does not at once`;
    this.sometimes['a follower stood for election at its leader’s word']++;
    return undefined;
  }
}

function mayStand({ id, configuration, disk }: ServerContext): boolean {
  return disk === 'ok' && configuration.voters.some((half) => half.includes(id));
}
