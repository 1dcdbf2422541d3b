/**
 * Random things that happen to a server, said in relation to what the server is by then: most terms
 * and indexes are those that matter to it, so that a random history leads through all the roles.
 */
import * as fc from 'fast-check';
import type { DiskCondition, ServerContext, ServerEvent } from '../../machines/context.js';
import { proposal, type ServerId } from '../../machines/entry.js';
import type { Message } from '../../machines/messages.js';
import type { ServerSnapshot } from '../../machines/server.js';
import {
  appendEntries,
  appended,
  conflicted,
  entriesAfter,
  installed,
  installSnapshot,
  logBase,
  preVote,
  requestPreVote,
  requestVote,
  timeoutNow,
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
  readonly atMs: number;
}

/** At once, within the shortest election timeout, and after the longest. */
const atMs = fc.constantFrom(0, 0, 150, 1_000);

const choice = fc.record({
  from: fc.constantFrom('S2', 'S3'),
  newer: fc.constantFrom(...Array<number>(14).fill(0), -1, 1),
  isYes: fc.constantFrom(true, true, false),
  count: fc.nat(4),
  atMs,
});

/** A message of one kind, as often as `weight` says. */
function said(weight: number, message: (choice: Choice, context: ServerContext) => Message) {
  const arbitrary = choice.map(
    ({ newer, ...chosen }): Happening =>
      ({ context }) => {
        const term = context.currentTerm + newer;
        return { ...message({ ...chosen, term }, context), atMs: chosen.atMs };
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
  said(6, ({ from, term, isYes: granted }) => vote({ from, term, granted })),
];

const appends = [
  said(1, someEntries),
  said(3, ({ from, term, count: round }, { log }) =>
    appended({ from, term, match: Math.min(round * 2, log.lastIndex), round }),
  ),
  said(1, ({ from, term, isYes, count }, { log }) => {
    const prevIndex = log.lastIndex - (isYes ? 0 : 1);
    return conflicted({ from, term, prevIndex, conflictTerm: 0, conflictIndex: count + 1 });
  }),
];

/** In a term nobody else leads (Election Safety). */
const leaderOf = (term: number): ServerId => (term % 2 === 0 ? 'S2' : 'S3');

/** They continue, overwrite, repeat or leave a gap; but what is committed is never overwritten. */
function someEntries({ term, isYes, count }: Choice, context: ServerContext): Message {
  const { log, commitIndex } = context;
  const prevIndex = Math.max(commitIndex, log.lastIndex + 1 - count);
  return appendEntries({
    from: leaderOf(term),
    term,
    prevIndex,
    prevTerm: log.termAt(prevIndex) ?? term,
    entries: isYes ? entriesAfter(prevIndex, [term, term]) : [],
    commit: count === 0 ? log.lastIndex : 0,
  });
}

const snapshots = [
  said(1, ({ term, isYes, count }, { log, installation }) => {
    const { index } = installation?.base ?? { index: log.lastIndex + count - 2 };
    const offset = isYes ? (installation?.offset ?? 0) : 0;
    const isLast = count < 3;
    return installSnapshot({ from: leaderOf(term), term, index, entryTerm: term, offset, isLast });
  }),
  said(2, ({ from, term, isYes, count }, { log, leadership }) => {
    const index = leadership?.progress[from]?.installing?.base.index ?? log.base.index;
    return installed({ from, term, index, ...(isYes ? { offset: count * 10 } : {}) });
  }),
  said(1, ({ term }) => timeoutNow({ from: leaderOf(term), term })),
];

const timers = fc
  .tuple(fc.constantFrom('timer.election', 'timer.election', 'timer.heartbeat'), atMs)
  .map(
    ([type, at]): Happening =>
      () =>
        ({ type, atMs: at }) as ServerEvent,
  );

const ownDisk = fc.constant<Happening>(({ context }) => ({
  type: 'persisted',
  number: context.writeNumber,
  lastIndex: context.log.lastIndex,
  atMs: 0,
}));

/** What its disk says of snapshots; what is committed has been applied. */
const ownSnapshots = fc.nat(4).chain((count) =>
  fc.constantFrom<Happening>(
    ({ context: { log, commitIndex, configuration } }) => {
      const base = logBase(commitIndex, log.termAt(commitIndex) ?? 0);
      return { type: 'snapshotTaken', snapshot: { base, configuration }, atMs: 0 };
    },
    ({ context: { installation, snapshot } }) => {
      const { base, offset } = installation ?? { ...snapshot, offset: count };
      return { type: 'chunkStored', base, offset, atMs: 0 };
    },
    ({ context: { installation, snapshot } }) => {
      const base = installation?.base ?? snapshot.base;
      return { type: 'snapshotStored', snapshot: { ...snapshot, base }, atMs: 0 };
    },
    ({ context: { installation } }) => {
      const base = installation?.base ?? logBase(count, 1);
      return { type: 'snapshotFailed', base, atMs: 0 };
    },
  ),
);

const disks = fc.constantFrom<DiskCondition[]>('ok', 'ok', 'ok', 'ok', 'stalled', 'full').map(
  (disk): Happening =>
    () => ({ type: 'diskChanged', disk, atMs: 0 }),
);

const clients = fc.integer({ min: 1, max: 3 }).chain((count) =>
  fc.constantFrom<Happening>(
    () => ({ type: 'ReadRequest', batch: count, atMs: 0 }),
    () => ({
      type: 'ClientRequest',
      proposals: Array.from({ length: count }, () => proposal('command')),
      wallMs: count,
      atMs: 0,
    }),
    () => ({ type: 'TransferLeadership', to: count === 1 ? 'S2' : undefined, atMs: 0 }),
  ),
);

/** A history of S1, one of three servers. */
export const happenings: fc.Arbitrary<Happening[]> = fc.array(
  fc.oneof(
    ...elections,
    ...appends,
    ...snapshots,
    { weight: 5, arbitrary: timers },
    { weight: 5, arbitrary: ownDisk },
    { weight: 4, arbitrary: clients },
    { weight: 3, arbitrary: ownSnapshots },
    { weight: 1, arbitrary: disks },
  ),
  { maxLength: 80, size: 'max' },
);
