/**
 * An entry as bytes, alike in the log on disk and in messages: a header of fixed length, then the
 * bytes of the state machine, which nobody looks into.
 *
 * | field                                                     | length       |
 * | --------------------------------------------------------- | ------------ |
 * | index, term                                               | u53, u53     |
 * | kind, as its position in `entryKinds`                     | u8           |
 * | stampMs, sessionId, sequence, firstUnacknowledged         | u53 each     |
 * | length of bytes                                           | u32          |
 * | bytes                                                     | as many      |
 */
import { type Entry, type EntryKind, entryKinds } from '../machines/entry.js';
import type { ByteReader, ByteWriter } from './bytes.js';

/** Bytes of an entry besides its own `bytes`. */
export const entryHeaderBytes = 6 * 8 + 1 + 4;

const kindCodes = Object.fromEntries(entryKinds.map((kind, code) => [kind, code])) as Record<
  EntryKind,
  number
>;

/** Appends one entry. */
export function writeEntry(writer: ByteWriter, entry: Entry): void {
  writer.u53(entry.index);
  writer.u53(entry.term);
  writer.u8(kindCodes[entry.kind]);
  writer.u53(entry.stampMs);
  writer.u53(entry.sessionId);
  writer.u53(entry.sequence);
  writer.u53(entry.firstUnacknowledged);
  writer.u32(entry.bytes.length);
  writer.bytes(entry.bytes);
}

/** Reads one entry, whose `bytes` are a view. Throws a RangeError for anything that is none. */
export function readEntry(reader: ByteReader): Entry {
  const index = reader.u53();
  const term = reader.u53();
  const code = reader.u8();
  const kind = entryKinds[code];
  if (kind === undefined)
    throw new RangeError(`byte ${reader.offset - 1}: no kind of entry has the code ${code}`);
  const stampMs = reader.u53();
  const sessionId = reader.u53();
  const sequence = reader.u53();
  const firstUnacknowledged = reader.u53();
  const bytes = reader.bytes(reader.u32());
  return { index, term, kind, stampMs, sessionId, sequence, firstUnacknowledged, bytes };
}
