/** Snapshots as they are written, by their digests: to compare what servers make of one log. */
import type { LogStore, SnapshotWriter } from '../actors/logStore.js';
import { Digest } from './digest.js';

/**
 * The same store, which tells of every snapshot that it puts in place, and the digest of its bytes.
 */
export function digestingSnapshots(
  store: LogStore,
  placed: (index: number, digest: string) => void,
): LogStore {
  const create: LogStore['createSnapshot'] = store.createSnapshot.bind(store);
  store.createSnapshot = (base, done) =>
    create(base, (error, writer) => {
      if (error !== undefined) return done(error, writer);
      done(
        undefined,
        digesting(writer, (digest) => placed(base.index, digest)),
      );
    });
  return store;
}

function digesting(writer: SnapshotWriter, placed: (digest: string) => void): SnapshotWriter {
  const digest = new Digest();
  return {
    write(bytes, done) {
      digest.addBytes(bytes);
      writer.write(bytes, done);
    },
    commit: (done) =>
      writer.commit((error) => {
        if (error === undefined) placed(digest.toString());
        done(error);
      }),
    abandon: () => writer.abandon(),
  };
}
