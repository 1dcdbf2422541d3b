/**
 * Committed entries match: a leader has every entry that is committed, so nobody refuses what
 * follows one of them (Figure 2, AppendEntries 2; Leader Completeness, §5.4). A follower that takes
 * what a snapshot covers for a conflict would send its leader back to the beginning.
 */
import type { Step } from '../actors/serverActor.js';
import type { ServerId } from '../machines/entry.js';
import type { Law, Watch } from '../sim/law.js';

export const committedEntriesMatch: Law = {
  name: 'Committed Entries Match',
  sentence: 'No server refuses what follows an entry that it knows to be committed.',
  watch: () => new CommittedEntriesMatchWatch(),
};

class CommittedEntriesMatchWatch implements Watch {
  readonly sometimes = { 'entries came that follow from a committed one': 0 };

  step(server: ServerId, { event, before, after, effects }: Step): string | undefined {
    if (event?.type !== 'AppendEntriesRequest') return undefined;
    const { commitIndex } = before!.context;
    const { prevLogIndex, term } = event;
    if (term !== after.context.currentTerm || prevLogIndex > commitIndex) return undefined;
    this.sometimes['entries came that follow from a committed one']++;
    const isRefused = effects.some(
      (effect) =>
        effect.type === 'send' &&
        effect.message.type === 'AppendEntriesResponse' &&
        !effect.message.success,
    );
    if (!isRefused) return undefined;
    return `${server} refuses what follows entry ${prevLogIndex}, and ${commitIndex} are committed`;
  }
}
