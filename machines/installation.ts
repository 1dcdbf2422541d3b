/**
 * The receiving end of InstallSnapshot (§7, Figure 13), as a statechart of its own: pieces come one
 * after another, whatever the network does to them; the last one makes a snapshot, or the whole
 * begins anew.
 *
 * One piece at a time is put aside. Until that is done nothing else fits, and nothing is answered;
 * then a duplicate or a piece out of order is answered by what is wanted next. A newer leader, or a
 * newer snapshot of the same one, begins anew with its first piece; an older one never does. The
 * server keeps an installation as plain data in its context and steps it by the functions below;
 * `installationMachine` is the same functions as a chart.
 */
import { assign, setup } from 'xstate';
import type { ServerId } from './entry.js';
import type { LogBase } from './log.js';
import type { InstallSnapshotRequest } from './messages.js';

export interface Installation {
  /** Whose snapshot it is: a leader, and its term. */
  readonly leaderId: ServerId;
  readonly term: number;
  /** The last entry that it covers. */
  readonly base: LogBase;
  readonly state: /** The piece before `offset` is on its way to the disk. */
    | 'storing'
    /** The piece at `offset` is wanted. */
    | 'waiting'
    /** All pieces are there; they are being put in place. */
    | 'completing';
  /** So many bytes were taken. */
  readonly offset: number;
}

type Chunk = Pick<InstallSnapshotRequest, 'from' | 'term' | 'base' | 'offset' | 'bytes' | 'isLast'>;

/** Whether this piece fits: the next one, or the first of a snapshot that counts for more. */
export function isWanted(installation: Installation | undefined, chunk: Chunk): boolean {
  if (installation === undefined || isNewer(installation, chunk)) return chunk.offset === 0;
  if (!isSame(installation, chunk)) return false;
  return installation.state === 'waiting' && chunk.offset === installation.offset;
}

/**
 * Where the sender of this piece is to go on: the beginning, if we have nothing of it; undefined
 * while the disk has yet to say so.
 */
export function wantedOffset(
  installation: Installation | undefined,
  chunk: Chunk,
): number | undefined {
  if (installation === undefined || !isSame(installation, chunk)) return 0;
  return installation.state === 'waiting' ? installation.offset : undefined;
}

/** A piece that fits is taken, and goes to the disk. */
export function chunkTaken({ from, term, base, offset, bytes, isLast }: Chunk): Installation {
  const state = isLast ? 'completing' : 'storing';
  return { leaderId: from, term, base, state, offset: offset + bytes.length };
}

/** Whether `base` and `offset` are what is on its way to the disk. */
export function isStoring(
  installation: Installation | undefined,
  base: LogBase,
  offset: number,
): installation is Installation {
  return (
    installation?.state === 'storing' &&
    installation.base.index === base.index &&
    installation.offset === offset
  );
}

/** Whether what is at the disk is the snapshot of `base`. */
export function isAtDisk(
  installation: Installation | undefined,
  base: LogBase,
): installation is Installation {
  if (installation === undefined || installation.state === 'waiting') return false;
  return installation.base.index === base.index && installation.base.term === base.term;
}

/** The piece is put aside: the next one may come. */
export function chunkStored(installation: Installation): Installation {
  return { ...installation, state: 'waiting' };
}

function isNewer(installation: Installation, { term, base }: Chunk): boolean {
  return (
    term > installation.term || (term === installation.term && base.index > installation.base.index)
  );
}

function isSame(installation: Installation, { term, base }: Chunk): boolean {
  return term === installation.term && base.index === installation.base.index;
}

type InstallationEvent =
  | ({ readonly type: 'chunk' } & Chunk)
  | { readonly type: 'chunkStored'; readonly base: LogBase; readonly offset: number }
  | { readonly type: 'snapshotStored' }
  | { readonly type: 'snapshotFailed' };

interface Context {
  readonly installation: Installation | undefined;
}

const installationSetup = setup({
  types: { context: {} as Context, events: {} as InstallationEvent },
  guards: {
    isWanted: ({ context, event }) =>
      event.type === 'chunk' && isWanted(context.installation, event),
    isLastWanted: ({ context, event }) =>
      event.type === 'chunk' && event.isLast && isWanted(context.installation, event),
    isStoring: ({ context, event }) =>
      event.type === 'chunkStored' && isStoring(context.installation, event.base, event.offset),
  },
  actions: {
    chunkTaken: assign(({ event }) =>
      event.type === 'chunk' ? { installation: chunkTaken(event) } : {},
    ),
    chunkStored: assign(({ context }) => ({ installation: chunkStored(context.installation!) })),
    forget: assign({ installation: undefined }),
  },
});

const chunk = [
  { guard: 'isLastWanted', target: 'completing', actions: 'chunkTaken' },
  { guard: 'isWanted', target: 'storing', actions: 'chunkTaken' },
] as const;

/** A snapshot on its way in: the functions above, as a chart. */
export const installationMachine = installationSetup.createMachine({
  id: 'installation',
  initial: 'idle',
  context: { installation: undefined },
  states: {
    idle: { on: { chunk } },
    storing: {
      on: {
        chunk, //                                    only of a newer leader or snapshot
        chunkStored: { guard: 'isStoring', target: 'waiting', actions: 'chunkStored' },
        snapshotFailed: { target: 'idle', actions: 'forget' },
      },
    },
    waiting: { on: { chunk } },
    completing: {
      on: {
        chunk, //                                    only of a newer leader or snapshot
        snapshotStored: { target: 'idle', actions: 'forget' },
        snapshotFailed: { target: 'idle', actions: 'forget' },
      },
    },
  },
});
