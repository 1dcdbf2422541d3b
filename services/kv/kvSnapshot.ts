/**
 * Snapshots of a keyspace: the same bytes on every server that has applied the same entries, in
 * slices of about 64 KiB.
 *
 * Frames, each behind its length (four bytes, the highest first). The first says `KV`, the version
 * of this format, the log time and the number of keys; then comes a frame a key, with its version,
 * its expiry (ms; 0: none), and key and value as pieces. Expiries are whole ms.
 */
import { IncomingBytes } from './incomingBytes.js';
import { type Item, Keyspace, never } from './keyspace.js';
import { latin1, putLatin1 } from './latin1.js';
import {
  MalformedPieces,
  numberSize,
  PieceReader,
  pieceSize,
  putBytes,
  putNumber,
} from './pieces.js';
import { bulk } from './reply.js';

const sliceBytes = 64 * 1024;
const frameHeadBytes = 4;
const mark = [0x4b, 0x56] as const; // KV
const formatVersion = 1;

/**
 * The keyspace as it is now, whatever becomes of it while the slices are taken. The view is a list
 * of all items, made at once: it takes time in proportion to the number of keys, but copies no
 * value.
 */
export function writeSnapshot(keyspace: Keyspace): Iterable<Uint8Array> {
  const head = headFrame(keyspace.now, keyspace.size);
  const items = keyspace.items();
  return { [Symbol.iterator]: () => slices(head, items) };
}

function* slices(head: Uint8Array, items: readonly Item[]): Generator<Uint8Array> {
  let slice = new Uint8Array(sliceBytes);
  let at = putBytes(slice, 0, head, 0, head.length);
  for (const item of items) {
    const size = frameHeadBytes + itemSize(item);
    if (at + size > slice.length) {
      yield slice.subarray(0, at);
      slice = new Uint8Array(Math.max(sliceBytes, size));
      at = 0;
    }
    at = putItem(slice, at, item, size - frameHeadBytes);
  }
  yield slice.subarray(0, at);
}

/**
 * A keyspace from the slices of a snapshot, however they were cut. Throws an Error that says what
 * is wrong.
 */
export function readSnapshot(chunks: Iterable<Uint8Array>): Keyspace {
  const keyspace = new Keyspace();
  const frames = readFrames(chunks);
  try {
    const first = frames.next();
    if (first.done === true) throw new MalformedPieces('it is empty');
    const { now, size } = readHead(first.value);
    keyspace.advance(now);
    for (const frame of frames) putFromFrame(keyspace, frame);
    if (keyspace.size !== size) {
      throw new MalformedPieces(`it has ${keyspace.size} keys where ${size} were written`);
    }
    return keyspace;
  } catch (error) {
    if (!(error instanceof MalformedPieces)) throw error;
    throw new Error(`The snapshot of the key-value service cannot be read: ${error.message}.`, {
      cause: error,
    });
  }
}

function* readFrames(chunks: Iterable<Uint8Array>): Generator<Uint8Array> {
  const incoming = new IncomingBytes();
  let at = 0;
  for (const chunk of chunks) {
    at -= incoming.push(chunk, at);
    for (;;) {
      const start = at + frameHeadBytes;
      if (start > incoming.end) break;
      const { bytes } = incoming;
      const high = bytes[at]! * 0x1000000 + bytes[at + 1]! * 0x10000;
      const length = high + bytes[at + 2]! * 0x100 + bytes[at + 3]!;
      if (start + length > incoming.end) break;
      yield bytes.subarray(start, start + length);
      at = start + length;
    }
  }
  if (at < incoming.end) throw new MalformedPieces('its end is missing');
}

function headFrame(now: number, size: number): Uint8Array {
  const length = mark.length + 1 + numberSize(now) + numberSize(size);
  const frame = new Uint8Array(frameHeadBytes + length);
  let at = putLength(frame, 0, length);
  for (const byte of [...mark, formatVersion]) frame[at++] = byte;
  putNumber(frame, putNumber(frame, at, now), size);
  return frame;
}

function readHead(frame: Uint8Array): { now: number; size: number } {
  if (frame[0] !== mark[0] || frame[1] !== mark[1]) {
    throw new MalformedPieces('it is none of this service');
  }
  if (frame[2] !== formatVersion) {
    throw new MalformedPieces(
      `its format is ${frame[2]}, and this release reads ${formatVersion}; use a newer release`,
    );
  }
  const reader = new PieceReader(frame, mark.length + 1);
  return { now: reader.number(), size: reader.number() };
}

const writtenExpiry = (item: Item) => (item.expiresAt === never ? 0 : item.expiresAt);

function itemSize(item: Item): number {
  const numbers = numberSize(item.version) + numberSize(writtenExpiry(item));
  return numbers + pieceSize(item.key.length) + pieceSize(item.value.length - 1);
}

function putItem(target: Uint8Array, from: number, item: Item, size: number): number {
  let at = putLength(target, from, size);
  at = putNumber(target, at, item.version);
  at = putNumber(target, at, writtenExpiry(item));
  at = putLatin1(target, putNumber(target, at, item.key.length), item.key);
  // The value without its type byte: strings are all that there is in this version.
  at = putNumber(target, at, item.value.length - 1);
  return putBytes(target, at, item.value, 1, item.value.length);
}

function putFromFrame(keyspace: Keyspace, frame: Uint8Array): void {
  const reader = new PieceReader(frame);
  const version = reader.number();
  const expiresAt = reader.number();
  reader.next();
  const key = latin1(frame, reader.start, reader.end);
  reader.next();
  const value = bulk(frame, reader.start, reader.end);
  keyspace.put(key, value, version, expiresAt === 0 ? never : expiresAt);
}

function putLength(target: Uint8Array, at: number, length: number): number {
  target[at] = length >>> 24;
  target[at + 1] = length >>> 16;
  target[at + 2] = length >>> 8;
  target[at + 3] = length;
  return at + frameHeadBytes;
}
