/**
 * What befalls reads and leadership transfers, without which their laws mean nothing. No law by
 * itself: it counts, and `required.ts` says what a campaign may not have missed.
 */
import type { Step } from '../actors/serverActor.js';
import type { ServerId } from '../machines/entry.js';
import type { Law, Watch } from '../sim/law.js';

export const officeSightings: Law = {
  name: 'Sightings of Office',
  sentence: 'Counts what befalls reads and leaders that hand over, and breaks never.',
  watch: () => new OfficeSightings(),
};

class OfficeSightings implements Watch {
  readonly sometimes = {
    'a leader was deposed with reads in flight': 0,
    'a lease answered a read': 0,
    'a round of answers confirmed a read': 0,
    'a read came before the no-op was committed': 0,
    'a transfer succeeded': 0,
    'a transfer was given up': 0,
    'a leader whose disk does not serve handed over': 0,
  };
  /** Who stands since it was told to, and in which term. */
  readonly #told = new Map<ServerId, number>();

  step(server: ServerId, { event, before, after, effects }: Step): undefined {
    const was = before!.context.leadership;
    const { leadership: is, currentTerm, commitIndex, disk } = after.context;
    const { sometimes } = this;
    if (was === undefined && is === undefined) {
      if (event?.type === 'TimeoutNowRequest') this.#told.set(server, currentTerm);
      return;
    }
    if (was === undefined) {
      if (this.#told.get(server) === currentTerm) sometimes['a transfer succeeded']++;
      return;
    }
    if (is === undefined) {
      if (was.reads.length > 0) sometimes['a leader was deposed with reads in flight']++;
      return;
    }
    if (was.transfer !== is.transfer) {
      if (is.transfer === undefined) sometimes['a transfer was given up']++;
      else if (was.transfer === undefined && disk !== 'ok') {
        sometimes['a leader whose disk does not serve handed over']++;
      }
    }
    if (event?.type === 'ReadRequest') {
      if (commitIndex < is.noOpIndex) sometimes['a read came before the no-op was committed']++;
      const isAnswered = effects.some(({ type }) => type === 'confirmReads');
      if (isAnswered && is.round === was.round) sometimes['a lease answered a read']++;
    } else if (is.reads.length < was.reads.length) {
      sometimes['a round of answers confirmed a read']++;
    }
  }
}
