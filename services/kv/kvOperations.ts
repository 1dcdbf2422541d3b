/**
 * What each command of the key-value service does to a keyspace: a function a command. They are
 * deterministic, and either read all of their arguments before they change anything, or change
 * nothing.
 */
import { notAnInteger, stringTooLong, wouldOverflow } from './errors.js';
import { addIntegers, parseInteger } from './integer.js';
import type { Keyspace } from './keyspace.js';
import { type CommandReader, expireFlag, expiryFlag, operation, setFlag } from './kvCommand.js';
import { latin1Bytes } from './latin1.js';
import { apartBytesMin, type Item, never, type Span, type Value } from './record.js';
import { array, failure, integer, nil, ok, type Reply, replyType, status } from './reply.js';

/**
 * The longest string that a command may make. It is part of what is replicated, the same on every
 * server, and so no option.
 */
export const stringBytesMax = 8 * 1024 * 1024;
/** The longest reply to a query for several keys. */
export const replyBytesMax = 64 * 1024 * 1024;
/** APPEND doubles a string's room, but never adds more than this to it. */
const roomBytesMax = 1024 * 1024;

/** `version` is the index of the entry that is applied; queries are given 0. */
export type Operation = (keyspace: Keyspace, command: CommandReader, version: number) => Reply;

const zero = integer(0);
const one = integer(1);
const stringType = status('string');
const noType = status('none');
const replyTooLong = failure(
  `ERR the reply is longer than ${replyBytesMax} bytes; ask for fewer keys`,
);

/** The next argument. */
function argument(command: CommandReader): Span {
  command.next();
  return { bytes: command.bytes, start: command.start, end: command.end };
}

/** All that are left. */
function argumentsOf(command: CommandReader): Span[] {
  const all: Span[] = [];
  while (command.hasMore) all.push(argument(command));
  return all;
}

const set: Operation = (keyspace, command, version) => {
  const key = argument(command);
  const value = argument(command);
  if (command.flags === 0) {
    keyspace.put(key, value, version);
    return ok;
  }
  const before = keyspace.get(key);
  let expiresAt = never;
  if (command.has(setFlag.expiresAt)) expiresAt = expiryFrom(command, 0);
  else if (command.has(setFlag.expiresIn)) expiresAt = expiryFrom(command, keyspace.now);
  else if (command.has(setFlag.keepExpiry)) expiresAt = before?.expiresAt ?? never;
  const isRefused =
    (command.has(setFlag.ifAbsent) && before !== undefined) ||
    (command.has(setFlag.ifPresent) && before === undefined);
  if (!isRefused) keyspace.put(key, value, version, expiresAt);
  if (command.has(setFlag.returnOld)) return before?.ownValue ?? nil;
  if (command.has(setFlag.answerNumber)) return isRefused ? zero : one;
  return isRefused ? nil : ok;
};

/** The latest expiry that can be told from the next one is as good as any that is later. */
function expiryFrom(command: CommandReader, origin: number): number {
  return Math.min(origin + Number(command.integer()), Number.MAX_SAFE_INTEGER);
}

const append: Operation = (keyspace, command, version) => {
  const key = argument(command);
  const more = argument(command);
  const before = keyspace.get(key);
  const length = more.end - more.start + (before === undefined ? 0 : before.end - before.start);
  if (length > stringBytesMax) return stringTooLong;
  const value = before === undefined ? more : joined(before, more, length);
  keyspace.put(key, value, version, before?.expiresAt);
  return integer(length);
};

/** A long string goes on in its own bytes: what was handed out of them so far does not change. */
function joined(item: Item, more: Span, length: number): Value {
  const isApart = length >= apartBytesMin;
  let { bytes } = item;
  if (!item.isApart || bytes.length < 1 + length) {
    bytes = new Uint8Array(1 + length + (isApart ? Math.min(length, roomBytesMax) : 0));
    bytes[0] = replyType.bulk;
    bytes.set(item.bytes.subarray(item.start, item.end), 1);
  }
  bytes.set(more.bytes.subarray(more.start, more.end), 1 + length - (more.end - more.start));
  return { bytes, start: 1, end: 1 + length, isApart };
}

const remove: Operation = (keyspace, command) => {
  let count = 0;
  for (const key of argumentsOf(command)) if (keyspace.remove(key)) count++;
  return integer(count);
};

const increment: Operation = (keyspace, command, version) => {
  const key = argument(command);
  const amount = command.integer();
  const before = keyspace.get(key);
  const value = before === undefined ? 0 : parseInteger(before.bytes, before.start, before.end);
  if (value === undefined) return notAnInteger;
  const sum = addIntegers(value, amount);
  if (sum === undefined) return wouldOverflow;
  const bytes = latin1Bytes(String(sum));
  keyspace.put(key, { bytes, start: 0, end: bytes.length }, version, before?.expiresAt);
  return integer(sum);
};

const setAll: Operation = (keyspace, command, version) => {
  const pairs: [Span, Span][] = [];
  while (command.hasMore) pairs.push([argument(command), argument(command)]);
  for (const [key, value] of pairs) keyspace.put(key, value, version);
  return ok;
};

const expire: Operation = (keyspace, command, version) => {
  const key = argument(command);
  const item = keyspace.get(key);
  const expiresAt = expiryFrom(command, command.has(expireFlag.relative) ? keyspace.now : 0);
  if (item === undefined) return zero;
  // A key that does not expire counts as one that expires last.
  const isRefused =
    (command.has(expireFlag.ifNone) && item.expiresAt !== never) ||
    (command.has(expireFlag.ifSome) && item.expiresAt === never) ||
    (command.has(expireFlag.ifLater) && expiresAt <= item.expiresAt) ||
    (command.has(expireFlag.ifEarlier) && expiresAt >= item.expiresAt);
  if (isRefused) return zero;
  keyspace.put(key, item, version, expiresAt);
  return one;
};

const persist: Operation = (keyspace, command, version) => {
  const key = argument(command);
  const item = keyspace.get(key);
  if (item === undefined || item.expiresAt === never) return zero;
  keyspace.put(key, item, version);
  return one;
};

const take: Operation = (keyspace, command) => {
  const key = argument(command);
  const item = keyspace.get(key);
  if (item === undefined) return nil;
  keyspace.remove(key);
  return item.ownValue;
};

const clear: Operation = (keyspace) => {
  keyspace.clear();
  return ok;
};

const get: Operation = (keyspace, command) => keyspace.get(argument(command))?.value ?? nil;

const length: Operation = (keyspace, command) => {
  const item = keyspace.get(argument(command));
  return item === undefined ? zero : integer(item.end - item.start);
};

const exists: Operation = (keyspace, command) => {
  let count = 0;
  for (const key of argumentsOf(command)) if (keyspace.get(key) !== undefined) count++;
  return integer(count);
};

const getAll: Operation = (keyspace, command) => {
  const values = argumentsOf(command).map((key) => keyspace.get(key)?.value ?? nil);
  let bytes = 0;
  for (const value of values) bytes += value.length;
  return bytes > replyBytesMax ? replyTooLong : array(values);
};

/**
 * Log time stands still while nothing is written, so what is left is counted from the asker's
 * clock.
 */
const expiry: Operation = (keyspace, command) => {
  const item = keyspace.get(argument(command));
  const askedAt = Number(command.integer());
  if (item === undefined) return integer(-2);
  if (item.expiresAt === never) return integer(-1);
  const now = Math.max(keyspace.now, askedAt);
  const ms = command.has(expiryFlag.absolute) ? item.expiresAt : Math.max(0, item.expiresAt - now);
  return integer(command.has(expiryFlag.seconds) ? Math.floor((ms + 500) / 1000) : ms);
};

const type: Operation = (keyspace, command) =>
  keyspace.get(argument(command)) === undefined ? noType : stringType;

const count: Operation = (keyspace) => integer(keyspace.size);

/** By the code of the command. */
export const operations: readonly (Operation | undefined)[] = (() => {
  const byCode: (Operation | undefined)[] = Array.from({ length: 256 });
  const all = { set, append, remove, increment, setAll, expire, persist, take, clear };
  const queries = { get, length, exists, getAll, expiry, type, count };
  const named: Record<keyof typeof operation, Operation> = { ...all, ...queries };
  for (const [name, code] of Object.entries(operation)) {
    byCode[code] = named[name as keyof typeof operation];
  }
  return byCode;
})();
