/**
 * Nothing that was acknowledged is lost: every later leader has it. That follows from Leader
 * Completeness as long as only committed entries are acknowledged; this law rests on nothing but
 * what clients were told.
 */
import type { Applied, Step } from '../actors/serverActor.js';
import type { ServerId } from '../machines/entry.js';
import { roleOf } from '../machines/server.js';
import type { ClientHappening, Law, Watch } from '../sim/law.js';

export const nothingAcknowledgedIsLost: Law = {
  name: 'Nothing Acknowledged Is Lost',
  sentence: 'What a client was told to be done is in the log of every leader of a later term.',
  watch: () => new NothingAcknowledgedIsLostWatch(),
};

class NothingAcknowledgedIsLostWatch implements Watch {
  readonly sometimes = { 'a leader was elected after an acknowledgement': 0 };
  /** Terms of applied entries, by index. */
  readonly #terms: number[] = [];
  #newestTerm = 0;
  /** The last entry that anybody was told of; `since`: no term was newer then. */
  #acknowledged = { index: 0, since: 0 };

  applied(_server: ServerId, { entry }: Applied): undefined {
    this.#terms[entry.index] ??= entry.term;
  }

  executed(_server: ServerId, index: number, term: number): undefined {
    this.#terms[index] ??= term;
  }

  client(happening: ClientHappening): undefined {
    if (happening.type !== 'settled' || happening.outcome !== 'done') return;
    const { index = 0 } = happening;
    if (index > this.#acknowledged.index) this.#acknowledged = { index, since: this.#newestTerm };
  }

  step(server: ServerId, { before, after }: Step): string | undefined {
    const { currentTerm, log } = after.context;
    this.#newestTerm = Math.max(this.#newestTerm, currentTerm);
    if (roleOf(after) !== 'leader' || roleOf(before!) === 'leader') return undefined;
    const { index, since } = this.#acknowledged;
    // A candidate of an older term may take office late, and need not have it.
    if (index === 0 || currentTerm <= since) return undefined;
    this.sometimes['a leader was elected after an acknowledgement']++;
    // By Log Matching the last one stands for all before it.
    if (index < log.base.index || log.termAt(index) === this.#terms[index]) return undefined;
    return `${server} leads term ${currentTerm} without entry ${index}, which a client was told of`;
  }
}
