/**
 * Restoring the state from a snapshot in the store, in pieces: what a server starts from, and what
 * a follower becomes when it was sent one (§7).
 */
import type { LogBase } from '../machines/log.js';
import type { BytesStateMachine } from './bytesStateMachine.js';
import type { LogStore, SnapshotReader } from './logStore.js';
import { SnapshotDecoder } from './snapshotDecoder.js';
import type { SnapshotHead } from './snapshotFormat.js';
import type { Restoring } from './stateMachine.js';

const pieceBytes = 256 * 1024;

export interface RestoreOptions {
  readonly store: LogStore;
  readonly stateMachine: BytesStateMachine;
  readonly base: LogBase;
  /** Lets others have their turn between two pieces. */
  readonly defer: (run: () => void) => void;
  /** Whether nobody waits for it any more. */
  readonly isCancelled: () => boolean;
}

export type RestoreDone = (error: Error | undefined, restored: Restored | undefined) => void;

export interface Restored {
  readonly head: SnapshotHead;
  /** Size of the snapshot. */
  readonly bytes: number;
}

/**
 * Replaces the state machine's state by that of the snapshot; the old state stays until all of it
 * was read and found right. Once it is cancelled it leaves the state alone, and answers an error.
 */
export function restoreSnapshot(options: RestoreOptions, done: RestoreDone): void {
  options.store.openSnapshot(options.base, (error, reader) => {
    if (error !== undefined) return done(error, undefined);
    readAll(options, reader, done);
  });
}

function readAll(options: RestoreOptions, reader: SnapshotReader, done: RestoreDone): void {
  const restoring = beginRestore(options.stateMachine);
  let head: SnapshotHead | undefined;
  const decoder = new SnapshotDecoder({
    head: (read) => {
      head = read;
    },
    state: (chunk) => restoring.push(chunk),
  });
  const end = (error: Error | undefined): void => {
    const bytes = reader.length;
    reader.close();
    done(error, error === undefined ? { head: head!, bytes } : undefined);
  };
  const next = (offset: number): void => {
    reader.read(offset, pieceBytes, (error, bytes) => {
      if (error !== undefined) return end(error);
      if (options.isCancelled()) return end(new Error('restoring was cancelled'));
      try {
        decoder.push(bytes);
        if (offset + bytes.length < reader.length) {
          return options.defer(() => next(offset + bytes.length));
        }
        decoder.finish();
        restoring.finish();
      } catch (unreadable) {
        return end(unreadable as Error);
      }
      end(undefined);
    });
  };
  next(0);
}

/** In steps where the state machine can; else all at once at the end. */
function beginRestore(stateMachine: BytesStateMachine): Restoring {
  const inSteps = stateMachine.beginRestore?.();
  if (inSteps !== undefined) return inSteps;
  const chunks: Uint8Array[] = [];
  return {
    push: (chunk) => chunks.push(chunk.slice()),
    finish: () => stateMachine.restore(chunks),
  };
}
