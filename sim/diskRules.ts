/** What rules a simulated disk: when its operations answer, which fail, and what a crash leaves. */

/**
 * What an operation costs: reading (also listing, opening, closing), writing, or waiting for
 * durability.
 */
export type DiskOperation = 'read' | 'write' | 'sync';

/**
 * Calls `run` once, now or later: at that instant the operation on `file` takes effect and is
 * answered.
 */
export type DiskSchedule = (kind: DiskOperation, file: string, run: () => void) => void;

/** Answers why an operation on `file` fails, or undefined. A write that fails takes no effect. */
export type DiskFault = (kind: DiskOperation, file: string) => Error | undefined;

/**
 * Whether the part in `sector` of an unsynced write survives; writes are numbered over the disk's
 * whole life.
 */
export type KeepSector = (file: string, sector: number, write: number) => boolean;

/** The content of a disk's files, by name, as processes see it. */
export type DiskImage = ReadonlyMap<string, Uint8Array>;

/** An operation on whole files that a crash finds unanswered: it has happened, or it has not. */
export interface PendingChange {
  readonly file: string;
  readonly number: number;
  readonly apply: () => void;
}
