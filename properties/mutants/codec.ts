/** Defects of our own in what goes over the wire: messages, entries, frames. */
import type { Mutant } from './mutant.js';
import { mutantSchedules } from './mutantSchedules.js';

export const codecMutants: readonly Mutant[] = [
  {
    id: 'wire-vote',
    bug: 'Every vote arrives as granted.',
    breaks: ['Faithful Messages', 'Durable Votes', 'Election Safety', 'Leader Completeness'],
    text: [
      {
        file: 'actors/wire.ts',
        find: 'term, voteGranted: readFlag(reader) };',
        replace: 'term, voteGranted: readFlag(reader) || true };',
      },
    ],
    unitTest: 'actors/wire.test.ts',
  },
  {
    id: 'wire-commit',
    bug: 'Round and commit index of a leader change places.',
    breaks: ['Faithful Messages'],
    text: [
      {
        file: 'actors/wire.ts',
        find: 'writer.u53(message.leaderCommit); writer.u53(message.round);',
        replace: 'writer.u53(message.round); writer.u53(message.leaderCommit);',
      },
    ],
    unitTest: 'actors/wire.test.ts',
  },
  {
    id: 'wire-transfer',
    bug: 'A vote that is asked for at the word of the leader arrives as any other.',
    breaks: ['Faithful Messages'],
    pinned: mutantSchedules.B64!,
    text: [
      {
        file: 'actors/wire.ts',
        find: 'const isTransfer = readFlag(reader);',
        replace: 'const isTransfer = readFlag(reader) && false;',
      },
    ],
    unitTest: 'actors/wire.test.ts',
  },
  {
    id: 'wire-count',
    bug: 'A message is believed how many entries it has.',
    breaks: [],
    text: [
      {
        file: 'actors/wire.ts',
        find: 'if (count * entryHeaderBytes > reader.remaining)',
        replace: 'if (false)',
      },
    ],
    unitTest: 'actors/wire.test.ts',
  },
  {
    id: 'entry-stamp',
    bug: 'The time of an entry is lost on its way.',
    breaks: ['State Machine Safety', 'Snapshots Agree', 'Log Matching'],
    text: [
      {
        file: 'actors/entryFormat.ts',
        find: 'writer.u53(entry.stampMs);',
        replace: 'writer.u53(0);',
      },
    ],
    unitTest: 'actors/entryFormat.test.ts',
  },
  {
    id: 'entry-session',
    bug: 'Session and sequence of an entry change places.',
    breaks: ['Log Matching', 'Exactly Once'],
    text: [
      {
        file: 'actors/entryFormat.ts',
        find: 'writer.u53(entry.sessionId); writer.u53(entry.sequence);',
        replace: 'writer.u53(entry.sequence); writer.u53(entry.sessionId);',
      },
    ],
    unitTest: 'actors/entryFormat.test.ts',
  },
  {
    id: 'frame-header',
    bug: 'The header of a frame that two chunks share loses its first byte.',
    breaks: [],
    text: [
      {
        file: 'actors/frame.ts',
        find: 'this.#header[this.#headerFilled++] =',
        replace: 'this.#header[++this.#headerFilled] =',
      },
    ],
    unitTest: 'actors/frame.test.ts',
  },
];
