/**
 * The content of a data folder as one thing: what a person copies, wipes, swaps and puts back, and
 * what a server has to say to it.
 */
import type { RaftErrorCode } from '../actors/raftError.js';
import type { ServerId } from '../machines/entry.js';
import type { DiskImage } from './disk.js';

export interface Folder {
  /** Undefined: it is empty. */
  readonly foundedFor: ServerId | undefined;
  readonly files: DiskImage;
}

/** What is left of a folder that was wiped. */
export const emptyFolder: Folder = { foundedFor: undefined, files: new Map() };

/** With which error a server must refuse a folder that was founded so; undefined: it is its own. */
export function refusalDue(
  foundedFor: ServerId | undefined,
  server: ServerId,
): RaftErrorCode | undefined {
  if (foundedFor === undefined) return 'RAFT_NOT_FOUNDED';
  return foundedFor === server ? undefined : 'RAFT_WRONG_CLUSTER';
}
