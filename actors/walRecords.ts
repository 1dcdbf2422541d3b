/**
 * The records inside a batch, as they are written; `walReplay` reads them.
 *
 * Each record is a kind (u8) and a group (u32), then:
 *
 * | kind       | fields                                                                      |
 * | ---------- | --------------------------------------------------------------------------- |
 * | vote       | term, whether and for whom                                                  |
 * | entry      | what `entryFormat` says; replaces whatever stood from its index on          |
 * | storeMet   | a server's id, and its store's                                              |
 * | base       | index, term, stampMs: the log begins anew behind them                       |
 * | checkpoint | what all older records come to, except entries: those of a vote, index and  |
 * |            | term of the last entry, the number of stores that were met, each one's ids  |
 */
import type { Entry, ServerId } from '../machines/entry.js';
import type { LogBase } from '../machines/log.js';
import type { ByteWriter } from './bytes.js';
import { entryHeaderBytes, writeEntry } from './entryFormat.js';

/** Kinds of records, by their codes. Codes are never reused, and none is zero. */
export const recordKinds = { vote: 1, entry: 2, storeMet: 3, base: 4, checkpoint: 5 } as const;
/** None but an entry or a checkpoint is longer: ids have up to 64 characters or 200 bytes. */
export const smallRecordBytesMax = 512;
/** Kind and group. */
const recordHeaderBytes = 5;

/**
 * What a log comes to without its entries. The first record of each segment but the very first, so
 * that all older segments can go.
 */
export interface Checkpoint {
  currentTerm: number;
  votedFor: ServerId | undefined;
  /** Index and term of the last entry, or of the base that the log begins behind. */
  lastIndex: number;
  lastTerm: number;
  knownStores: ReadonlyMap<ServerId, string>;
}

export function writeVoteRecord(
  writer: ByteWriter,
  group: number,
  currentTerm: number,
  votedFor: ServerId | undefined,
): void {
  writeRecordHeader(writer, recordKinds.vote, group);
  writeVote(writer, currentTerm, votedFor);
}

export function writeEntryRecord(writer: ByteWriter, group: number, entry: Entry): void {
  writeRecordHeader(writer, recordKinds.entry, group);
  writeEntry(writer, entry);
}

/** Bytes that {@link writeEntryRecord} takes. */
export function entryRecordBytes(entry: Entry): number {
  return recordHeaderBytes + entryHeaderBytes + entry.bytes.length;
}

export function writeStoreMetRecord(
  writer: ByteWriter,
  group: number,
  serverId: ServerId,
  storeId: string,
): void {
  writeRecordHeader(writer, recordKinds.storeMet, group);
  writer.text(serverId);
  writer.text(storeId);
}

export function writeBaseRecord(writer: ByteWriter, group: number, base: LogBase): void {
  writeRecordHeader(writer, recordKinds.base, group);
  writer.u53(base.index);
  writer.u53(base.term);
  writer.u53(base.stampMs);
}

export function writeCheckpointRecord(writer: ByteWriter, group: number, of: Checkpoint): void {
  writeRecordHeader(writer, recordKinds.checkpoint, group);
  writeVote(writer, of.currentTerm, of.votedFor);
  writer.u53(of.lastIndex);
  writer.u53(of.lastTerm);
  writer.u32(of.knownStores.size);
  for (const [serverId, storeId] of of.knownStores) {
    writer.text(serverId);
    writer.text(storeId);
  }
}

function writeRecordHeader(writer: ByteWriter, kind: number, group: number): void {
  writer.u8(kind);
  writer.u32(group);
}

function writeVote(writer: ByteWriter, currentTerm: number, votedFor: ServerId | undefined): void {
  writer.u53(currentTerm);
  writer.u8(votedFor === undefined ? 0 : 1);
  if (votedFor !== undefined) writer.text(votedFor);
}
