/**
 * What may happen to a server: a few of each kind of event, in older, equal and newer terms, said
 * in relation to what the server is by then, so that a finite abstraction of its state is enough to
 * know what they do.
 */
import type { ServerContext, ServerEvent } from '../../machines/context.js';
import { proposal, type ServerId } from '../../machines/entry.js';
import {
  appendEntries,
  appended,
  conflicted,
  installed,
  installSnapshot,
  preVote,
  requestPreVote,
  requestVote,
  snapshotAt,
  timeoutNow,
  vote,
} from './script.js';

/** Within the shortest election timeout of all that was heard, and long after it. */
const soonMs = 0;
const lateMs = 1_000;

const terms = ({ currentTerm }: ServerContext) => [currentTerm - 1, currentTerm, currentTerm + 1];

export function roleEvents(context: ServerContext): readonly ServerEvent[] {
  return [
    ...timersAndClients(context),
    ...terms(context).flatMap((term) => [
      ...candidacies(context, term),
      ...votes(context, term),
      ...appends(context, term),
      ...answers(context, term),
      ...snapshots(context, term),
      timeoutNow({ from: leadersOf(context, term)[0]!, term }),
    ]),
  ];
}

function timersAndClients(context: ServerContext): ServerEvent[] {
  const { log, writeNumber, disk } = context;
  const atMs = soonMs;
  return [
    { type: 'timer.election', atMs },
    { type: 'timer.heartbeat', atMs },
    { type: 'timer.heartbeat', atMs: lateMs },
    { type: 'diskChanged', disk: disk === 'ok' ? 'full' : 'ok', atMs },
    { type: 'TransferLeadership', to: 'S3', atMs },
    { type: 'TransferLeadership', to: undefined, atMs: lateMs },
    // Number 0 stands for a write of before this role.
    { type: 'persisted', number: 0, lastIndex: 1, atMs },
    { type: 'persisted', number: writeNumber, lastIndex: log.lastIndex, atMs },
    { type: 'ClientRequest', proposals: [proposal('command')], wallMs: 0, atMs },
    { type: 'ReadRequest', batch: 1, atMs },
  ];
}

function candidacies({ log }: ServerContext, term: number): ServerEvent[] {
  const { lastIndex, lastTerm } = log;
  const logs = [
    { lastIndex, lastTerm },
    { lastIndex: lastIndex - 1, lastTerm },
    { lastIndex: lastIndex + 5, lastTerm: lastTerm - 1 },
    { lastIndex: 1, lastTerm: lastTerm + 1 },
  ];
  return [
    requestVote({ from: 'S3', term }),
    requestVote({ from: 'S2', term, isTransfer: true }),
    ...[soonMs, lateMs].flatMap((atMs) =>
      logs.flatMap((ends) => [
        { ...requestVote({ term, ...ends }), atMs },
        { ...requestPreVote({ term, ...ends }), atMs },
      ]),
    ),
  ];
}

function votes({ currentTerm }: ServerContext, term: number): ServerEvent[] {
  return ['S2', 'S3'].flatMap((from) =>
    [true, false].flatMap((granted) => [
      vote({ from, term, granted }),
      preVote({ from, term, forTerm: currentTerm + 1, granted }),
      preVote({ from, term, forTerm: currentTerm, granted }),
    ]),
  );
}

/** In a term nobody else leads (Election Safety). */
function leadersOf(
  { id, currentTerm, leaderId }: ServerContext,
  term: number,
): readonly ServerId[] {
  const isKnown = term === currentTerm && leaderId !== undefined && leaderId !== id;
  return isKnown ? [leaderId] : ['S2', 'S3'];
}

function appends(context: ServerContext, term: number): ServerEvent[] {
  const { log, commitIndex } = context;
  const { lastIndex, lastTerm } = log;
  const leaders = leadersOf(context, term);
  const from = leaders[0]!;
  const atEnd = { from, term, prevIndex: lastIndex, prevTerm: lastTerm };
  const events = [
    ...leaders.map((leader) => appendEntries({ ...atEnd, from: leader })),
    appendEntries({ ...atEnd, commit: lastIndex }),
    appendEntries({ ...atEnd, terms: [term] }),
    appendEntries({ ...atEnd, terms: [term], commit: lastIndex + 9 }),
    appendEntries({ ...atEnd, prevIndex: lastIndex + 2 }),
    appendEntries({ ...atEnd, prevTerm: lastTerm + 5 }),
    // A late duplicate that carries a prefix.
    appendEntries({ from, term, prevIndex: 1, prevTerm: 1, entries: log.slice(2, 1), commit: 9 }),
  ];
  const prevIndex = lastIndex - 1;
  if (prevIndex > commitIndex) {
    const prevTerm = log.termAt(prevIndex)!;
    events.push(appendEntries({ from, term, prevIndex, prevTerm, terms: [term] }));
  }
  return events;
}

function answers({ log, leadership }: ServerContext, term: number): ServerEvent[] {
  return ['S2', 'S3'].flatMap((from) => {
    const prevIndex = (leadership?.progress[from]?.nextIndex ?? 2) - 1;
    return [
      appended({ from, term, match: 1 }),
      appended({ from, term, match: log.lastIndex }),
      { ...appended({ from, term, match: 1 }), atMs: lateMs },
      conflicted({ from, term, prevIndex, conflictTerm: 0, conflictIndex: 1 }),
    ];
  });
}

/** Pieces that are wanted, are not, or are not needed; and what is said of such pieces. */
function snapshots(context: ServerContext, term: number): ServerEvent[] {
  const { log, commitIndex, leadership } = context;
  const [from] = leadersOf(context, term);
  const index = log.lastIndex + 5;
  const snapshot = snapshotAt(index, term);
  const stored = { type: 'snapshotStored', snapshot, atMs: soonMs } as const;
  return [
    // Whoever does not lead begins anew behind it, which the paper's figure leaves out.
    ...(leadership === undefined ? [] : [stored]),
    installSnapshot({ from: from!, term, index }),
    installSnapshot({ from: from!, term, index, offset: 50 }),
    installSnapshot({ from: from!, term, index: Math.max(1, commitIndex) }),
    installed({ term, index: 1 }),
    installed({ term, index: 1, offset: 10 }),
  ];
}
