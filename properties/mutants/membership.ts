/**
 * Known bugs of membership changes (§6, thesis §4): what of them there can be before servers can be
 * added and removed, and the others, which wait for that.
 */
import type { Mutant } from './mutant.js';
import { mutantSchedules } from './mutantSchedules.js';

export const membershipMutants: readonly Mutant[] = [
  {
    id: 'B46',
    bug: 'A snapshot does not hold the configuration.',
    breaks: ['Configuration Follows the Log', 'Progress'],
    pinned: mutantSchedules.B46!,
    text: [
      {
        file: 'actors/applier.ts',
        find: 'configuration: this.#configuration,',
        replace: 'configuration: noConfiguration,',
      },
    ],
  },
];

/** Bugs that there is no place for, by number. */
export const notBuilt: Readonly<Record<string, string>> = {
  B23: 'An answer of a server that was removed and added again counts.',
  B42: 'A configuration changes before the leader has committed anything of its term.',
  B43: 'Of a joint configuration only one half is asked.',
  B44: 'A candidate has not applied a configuration that is committed.',
  B47: 'A learner leads, or a new voter refuses its vote as it does not know itself for one.',
  B48: 'A joint configuration is left several times, or never.',
  B49: 'A second change begins before the first one is over.',
  B50: 'A server comes back with an empty disk under its old id.',
};

/** Why. */
export const whyNotBuilt = 'membership changes are not built yet';
