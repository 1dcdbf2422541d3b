/**
 * Known bugs of snapshots (§7): of taking one, of sending it in pieces, and of starting from one;
 * and defects of our own in the pieces.
 */
import type { EventOf, Outcome, ServerContext } from '../../machines/context.js';
import { Log } from '../../machines/log.js';
import { rule } from '../../machines/rule.js';
import * as snapshots from '../../machines/rules/snapshots.js';
import { type Mutant, provide } from './mutant.js';
import { mutantSchedules } from './mutantSchedules.js';

export const snapshotMutants: readonly Mutant[] = [
  {
    id: 'B51',
    bug: 'Behind an installed snapshot, entries stay that do not follow from it.',
    breaks: ['Log Matching', 'Leader Completeness', 'State Machine Safety'],
    machine: provide({ actions: { installSnapshot: rule(keepSuffix) } }),
    pinned: mutantSchedules.B51!,
  },
  {
    id: 'B53',
    bug: 'A snapshot is installed over a state that is newer.',
    breaks: ['Monotonic Indexes', 'State Machine Safety', 'Leader Completeness', 'Log Matching'],
    machine: provide({
      guards: { isCovered: () => false },
      actions: { installSnapshot: rule(installAnyway) },
    }),
    pinned: mutantSchedules.B53!,
  },
  {
    id: 'B54',
    bug: 'The term of a snapshot becomes the term of the server.',
    breaks: ['Monotonic Term', 'Election Safety'],
    pinned: mutantSchedules.B54!,
    text: [
      {
        file: 'machines/rules/snapshots.ts',
        find: 'patch.commitIndex = base.index;',
        replace: 'patch.commitIndex = base.index; patch.currentTerm = base.term;',
      },
    ],
  },
  {
    id: 'B55',
    bug: 'A follower that needs the entry where the log begins gets no snapshot.',
    breaks: ['Progress', 'Recovery'],
    text: [
      {
        file: 'machines/rules/sending.ts',
        find: 'if (before.nextIndex <= log.base.index &&',
        replace: 'if (before.nextIndex < log.base.index &&',
      },
    ],
    unitTest: 'machines/sendingSnapshots.test.ts',
  },
  {
    id: 'B56',
    bug: 'The log is cut before the snapshot that stands for it is in place.',
    breaks: ['Recovery'],
    pinned: mutantSchedules.B56!,
    text: [
      {
        file: 'actors/snapshotTaking.ts',
        find: 'if (piece.done === true) {',
        replace: 'if (piece.done === true) { taken({ base, configuration }, bytes);',
      },
      {
        file: 'actors/walCompaction.ts',
        find: 'const covered = Math.min(this.#index, this.#snapshots.newest?.index ?? 0);',
        replace: 'const covered = this.#index;',
      },
    ],
    unitTest: 'actors/walCompaction.test.ts',
  },
  {
    id: 'B57',
    bug: 'After a restart the last entry that a snapshot covers is applied once more.',
    breaks: ['State Machine Safety', 'Exactly Once'],
    text: [
      {
        file: 'actors/applier.ts',
        find: 'this.#last = base;',
        replace: 'this.#last = { ...base, index: Math.max(0, base.index - 1) };',
      },
    ],
  },
  {
    id: 'B60',
    bug: 'What is applied while a snapshot is written does not count for the next one.',
    breaks: [],
    text: [
      {
        file: 'actors/applier.ts',
        find: 'this.#entriesSince = Math.max(0, this.#entriesSince - entries);',
        replace: 'this.#entriesSince = 0;',
      },
    ],
    unitTest: 'actors/snapshots.test.ts',
  },
  {
    id: 'chunk-order',
    bug: 'A piece of a snapshot is taken wherever it begins.',
    breaks: ['Pieces In Order'],
    pinned: mutantSchedules['chunk-order']!,
    text: [
      {
        file: 'machines/installation.ts',
        find: "return installation.state === 'waiting' && chunk.offset === installation.offset;",
        replace: "return installation.state === 'waiting';",
      },
    ],
    unitTest: 'machines/installation.test.ts',
  },
  {
    id: 'chunk-older',
    bug: 'An older snapshot takes the place of a newer one that is on its way in.',
    breaks: [],
    text: [
      {
        file: 'machines/installation.ts',
        find: '(term === installation.term && base.index > installation.base.index)',
        replace: 'base.index !== installation.base.index',
      },
    ],
    unitTest: 'machines/installation.test.ts',
  },
  {
    id: 'chunk-end',
    bug: 'The last piece but one is sent as the last.',
    breaks: ['Progress'],
    text: [
      {
        file: 'actors/snapshotSending.ts',
        find: 'offset + bytes.length >= reader.length;',
        replace: 'offset + 2 * bytes.length >= reader.length;',
      },
    ],
    unitTest: 'actors/snapshotSending.test.ts',
  },
  {
    id: 'chunk-unchecked',
    bug: 'A snapshot that has lost its end is put in place.',
    breaks: [],
    text: [
      {
        file: 'actors/snapshotReceiving.ts',
        find: 'if (isLast) receiving.decoder.finish();',
        replace: '',
      },
    ],
    unitTest: 'actors/snapshotReceiving.test.ts',
  },
  {
    id: 'chunk-unstored',
    bug: 'The end of a snapshot is answered before it is in place.',
    breaks: ['Recovery', 'Leader Completeness'],
    text: [
      {
        file: 'actors/snapshotReceiving.ts',
        find: 'if (isLast) this.#complete(receiving);',
        replace: `if (isLast) {
          this.#options.snapshotStored(receiving.snapshot);
          this.#complete(receiving);
        }`,
      },
    ],
    unitTest: 'actors/snapshotReceiving.test.ts',
  },
];

type Stored = EventOf<'snapshotStored'>;

function keepSuffix(context: ServerContext, event: Stored): Outcome {
  const outcome = snapshots.installSnapshot(context, event);
  const { base } = event.snapshot;
  if (outcome.patch.log === undefined || context.log.lastIndex <= base.index) return outcome;
  const suffix = context.log.slice(base.index + 1, context.log.length);
  return { ...outcome, patch: { ...outcome.patch, log: Log.empty(base).append(suffix) } };
}

function installAnyway(context: ServerContext, event: Stored): Outcome {
  return snapshots.installSnapshot({ ...context, commitIndex: 0 }, event);
}
