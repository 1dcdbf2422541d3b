/** Defects of our own in the log store: what a crash leaves, and what recovery makes of it. */
import type { Mutant } from './mutant.js';
import { mutantSchedules } from './mutantSchedules.js';

export const storageMutants: readonly Mutant[] = [
  {
    id: 'B58',
    bug: 'A batch that a crash has torn is read as if it were whole.',
    breaks: ['Recovery'],
    text: [
      {
        file: 'actors/walRecovery.ts',
        find: 'end <= bytes.length && crc32(bytes, payload, end) === header.payloadCrc',
        replace: 'end <= bytes.length',
      },
    ],
    unitTest: 'actors/walCrash.test.ts',
  },
  {
    id: 'B58b',
    bug: 'Damage in the middle of the log is cut off with all that follows.',
    breaks: [],
    text: [
      {
        file: 'actors/walRecovery.ts',
        find: `if (!isTorn)
          this.#refuse(number, at, 'the checksum of the batch does not fit');`,
        replace: '',
      },
    ],
    unitTest: 'actors/walRecovery.test.ts',
  },
  {
    id: 'store-unsynced',
    bug: 'A batch counts as durable when it is written, and not yet synced.',
    breaks: ['Whole Recovery', 'Durable Votes', 'Election Safety', 'Leader Completeness'],
    pinned: mutantSchedules.B1!,
    text: [
      {
        file: 'actors/walSegments.ts',
        find: 'else file.sync((failure) => done(failure));',
        replace: 'else { done(undefined); file.sync(() => {}); }',
      },
    ],
    unitTest: 'actors/walCrash.test.ts',
  },
  {
    id: 'store-tear',
    bug: 'What a crash has torn is not zeroed before the log goes on there.',
    breaks: [],
    text: [
      {
        file: 'actors/walRecovery.ts',
        find: 'tear: this.#tear,',
        replace: 'tear: undefined,',
      },
    ],
    unitTest: 'actors/walCrash.test.ts',
  },
  {
    id: 'store-replaced',
    bug: 'Recovery keeps entries that were replaced.',
    breaks: ['Log Matching'],
    pinned: mutantSchedules['store-replaced']!,
    text: [
      {
        file: 'actors/walReplay.ts',
        find: `if (index <= lastIndex)
          entries.length = Math.max(0, index - 1 - this.baseIndex);`,
        replace: '',
      },
    ],
    unitTest: 'actors/walReplay.test.ts',
  },
  {
    id: 'store-base',
    bug: 'Recovery keeps entries from before a snapshot that has taken their place.',
    breaks: ['Recovery'],
    text: [
      {
        file: 'actors/walReplay.ts',
        find: 'this.entries.length = 0;',
        replace: '',
      },
    ],
    unitTest: 'actors/walReplay.test.ts',
  },
  {
    id: 'store-checkpoint',
    bug: 'The checkpoint of a segment forgets the vote.',
    breaks: ['Recovery', 'Election Safety'],
    text: [
      {
        file: 'actors/walRecords.ts',
        find: 'writeVote(writer, of.currentTerm, of.votedFor);',
        replace: 'writeVote(writer, of.currentTerm, undefined);',
      },
    ],
    unitTest: 'actors/walReplay.test.ts',
  },
  {
    id: 'store-dropped',
    bug: 'A segment goes though the snapshot covers only a part of it.',
    breaks: ['Recovery', 'Leader Completeness'],
    pinned: mutantSchedules.B56!,
    text: [
      {
        file: 'actors/walSegments.ts',
        find: 'oldest.indexMax <= index ? oldest : undefined',
        replace: 'index > 0 ? oldest : undefined',
      },
    ],
    unitTest: 'actors/walCompaction.test.ts',
  },
  {
    id: 'store-begun',
    bug: 'The oldest segment goes before a later one holds a checkpoint that is durable.',
    breaks: ['Recovery'],
    pinned: mutantSchedules.B56!,
    text: [
      {
        file: 'actors/walSegments.ts',
        find: 'return this.#isBegun && oldest !== undefined',
        replace: 'return oldest !== undefined',
      },
    ],
    unitTest: 'actors/walCompaction.test.ts',
  },
  {
    id: 'store-connect',
    bug: 'A log that differs from the snapshot before it goes on behind it nevertheless.',
    breaks: ['Whole Recovery'],
    pinned: mutantSchedules['store-connect']!,
    text: [
      {
        file: 'actors/walConnection.ts',
        find: 'if (term !== snapshot.term)',
        replace: 'if (term === undefined)',
      },
    ],
    unitTest: 'actors/walReplay.test.ts',
  },
];
