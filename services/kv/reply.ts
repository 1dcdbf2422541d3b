/**
 * Replies: what a command answers, as bytes that know nothing of a connection's protocol version.
 *
 * The first byte is the type byte of RESP3; what follows is the content without RESP's lengths and
 * line ends:
 *
 * - `+` a status, `-` an error, `=` a text to be shown as it is: UTF-8
 * - `:` an integer: its decimal digits
 * - `$` a byte string: the bytes
 * - `_` nothing
 * - `*` an array, `~` a set, `%` a map (keys and values in turn): one piece for each element,
 *   itself a reply
 *
 * Replies are shared and remembered: whoever holds one never changes it.
 */
import { latin1Bytes } from './latin1.js';
import { pieceSize, putBytes, putPiece } from './pieces.js';

export type Reply = Uint8Array;

/** The type bytes. */
export const replyType = {
  status: 0x2b,
  error: 0x2d,
  integer: 0x3a,
  bulk: 0x24,
  nil: 0x5f,
  verbatim: 0x3d,
  array: 0x2a,
  set: 0x7e,
  map: 0x25,
} as const;

const utf8 = new TextEncoder();

export function status(text: string): Reply {
  return typed(replyType.status, utf8.encode(text));
}

/** An error; the text begins with its code, as in `ERR syntax error`. Line ends become spaces. */
export function failure(text: string): Reply {
  return typed(replyType.error, utf8.encode(text.replaceAll(/[\r\n]/gu, ' ')));
}

/** A byte string; `bytes` from `start` to `end` are copied. */
export function bulk(bytes: Uint8Array, start = 0, end = bytes.length): Reply {
  const reply = new Uint8Array(1 + end - start);
  reply[0] = replyType.bulk;
  putBytes(reply, 1, bytes, start, end);
  return reply;
}

export function bulkText(text: string): Reply {
  return typed(replyType.bulk, utf8.encode(text));
}

/** A text of several lines, which RESP3 marks as meant for people. */
export function verbatim(text: string): Reply {
  return typed(replyType.verbatim, utf8.encode(text));
}

export function integer(value: number | bigint): Reply {
  const known =
    value >= 0 && value < knownIntegers.length ? knownIntegers[Number(value)] : undefined;
  return known ?? typed(replyType.integer, latin1Bytes(String(value)));
}

export function array(elements: readonly Reply[]): Reply {
  return aggregate(replyType.array, elements);
}

export function setOf(elements: readonly Reply[]): Reply {
  return aggregate(replyType.set, elements);
}

/** A map from texts, in this order. */
export function map(entries: readonly (readonly [string, Reply])[]): Reply {
  return aggregate(
    replyType.map,
    entries.flatMap(([key, value]) => [bulkText(key), value]),
  );
}

function typed(type: number, content: Uint8Array): Reply {
  const reply = new Uint8Array(1 + content.length);
  reply[0] = type;
  reply.set(content, 1);
  return reply;
}

function aggregate(type: number, elements: readonly Reply[]): Reply {
  let size = 1;
  for (const element of elements) size += pieceSize(element.length);
  const reply = new Uint8Array(size);
  reply[0] = type;
  let at = 1;
  for (const element of elements) at = putPiece(reply, at, element);
  return reply;
}

const knownIntegers = Array.from({ length: 1024 }, (_, value) =>
  typed(replyType.integer, latin1Bytes(String(value))),
);

export const ok = status('OK');
export const nil: Reply = new Uint8Array([replyType.nil]);
export const emptyArray = array([]);
