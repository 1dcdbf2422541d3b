/**
 * The records inside a batch, and what they add up to when a log is read again.
 *
 * Each record is a kind (u8) and a group (u32), then: for a vote the term, and whether and for
 * whom; for an entry what `entryFormat` says; for a store that was met the server's id and the
 * store's.
 */
import type { Entry, ServerId } from '../machines/entry.js';
import type { ByteReader, ByteWriter } from './bytes.js';
import { entryHeaderBytes, readEntry, writeEntry } from './entryFormat.js';

/** Kinds of records, by their codes. Codes are never reused, and none is zero. */
const recordKinds = { vote: 1, entry: 2, storeMet: 3 } as const;
/** No record but that of an entry is longer: ids have up to 64 characters or 200 bytes. */
export const smallRecordBytesMax = 512;

export function writeVoteRecord(
  writer: ByteWriter,
  group: number,
  currentTerm: number,
  votedFor: ServerId | undefined,
): void {
  writer.u8(recordKinds.vote);
  writer.u32(group);
  writer.u53(currentTerm);
  writer.u8(votedFor === undefined ? 0 : 1);
  if (votedFor !== undefined) writer.text(votedFor);
}

export function writeEntryRecord(writer: ByteWriter, group: number, entry: Entry): void {
  writer.u8(recordKinds.entry);
  writer.u32(group);
  writeEntry(writer, entry);
}

/** Bytes that {@link writeEntryRecord} takes. */
export function entryRecordBytes(entry: Entry): number {
  return 5 + entryHeaderBytes + entry.bytes.length;
}

export function writeStoreMetRecord(
  writer: ByteWriter,
  group: number,
  serverId: ServerId,
  storeId: string,
): void {
  writer.u8(recordKinds.storeMet);
  writer.u32(group);
  writer.text(serverId);
  writer.text(storeId);
}

/** Figure 2's persistent state as the records so far make it. */
export class LogReplay {
  currentTerm = 0;
  votedFor: ServerId | undefined = undefined;
  /** Consecutive, from index 1. */
  readonly entries: Entry[] = [];
  readonly knownStores = new Map<ServerId, string>();
  readonly #group: number;

  constructor(group: number) {
    this.#group = group;
  }

  /** Reads all that is left in `reader`. Throws a RangeError for what cannot have been written. */
  read(reader: ByteReader): void {
    while (reader.remaining > 0) this.#readRecord(reader);
  }

  #readRecord(reader: ByteReader): void {
    const kind = reader.u8();
    const group = reader.u32();
    if (group !== this.#group)
      throw new RangeError(`a record of group ${group} in the log of group ${this.#group}`);
    if (kind === recordKinds.entry) this.#put(readEntry(reader));
    else if (kind === recordKinds.vote) {
      this.currentTerm = reader.u53();
      this.votedFor = reader.u8() === 0 ? undefined : reader.text();
    } else if (kind === recordKinds.storeMet) this.knownStores.set(reader.text(), reader.text());
    else throw new RangeError(`no kind of record has the code ${kind}`);
  }

  /** An entry replaces whatever stood from its index on (Figure 2, AppendEntries 3). */
  #put(entry: Entry): void {
    const { entries } = this;
    if (entry.index < 1 || entry.index > entries.length + 1)
      throw new RangeError(`entry ${entry.index} behind entry ${entries.length}`);
    if (entry.index <= entries.length) entries.length = entry.index - 1;
    entries.push(entry);
  }
}
