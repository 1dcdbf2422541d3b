/** A snapshot to write and to read, for tests. */
import type { Session } from '../../actors/sessions.js';
import { SnapshotDecoder } from '../../actors/snapshotDecoder.js';
import {
  encodeSnapshot,
  type SnapshotContent,
  type SnapshotHead,
} from '../../actors/snapshotFormat.js';
import { configuration, type Member } from '../../machines/configuration.js';

const member = (id: string): Member => ({ id, storeId: '', address: `${id}:1`, role: 'voter' });

const session: Session = {
  id: 4,
  touchedMs: 77,
  firstUnacknowledged: 2,
  answers: new Map([[3, { index: 9, threw: false, bytes: Uint8Array.of(1, 2) }]]),
};

export const head: SnapshotHead = {
  group: 7,
  base: { index: 12, term: 3, stampMs: 1_700_000_000_000 },
  configuration: configuration(5, [member('a'), member('b')], [member('c')]),
  sessions: [session],
};

export const content = (...state: readonly Uint8Array[]): SnapshotContent => ({ ...head, state });
/** One array of its own: what `slice` takes of a Buffer would be a view. */
export const joined = (parts: Iterable<Uint8Array>) => new Uint8Array(Buffer.concat([...parts]));
export const written = (what: SnapshotContent) => joined(encodeSnapshot(what));

/** Reads a snapshot from pieces of `pieceBytes`. */
export function read(bytes: Uint8Array, pieceBytes = Math.max(1, bytes.length)) {
  const heads: SnapshotHead[] = [];
  const chunks: Uint8Array[] = [];
  const decoder = new SnapshotDecoder({
    head: (told) => heads.push(told),
    state: (chunk) => chunks.push(new Uint8Array(chunk)),
  });
  for (let at = 0; at < bytes.length; at += pieceBytes)
    decoder.push(bytes.subarray(at, at + pieceBytes));
  decoder.finish();
  return { heads, chunks, state: Buffer.concat(chunks) };
}
