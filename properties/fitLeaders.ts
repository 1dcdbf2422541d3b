/**
 * Fit leaders: a leader whose disk does not serve keeps others from what they could do without it,
 * and hands over to one that answers (thesis §3.10). It need not succeed; it must try.
 */
import type { Step } from '../actors/serverActor.js';
import type { ServerContext } from '../machines/context.js';
import type { ServerId } from '../machines/entry.js';
import type { Law, Watch } from '../sim/law.js';

export const fitLeaders: Law = {
  name: 'Fit Leaders',
  sentence:
    'A leader that has committed in its term, and whose disk does not serve, hands over at its ' +
    'next heartbeat, if it can.',
  watch: () => new FitLeadersWatch(),
};

class FitLeadersWatch implements Watch {
  readonly sometimes = { 'a leader with a bad disk was about to hand over': 0 };

  step(server: ServerId, { event, before, after }: Step): string | undefined {
    if (event?.type !== 'timer.heartbeat') return undefined;
    const { context } = before!;
    const { leadership, disk, commitIndex } = context;
    if (disk === 'ok' || leadership === undefined || leadership.transfer !== undefined) {
      return undefined;
    }
    // Before that it does not know what is committed, and cannot say that another one has it.
    if (commitIndex < leadership.noOpIndex) return undefined;
    if (!isAnswered(context, event.atMs) || after.context.leadership === undefined)
      return undefined;
    this.sometimes['a leader with a bad disk was about to hand over']++;
    if (after.context.leadership.transfer !== undefined) return undefined;
    return `${server} leads on, with a disk that is ${disk}`;
  }
}

/** Whether some voter answers that could take over. */
function isAnswered({ id, configuration, leadership, settings }: ServerContext, atMs: number) {
  return configuration.voters.flat().some((other) => {
    const contactMs = leadership!.progress[other]?.contactMs ?? Number.NEGATIVE_INFINITY;
    return other !== id && atMs - contactMs < settings.electionTimeoutMinMs;
  });
}
