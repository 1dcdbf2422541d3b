/**
 * Commands and queries of the key-value service as bytes: what stands in the log, and what is asked
 * of the state.
 *
 * A code, a byte of flags, and the arguments as pieces. Codes and flags are never given another
 * meaning: old logs hold them. Numbers are decimal digits, as clients send them.
 */
import { commandBytes } from './commandBytes.js';
import { parseInteger } from './integer.js';
import { MalformedPieces, PieceReader, pieceSize, putPiece } from './pieces.js';
import type { Request } from './request.js';

/** What a command does; those from 128 on only read. */
export const operation = {
  set: 1, //       key, value, and with an expiry its ms
  append: 2, //    key, value
  remove: 3, //    keys
  increment: 4, // key, amount
  setAll: 5, //    key, value, key, value, ...
  expire: 6, //    key, ms
  persist: 7, //   key
  take: 8, //      key
  clear: 9,
  get: 128, //     key
  length: 129, //  key
  exists: 130, //  keys
  getAll: 131, //  keys
  expiry: 132, //  key, the asker's wall clock in ms
  type: 133, //    key
  count: 134,
} as const;

export const firstQuery = 128;

/** Flags of `set`. */
export const setFlag = {
  ifAbsent: 1,
  ifPresent: 2,
  returnOld: 4,
  keepExpiry: 8,
  /** The expiry is absolute, in ms since 1970. */
  expiresAt: 16,
  /** The expiry is relative to log time. */
  expiresIn: 32,
  /** Answers 1 or 0, as SETNX does. */
  answerNumber: 64,
} as const;

/** Flags of `expire`. */
export const expireFlag = {
  ifNone: 1,
  ifSome: 2,
  ifLater: 4,
  ifEarlier: 8,
  relative: 16,
} as const;

/** Flags of `expiry`. */
export const expiryFlag = {
  seconds: 1,
  /** Answers the point in time, not what is left. */
  absolute: 2,
} as const;

const headBytes = 2;

/**
 * A command with the arguments from `from` up to `to` of a request: one copy, straight from the
 * socket's bytes.
 */
export function encodeRequest(
  code: number,
  flags: number,
  request: Request,
  from = 1,
  to = request.count,
): Uint8Array {
  const { starts, ends } = request;
  let size = headBytes;
  for (let index = from; index < to; index++) size += pieceSize(ends[index]! - starts[index]!);
  const command = commandBytes(size);
  command[0] = code;
  command[1] = flags;
  let at = headBytes;
  for (let index = from; index < to; index++) {
    at = putPiece(command, at, request.bytes, starts[index], ends[index]);
  }
  return command;
}

/** A command with these arguments, for those that are not what the client sent. */
export function encodeCommand(
  code: number,
  flags: number,
  ...pieces: readonly Uint8Array[]
): Uint8Array {
  let size = headBytes;
  for (const piece of pieces) size += pieceSize(piece.length);
  const command = commandBytes(size);
  command[0] = code;
  command[1] = flags;
  let at = headBytes;
  for (const piece of pieces) at = putPiece(command, at, piece);
  return command;
}

/** Reads a command; every method throws `MalformedPieces` where the bytes are none. */
export class CommandReader extends PieceReader {
  readonly code: number;
  readonly flags: number;

  constructor(command: Uint8Array) {
    super(command, headBytes);
    if (command.length < headBytes) throw new MalformedPieces('a command is cut off');
    this.code = command[0]!;
    this.flags = command[1]!;
  }

  has(flag: number): boolean {
    return (this.flags & flag) !== 0;
  }

  integer(): number | bigint {
    this.next();
    const value = parseInteger(this.bytes, this.start, this.end);
    if (value === undefined) throw new MalformedPieces('an argument is no number');
    return value;
  }
}
