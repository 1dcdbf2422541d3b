/**
 * Known bugs of what clients are promised: exactly once, and honest answers; and defects of our own
 * in the client that ships.
 */
import { notDone } from '../../actors/outcome.js';
import { PendingProposals } from '../../actors/pendingProposals.js';
import { Sessions } from '../../actors/sessions.js';
import type { Mutant } from './mutant.js';
import { mutantSchedules } from './mutantSchedules.js';

export const clientMutants: readonly Mutant[] = [
  {
    id: 'B65',
    bug: 'Sessions remember no answers: a command that is sent again is applied again.',
    breaks: ['Exactly Once'],
    part: { of: Sessions.prototype, method: 'remember', by: () => () => {} },
  },
  {
    id: 'B67',
    bug: 'Sessions live by the clock of each server, and not by the time of the log.',
    breaks: ['Snapshots Agree'],
    pinned: mutantSchedules.B67!,
    text: [
      {
        file: 'actors/applier.ts',
        find: 'entry.sessionId === 0 ? this.#applyCommand(entry) : this.#applyOnce(entry);',
        replace: `entry.sessionId === 0 ? this.#applyCommand(entry) : this.#applyOnce({
          ...entry, stampMs: Math.floor(this.#options.monotonicMs()) });`,
      },
    ],
  },
  {
    id: 'B68',
    pinned: mutantSchedules.B68!,
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
  {
    id: 'B69',
    bug: 'Whoever waits for an entry that a snapshot has taken the place of is never answered.',
    breaks: ['Every Request Settles'],
    text: [
      {
        file: 'actors/pendingProposals.ts',
        find: `for (const { settle } of covered)
          settle(unknown('a snapshot took its place in the log'));`,
        replace: '',
      },
    ],
    unitTest: 'actors/pendingProposals.test.ts',
  },
  {
    id: 'B71',
    bug: 'What a state machine throws keeps its server from applying what follows.',
    breaks: [],
    text: [
      {
        file: 'actors/applier.ts',
        find: "return { type: 'threw', index, error };",
        replace: 'throw error;',
      },
    ],
    unitTest: 'actors/applier.test.ts',
  },
  {
    id: 'client-certain',
    bug: 'A client calls a command not done that was sent before, and never refused.',
    breaks: ['Definite Outcomes'],
    text: [
      {
        file: 'machines/clientRequests.ts',
        find: "return state === 'sent' || isUncertain;",
        replace: 'return isUncertain;',
      },
    ],
    unitTest: 'machines/rules/calling.test.ts',
  },
  {
    id: 'client-acknowledges',
    bug: 'A client says that it has answers that it still waits for.',
    breaks: ['Honest Acknowledgements'],
    text: [
      {
        file: 'machines/clientRequests.ts',
        find: 'inFlight.find(({ sequence }) => sequence > 0)?.sequence ?? nextSequence;',
        replace: 'nextSequence;',
      },
    ],
    unitTest: 'machines/rules/calling.test.ts',
  },
  {
    id: 'client-new-sequence',
    bug: 'A client sends a command again under a sequence of its own.',
    breaks: ['Once Per Request', 'Linearizability'],
    text: [
      {
        file: 'machines/rules/calling.ts',
        find: 'const kept = { ...left, inFlight };',
        replace: `let { nextSequence } = left;
          for (const request of due)
            if (request.sequence > 0) request.sequence = nextSequence++;
          const kept = { ...left, inFlight, nextSequence };`,
      },
    ],
    unitTest: 'machines/rules/calling.test.ts',
  },
  {
    id: 'client-late',
    bug: 'A client takes the refusal of an earlier attempt for that of the latest.',
    breaks: [],
    text: [
      {
        file: 'machines/clientRequests.ts',
        find: "request.state === 'sent' && request.attempts === attempt",
        replace: "request.state === 'sent' && attempt > 0",
      },
    ],
    unitTest: 'machines/rules/calling.test.ts',
  },
  {
    id: 'session-table',
    bug: 'A snapshot freezes the sessions, and they go on changing.',
    breaks: ['Snapshots Agree'],
    pinned: mutantSchedules['session-table']!,
    text: [
      {
        file: 'actors/sessions.ts',
        find: 'const isFrozen = found.generation !== this.#generation;',
        replace: 'const isFrozen = false;',
      },
    ],
    unitTest: 'actors/sessionsHistory.test.ts',
  },
];
