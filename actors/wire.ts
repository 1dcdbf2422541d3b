/**
 * Messages as bytes, and back: the layout that `docs/wire.md` draws.
 *
 * A message is a version, a type, a group, and the fields of its type in the order of
 * `machines/messages.ts`; every field has a fixed length, and the entries come last. Who sent it is
 * known from the connection, and when it was taken up is the receiver's to say: neither is in it.
 */
import type { Entry, ServerId } from '../machines/entry.js';
import type {
  AppendEntriesRequest,
  AppendEntriesResponse,
  InstallSnapshotRequest,
  InstallSnapshotResponse,
  Message,
  MessageType,
} from '../machines/messages.js';
import type { ByteReader, ByteWriter } from './bytes.js';
import { entryHeaderBytes, readEntry, writeEntry } from './entryFormat.js';
import { asWireError } from './wireError.js';

/** The version of the layout below; a handshake agrees on it before the first message. */
export const wireVersion = 1;

const typeCodes: Readonly<Record<MessageType, number>> = {
  PreVoteRequest: 1,
  PreVoteResponse: 2,
  RequestVoteRequest: 3,
  RequestVoteResponse: 4,
  AppendEntriesRequest: 5,
  AppendEntriesResponse: 6,
  InstallSnapshotRequest: 7,
  InstallSnapshotResponse: 8,
  TimeoutNowRequest: 9,
};

/**
 * Bytes of an AppendEntriesRequest with one empty entry; but for pieces of snapshots, none is as
 * long.
 */
const bytesWithEntryMin = 1 + 1 + 4 + 6 * 8 + 4 + entryHeaderBytes;

/** Whether `body` is long enough to be a message with entries. */
export function mayCarryEntries(body: Uint8Array): boolean {
  return body.length >= bytesWithEntryMin;
}

/** Appends `message` to `writer`, as the body of one frame. */
export function encodeMessage(writer: ByteWriter, group: number, message: Message): void {
  writer.u8(wireVersion);
  writer.u8(typeCodes[message.type]);
  writer.u32(group);
  writer.u53(message.term);
  switch (message.type) {
    case 'AppendEntriesRequest':
      return writeAppendEntriesRequest(writer, message);
    case 'AppendEntriesResponse':
      return writeAppendEntriesResponse(writer, message);
    case 'InstallSnapshotRequest':
      return writeInstallSnapshotRequest(writer, message);
    case 'InstallSnapshotResponse':
      return writeInstallSnapshotResponse(writer, message);
    case 'TimeoutNowRequest':
      return;
    case 'PreVoteRequest':
      writer.u53(message.lastLogIndex);
      return writer.u53(message.lastLogTerm);
    case 'PreVoteResponse':
      writer.u53(message.forTerm);
      return writer.u8(Number(message.voteGranted));
    case 'RequestVoteRequest':
      writer.u53(message.lastLogIndex);
      writer.u53(message.lastLogTerm);
      return writer.u8(Number(message.isTransfer));
    case 'RequestVoteResponse':
      return writer.u8(Number(message.voteGranted));
  }
}

/**
 * The message that fills the rest of `reader`, sent by `from`; its `atMs` is 0, and the bytes of
 * its entries are views. Throws a WireError, and nothing else, for bytes that are no message.
 */
export function decodeMessage(reader: ByteReader, from: ServerId): Message {
  try {
    const message = readMessage(reader, from);
    if (reader.remaining > 0)
      throw new RangeError(`byte ${reader.offset}: ${reader.remaining} bytes after the message`);
    return message;
  } catch (error) {
    throw asWireError(error);
  }
}

function writeAppendEntriesRequest(writer: ByteWriter, message: AppendEntriesRequest): void {
  const { entries } = message;
  writer.u53(message.prevLogIndex);
  writer.u53(message.prevLogTerm);
  writer.u53(message.leaderCommit);
  writer.u53(message.round);
  writer.u53(message.sentMs);
  writer.u32(entries.length);
  for (let i = 0; i < entries.length; i++) writeEntry(writer, entries[i]!);
}

function writeAppendEntriesResponse(writer: ByteWriter, message: AppendEntriesResponse): void {
  writer.u8(Number(message.success));
  writer.u53(message.matchIndex);
  writer.u53(message.conflictTerm);
  writer.u53(message.conflictIndex);
  writer.u53(message.round);
  writer.u53(message.sentMs);
  writer.u53(message.configurationIndex);
}

function writeInstallSnapshotRequest(writer: ByteWriter, message: InstallSnapshotRequest): void {
  const { base, bytes } = message;
  writer.u53(base.index);
  writer.u53(base.term);
  writer.u53(base.stampMs);
  writer.u53(message.offset);
  writer.u8(Number(message.isLast));
  writer.u53(message.sentMs);
  writer.u32(bytes.length);
  writer.bytes(bytes);
}

function writeInstallSnapshotResponse(writer: ByteWriter, message: InstallSnapshotResponse): void {
  writer.u53(message.baseIndex);
  writer.u53(message.offset);
  writer.u8(Number(message.isInstalled));
  writer.u53(message.sentMs);
}

function readMessage(reader: ByteReader, from: ServerId): Message {
  const version = reader.u8();
  if (version !== wireVersion)
    throw new RangeError(`a message of wire version ${version}, where ${wireVersion} was agreed`);
  const code = reader.u8();
  const group = reader.u32();
  // A `Message` does not say its group, so one for another group would be taken for one of group 0.
  if (group !== 0) throw new RangeError(`a message for group ${group}, where only group 0 lives`);
  const term = reader.u53();
  switch (code) {
    case typeCodes.AppendEntriesRequest:
      return readAppendEntriesRequest(reader, from, term);
    case typeCodes.AppendEntriesResponse:
      return readAppendEntriesResponse(reader, from, term);
    case typeCodes.PreVoteRequest: {
      const lastLogIndex = reader.u53();
      const lastLogTerm = reader.u53();
      return { type: 'PreVoteRequest', from, atMs: 0, term, lastLogIndex, lastLogTerm };
    }
    case typeCodes.PreVoteResponse: {
      const forTerm = reader.u53();
      const voteGranted = readFlag(reader);
      return { type: 'PreVoteResponse', from, atMs: 0, term, forTerm, voteGranted };
    }
    case typeCodes.RequestVoteRequest: {
      const lastLogIndex = reader.u53();
      const lastLogTerm = reader.u53();
      const isTransfer = readFlag(reader);
      const type = 'RequestVoteRequest';
      return { type, from, atMs: 0, term, lastLogIndex, lastLogTerm, isTransfer };
    }
    case typeCodes.RequestVoteResponse:
      return { type: 'RequestVoteResponse', from, atMs: 0, term, voteGranted: readFlag(reader) };
    case typeCodes.InstallSnapshotRequest:
      return readInstallSnapshotRequest(reader, from, term);
    case typeCodes.InstallSnapshotResponse: {
      const type = 'InstallSnapshotResponse';
      const baseIndex = reader.u53();
      const offset = reader.u53();
      const isInstalled = readFlag(reader);
      return { type, from, atMs: 0, term, baseIndex, offset, isInstalled, sentMs: reader.u53() };
    }
    case typeCodes.TimeoutNowRequest:
      return { type: 'TimeoutNowRequest', from, atMs: 0, term };
    default:
      throw new RangeError(`no message has the type ${code}`);
  }
}

function readAppendEntriesRequest(
  reader: ByteReader,
  from: ServerId,
  term: number,
): AppendEntriesRequest {
  const prevLogIndex = reader.u53();
  const prevLogTerm = reader.u53();
  const leaderCommit = reader.u53();
  const round = reader.u53();
  const sentMs = reader.u53();
  const entries = readEntries(reader, prevLogIndex);
  return {
    type: 'AppendEntriesRequest',
    from,
    atMs: 0,
    term,
    prevLogIndex,
    prevLogTerm,
    entries,
    leaderCommit,
    round,
    sentMs,
  };
}

function readAppendEntriesResponse(
  reader: ByteReader,
  from: ServerId,
  term: number,
): AppendEntriesResponse {
  const success = readFlag(reader);
  const matchIndex = reader.u53();
  const conflictTerm = reader.u53();
  const conflictIndex = reader.u53();
  const round = reader.u53();
  const sentMs = reader.u53();
  const configurationIndex = reader.u53();
  return {
    type: 'AppendEntriesResponse',
    from,
    atMs: 0,
    term,
    success,
    matchIndex,
    conflictTerm,
    conflictIndex,
    round,
    sentMs,
    configurationIndex,
  };
}

function readInstallSnapshotRequest(
  reader: ByteReader,
  from: ServerId,
  term: number,
): InstallSnapshotRequest {
  const base = { index: reader.u53(), term: reader.u53(), stampMs: reader.u53() };
  const offset = reader.u53();
  const isLast = readFlag(reader);
  const sentMs = reader.u53();
  const bytes = reader.bytes(reader.u32());
  const type = 'InstallSnapshotRequest';
  return { type, from, atMs: 0, term, base, offset, bytes, isLast, sentMs };
}

const noEntries: readonly Entry[] = [];

function readEntries(reader: ByteReader, prevLogIndex: number): readonly Entry[] {
  const count = reader.u32();
  if (count === 0) return noEntries;
  // Before anything is allocated: the count may be a lie.
  if (count * entryHeaderBytes > reader.remaining)
    throw new RangeError(`${count} entries announced, with ${reader.remaining} bytes for them`);
  const entries: Entry[] = [];
  for (let index = prevLogIndex + 1; index <= prevLogIndex + count; index++) {
    const entry = readEntry(reader);
    // A gap would break the log of whoever believed it.
    if (entry.index !== index)
      throw new RangeError(`an entry with index ${entry.index} in the place of ${index}`);
    entries.push(entry);
  }
  return entries;
}

function readFlag(reader: ByteReader): boolean {
  const code = reader.u8();
  if (code > 1) throw new RangeError(`byte ${reader.offset - 1}: a flag of ${code}`);
  return code === 1;
}
