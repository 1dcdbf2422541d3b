/**
 * Random things that happen to a server, said in relation to what the server is by then: most terms
 * and indexes are those that matter to it, so that a random history leads through all the roles.
 */
import * as fc from 'fast-check';
import type { ServerContext, ServerEvent } from '../../machines/context.js';
import { proposal, type ServerId } from '../../machines/entry.js';
import type { Message } from '../../machines/messages.js';
import type { ServerSnapshot } from '../../machines/server.js';
import {
  appendEntries,
  appended,
  conflicted,
  entriesAfter,
  preVote,
  requestPreVote,
  requestVote,
  vote,
} from './script.js';

/** What happens, once it is known to whom. */
export type Happening = (snapshot: ServerSnapshot) => ServerEvent;

/** The choices behind a message; each kind of message makes something of them. */
interface Choice {
  readonly from: ServerId;
  /** The server's own term, mostly; or the one before, or the one after. */
  readonly term: number;
  readonly isYes: boolean;
  readonly count: number;
}

const choice = fc.record({
  from: fc.constantFrom('S2', 'S3'),
  newer: fc.constantFrom(0, 0, 0, 0, 0, 0, 0, 0, -1, 1),
  isYes: fc.constantFrom(true, true, false),
  count: fc.nat(4),
});

/** A message of one kind, as often as `weight` says. */
function said(weight: number, message: (choice: Choice, context: ServerContext) => Message) {
  const arbitrary = choice.map(
    ({ newer, ...chosen }): Happening =>
      ({ context }) => {
        const term = context.currentTerm + newer;
        return message({ ...chosen, term }, context);
      },
  );
  return { weight, arbitrary };
}

const lastTermOf = (isYes: boolean) => (isYes ? 1_000 : 0);

const elections = [
  said(1, ({ from, term, isYes }) => requestPreVote({ from, term, lastTerm: lastTermOf(isYes) })),
  said(1, ({ from, term, isYes, count }) =>
    requestVote({ from, term, lastTerm: lastTermOf(isYes), isTransfer: count === 0 }),
  ),
  said(4, ({ from, term, isYes: granted }, { currentTerm }) =>
    preVote({ from, term, forTerm: currentTerm + 1, granted }),
  ),
  said(4, ({ from, term, isYes: granted }) => vote({ from, term, granted })),
];

const appends = [
  said(2, someEntries),
  said(3, ({ from, term, count: round }, { log }) =>
    appended({ from, term, match: Math.min(round * 2, log.lastIndex), round }),
  ),
  said(1, ({ from, term, isYes, count }, { log }) => {
    const prevIndex = log.lastIndex - (isYes ? 0 : 1);
    return conflicted({ from, term, prevIndex, conflictTerm: 0, conflictIndex: count + 1 });
  }),
];

/** They continue, overwrite, repeat or leave a gap; but what is committed is never overwritten. */
function someEntries({ from, term, isYes, count }: Choice, context: ServerContext): Message {
  const { log, commitIndex } = context;
  const prevIndex = Math.max(commitIndex, log.lastIndex + 1 - count);
  return appendEntries({
    from,
    term,
    prevIndex,
    prevTerm: log.termAt(prevIndex) ?? term,
    entries: isYes ? entriesAfter(prevIndex, [term, term]) : [],
    commit: count === 0 ? log.lastIndex : 0,
  });
}

const timers = fc.constantFrom<Happening>(
  () => ({ type: 'timer.election', atMs: 0 }),
  () => ({ type: 'timer.election', atMs: 0 }),
  () => ({ type: 'timer.heartbeat', atMs: 0 }),
);

const ownDisk = fc.constant<Happening>(({ context }) => ({
  type: 'persisted',
  number: context.writeNumber,
  lastIndex: context.log.lastIndex,
  atMs: 0,
}));

const clients = fc.integer({ min: 1, max: 3 }).chain((count) =>
  fc.constantFrom<Happening>(
    () => ({ type: 'ReadRequest', batch: count, atMs: 0 }),
    () => ({
      type: 'ClientRequest',
      proposals: Array.from({ length: count }, () => proposal('command')),
      wallMs: count,
      atMs: 0,
    }),
  ),
);

/** A history of S1, one of three servers. */
export const happenings: fc.Arbitrary<Happening[]> = fc.array(
  fc.oneof(
    ...elections,
    ...appends,
    { weight: 5, arbitrary: timers },
    { weight: 2, arbitrary: ownDisk },
    { weight: 2, arbitrary: clients },
  ),
  { maxLength: 80, size: 'max' },
);
