/** Known bugs of replication and commitment (§5.3, §5.4.2). */
import type { EventOf, Outcome, ServerContext } from '../../machines/context.js';
import type { Effect } from '../../machines/effects.js';
import { quorumValue } from '../../machines/quorum.js';
import { rule } from '../../machines/rule.js';
import * as following from '../../machines/rules/following.js';
import * as leading from '../../machines/rules/leading.js';
import { type Mutant, provide } from './mutant.js';
import { mutantSchedules } from './mutantSchedules.js';

export const replicationMutants: readonly Mutant[] = [
  {
    id: 'B9b',
    bug: 'What fewer than a majority hold is committed.',
    breaks: ['Durable Commits', 'Leader Completeness', 'State Machine Safety'],
    pinned: mutantSchedules.B9b!,
    text: [
      {
        file: 'machines/quorum.ts',
        find: 'values[Math.floor(voters.length / 2)]',
        replace: 'values[Math.floor(voters.length / 2) - 1]',
      },
    ],
  },
  {
    id: 'B16',
    bug: 'A leader commits an entry of an older term because a majority holds it (Figure 8).',
    breaks: ['Leader Completeness', 'State Machine Safety'],
    pinned: mutantSchedules.B16!,
    machine: provide({ actions: { recordMatch: rule(commitAnyTerm) } }),
  },
  {
    id: 'B18',
    bug: 'A follower takes whatever commit index it is told, also an older one.',
    breaks: ['Monotonic Indexes', 'State Machine Safety'],
    machine: provide({ actions: { acceptEntries: rule(commitAsTold) } }),
  },
  {
    id: 'B19',
    bug: 'A follower drops what follows the entries that it gets, though those match.',
    breaks: ['Leader Completeness', 'True Progress', 'Log Matching', 'State Machine Safety'],
    machine: provide({ actions: { acceptEntries: rule(truncateAlways) } }),
  },
  {
    id: 'B21',
    bug: 'What matches is taken from whichever answer came last, also from an older one.',
    breaks: ['True Progress'],
    unitTest: 'machines/progress.test.ts',
    text: [
      {
        file: 'machines/progress.ts',
        find: 'const match = Math.max(progress.matchIndex, matchIndex);',
        replace: 'const match = matchIndex;',
      },
    ],
  },
  {
    id: 'B22',
    bug: 'A late refusal takes back what is known to match.',
    breaks: ['True Progress'],
    unitTest: 'machines/progress.test.ts',
    text: [
      {
        file: 'machines/progress.ts',
        find: ': prevLogIndex > progress.matchIndex;',
        replace: ': true;',
      },
      {
        file: 'machines/progress.ts',
        find: 'nextIndex: Math.max(nextIndex, progress.matchIndex + 1),',
        replace: 'nextIndex,',
      },
    ],
  },
  {
    id: 'B24',
    bug: 'A leader counts itself among those who hold an entry before its own disk does.',
    breaks: ['True Progress', 'Durable Commits', 'Leader Completeness', 'State Machine Safety'],
    pinned: mutantSchedules.B24!,
    machine: provide({
      actions: {
        becomeLeader: rule(countingItself(leading.becomeLeader)),
        clientRequest: rule(countingItself(leading.clientRequest)),
      },
    }),
  },
  {
    id: 'B26',
    bug: 'Of several writes that are durable at once only the first is counted.',
    breaks: ['True Progress'],
    unitTest: 'actors/durabilityGate.test.ts',
    text: [
      {
        file: 'actors/durabilityGate.ts',
        find: 'return done[done.length - 1]?.lastIndex',
        replace: 'return done[0]?.lastIndex',
      },
    ],
  },
  {
    id: 'B26b',
    bug: 'A write of an earlier term counts for a leader, though a truncation has undone it.',
    breaks: [],
    unitTest: 'machines/commitment.test.ts',
    text: [
      {
        file: 'machines/raft.ts',
        find: '.noOpWrite',
        replace: '.noOpWrite || true',
      },
    ],
  },
  {
    id: 'B27',
    bug: 'A heartbeat is heard whatever its term.',
    breaks: ['Election Safety'],
    text: [
      {
        file: 'machines/raft.ts',
        find: 'event.term < context.currentTerm',
        replace: `event.term < context.currentTerm &&
          !(event.type === 'AppendEntriesRequest' && event.entries.length === 0)`,
      },
    ],
  },
  {
    id: 'B28',
    bug: 'A follower commits what it is told to, though its log may differ there.',
    breaks: ['Leader Completeness', 'State Machine Safety'],
    pinned: mutantSchedules.B28!,
    text: [
      {
        file: 'machines/rules/following.ts',
        find: 'const commitIndex = Math.min(event.leaderCommit, matchIndex);',
        replace: 'const commitIndex = Math.min(event.leaderCommit, context.log.lastIndex);',
      },
    ],
  },
  {
    id: 'B29',
    bug: 'Entries that a snapshot covers are taken for a conflict.',
    breaks: ['Committed Entries Match'],
    unitTest: 'machines/following.test.ts',
    text: [
      {
        file: 'machines/rules/following.ts',
        find: `event.prevLogIndex < log.base.index ||
          log.termAt(event.prevLogIndex) === event.prevLogTerm`,
        replace: 'log.termAt(event.prevLogIndex) === event.prevLogTerm',
      },
    ],
  },
  {
    id: 'B30',
    bug: 'An entry that is not in the log any more is sent as if nothing came before the rest.',
    breaks: ['Whole Runs'],
    unitTest: 'machines/sendingSnapshots.test.ts',
    text: [
      {
        file: 'machines/rules/sending.ts',
        find: "if (before.nextIndex <= log.base.index && before.state !== 'snapshotting') {",
        replace: 'if (false) {',
      },
      {
        file: 'machines/rules/sending.ts',
        find: 'effects.push(appendEntries(context, to, next - 1, entries, nowMs));',
        replace: `const before = log.termAt(next - 1) === undefined ? 0 : next - 1;
          effects.push(appendEntries(context, to, before, entries, nowMs));`,
      },
    ],
  },
  {
    id: 'B32',
    bug: 'Bytes that wait to be committed are never given back.',
    breaks: ['Progress'],
    unitTest: 'actors/serverActorOffice.test.ts',
    text: [
      {
        file: 'actors/serverActor.ts',
        find: `this.#uncommittedBytes =
          Math.max(0, this.#uncommittedBytes - entry.bytes.length);`,
        replace: '',
      },
    ],
  },
  {
    id: 'B33',
    bug: 'A new leader appends nothing of its own term.',
    breaks: ['Progress'],
    unitTest: 'machines/commitment.test.ts',
    text: [
      {
        file: 'machines/rules/leading.ts',
        find: `const { patch, effects } =
          append({ ...context, leadership: office }, noOp, atMs);`,
        replace: `const { patch, effects } = noOp.length === 0 ? undefined :
          { patch: { leadership: office }, effects: [] };`,
      },
      {
        file: 'machines/rules/leading.ts',
        find: 'noOpIndex: log.lastIndex + 1,',
        replace: 'noOpIndex: log.lastIndex,',
      },
    ],
  },
];

function commitAnyTerm(context: ServerContext, event: EventOf<'AppendEntriesResponse'>): Outcome {
  const outcome = leading.recordMatch(context, event);
  const { leadership = context.leadership!, commitIndex = context.commitIndex } = outcome.patch;
  const agreed = quorumValue(context.configuration.voters, (id) =>
    id === context.id ? leadership!.durableIndex : (leadership!.progress[id]?.matchIndex ?? 0),
  );
  if (agreed <= commitIndex) return outcome;
  const apply: Effect = { type: 'apply', commitIndex: agreed };
  return { patch: { ...outcome.patch, commitIndex: agreed }, effects: [...outcome.effects, apply] };
}

function countingItself<E>(step: (context: ServerContext, event: E) => Outcome) {
  return (context: ServerContext, event: E): Outcome => {
    const { patch, effects } = step(context, event);
    const leadership = { ...patch.leadership!, durableIndex: patch.log!.lastIndex };
    return { patch: { ...patch, leadership }, effects };
  };
}

type AppendEntries = EventOf<'AppendEntriesRequest'>;

function commitAsTold(context: ServerContext, event: AppendEntries): Outcome {
  const { patch, effects } = following.acceptEntries(context, event);
  const matchIndex = event.prevLogIndex + event.entries.length;
  return { patch: { ...patch, commitIndex: Math.min(event.leaderCommit, matchIndex) }, effects };
}

function truncateAlways(context: ServerContext, event: AppendEntries): Outcome {
  const { log } = context;
  const isInside = event.prevLogIndex >= log.base.index && event.prevLogIndex < log.lastIndex;
  const isCut = isInside && event.entries.length > 0;
  const cut = isCut ? { ...context, log: log.truncate(event.prevLogIndex + 1) } : context;
  return following.acceptEntries(cut, event);
}
