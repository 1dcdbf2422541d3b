/**
 * What each command of the key-value service does to a keyspace: a function a command. They are
 * deterministic, and either read all of their arguments before they change anything, or change
 * nothing.
 */
import { notAnInteger, stringTooLong, wouldOverflow } from './errors.js';
import { addIntegers, parseInteger } from './integer.js';
import { type Item, type Keyspace, never } from './keyspace.js';
import { type CommandReader, expireFlag, expiryFlag, operation, setFlag } from './kvCommand.js';
import { latin1Bytes } from './latin1.js';
import { array, bulk, failure, integer, nil, ok, type Reply, status } from './reply.js';

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

const set: Operation = (keyspace, command, version) => {
  const key = command.key();
  const value = command.value();
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
  if (command.has(setFlag.returnOld)) return before?.value ?? nil;
  if (command.has(setFlag.answerNumber)) return isRefused ? zero : one;
  return isRefused ? nil : ok;
};

/** The latest expiry that can be told from the next one is as good as any that is later. */
function expiryFrom(command: CommandReader, origin: number): number {
  return Math.min(origin + Number(command.integer()), Number.MAX_SAFE_INTEGER);
}

const append: Operation = (keyspace, command, version) => {
  const key = command.key();
  command.next();
  const before = keyspace.get(key);
  if (before === undefined) {
    keyspace.put(key, bulk(command.bytes, command.start, command.end), version);
    return integer(command.end - command.start);
  }
  const used = before.value.length;
  const length = used + command.end - command.start;
  if (length - 1 > stringBytesMax) return stringTooLong;
  const room = roomFor(before, length);
  // What was handed out as the value so far ends before `used`, and does not change.
  room.set(command.bytes.subarray(command.start, command.end), used);
  keyspace.put(key, room.subarray(0, length), version, before.expiresAt, room);
  return integer(length - 1);
};

function roomFor(item: Item, length: number): Uint8Array {
  if (item.room !== undefined && item.room.length >= length) return item.room;
  const room = new Uint8Array(length + Math.min(length, roomBytesMax));
  room.set(item.value);
  return room;
}

const remove: Operation = (keyspace, command) => {
  let count = 0;
  for (const key of command.keys()) if (keyspace.remove(key)) count++;
  return integer(count);
};

const increment: Operation = (keyspace, command, version) => {
  const key = command.key();
  const amount = command.integer();
  const before = keyspace.get(key);
  const value = before === undefined ? 0 : parseInteger(before.value, 1);
  if (value === undefined) return notAnInteger;
  const sum = addIntegers(value, amount);
  if (sum === undefined) return wouldOverflow;
  keyspace.put(key, bulk(latin1Bytes(String(sum))), version, before?.expiresAt);
  return integer(sum);
};

const setAll: Operation = (keyspace, command, version) => {
  const pairs: [string, Reply][] = [];
  while (command.hasMore) pairs.push([command.key(), command.value()]);
  for (const [key, value] of pairs) keyspace.put(key, value, version);
  return ok;
};

const expire: Operation = (keyspace, command, version) => {
  const item = keyspace.get(command.key());
  const expiresAt = expiryFrom(command, command.has(expireFlag.relative) ? keyspace.now : 0);
  if (item === undefined) return zero;
  // A key that does not expire counts as one that expires last.
  const isRefused =
    (command.has(expireFlag.ifNone) && item.expiresAt !== never) ||
    (command.has(expireFlag.ifSome) && item.expiresAt === never) ||
    (command.has(expireFlag.ifLater) && expiresAt <= item.expiresAt) ||
    (command.has(expireFlag.ifEarlier) && expiresAt >= item.expiresAt);
  if (isRefused) return zero;
  keyspace.put(item.key, item.value, version, expiresAt, item.room);
  return one;
};

const persist: Operation = (keyspace, command, version) => {
  const item = keyspace.get(command.key());
  if (item === undefined || item.expiresAt === never) return zero;
  keyspace.put(item.key, item.value, version, never, item.room);
  return one;
};

const take: Operation = (keyspace, command) => {
  const item = keyspace.get(command.key());
  if (item === undefined) return nil;
  keyspace.remove(item.key);
  return item.value;
};

const clear: Operation = (keyspace) => {
  keyspace.clear();
  return ok;
};

const get: Operation = (keyspace, command) => keyspace.get(command.key())?.value ?? nil;

const length: Operation = (keyspace, command) =>
  integer((keyspace.get(command.key())?.value.length ?? 1) - 1);

const exists: Operation = (keyspace, command) => {
  let count = 0;
  for (const key of command.keys()) if (keyspace.get(key) !== undefined) count++;
  return integer(count);
};

const getAll: Operation = (keyspace, command) => {
  const values = command.keys().map((key) => keyspace.get(key)?.value ?? nil);
  let bytes = 0;
  for (const value of values) bytes += value.length;
  return bytes > replyBytesMax ? replyTooLong : array(values);
};

/**
 * Log time stands still while nothing is written, so what is left is counted from the asker's
 * clock.
 */
const expiry: Operation = (keyspace, command) => {
  const item = keyspace.get(command.key());
  const askedAt = Number(command.integer());
  if (item === undefined) return integer(-2);
  if (item.expiresAt === never) return integer(-1);
  const now = Math.max(keyspace.now, askedAt);
  const ms = command.has(expiryFlag.absolute) ? item.expiresAt : Math.max(0, item.expiresAt - now);
  return integer(command.has(expiryFlag.seconds) ? Math.floor((ms + 500) / 1000) : ms);
};

const type: Operation = (keyspace, command) =>
  keyspace.get(command.key()) === undefined ? noType : stringType;

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
