/** Known bugs of what clients are promised: exactly once, and honest answers. */
import { notDone } from '../actors/outcome.js';
import { PendingProposals } from '../actors/pendingProposals.js';
import { Sessions } from '../actors/sessions.js';
import type { Mutant } from './mutant.js';

export const clientMutants: readonly Mutant[] = [
  {
    id: 'B65',
    bug: 'Sessions remember no answers: a command that is sent again is applied again.',
    breaks: ['Exactly Once'],
    part: { of: Sessions.prototype, method: 'remember', by: () => () => {} },
  },
  {
    id: 'B68',
    bug: 'What a server had under way when it stopped is answered as not done.',
    breaks: ['Definite Outcomes'],
    part: {
      of: PendingProposals.prototype,
      method: 'add',
      by: (add) =>
        function (index, term, settle) {
          const definite = (outcome: { type: string; reason: string }) =>
            settle(outcome.type === 'unknown' ? notDone(outcome.reason) : outcome);
          add.call(this, index, term, definite);
        },
    },
  },
];
