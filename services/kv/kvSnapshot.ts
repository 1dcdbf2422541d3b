/**
 * Snapshots of a keyspace: the same bytes on every server that has applied the same entries, in
 * slices of about 64 KiB.
 *
 * Frames, each behind its length (four bytes, the highest first). The first says `KV`, the version
 * of this format, the log time and the number of keys; then comes a frame a key, its record, in the
 * order of the keys' places.
 */
import type { Restoring } from '../../actors/stateMachine.js';
import { IncomingBytes } from './incomingBytes.js';
import { type FrozenKeyspace, Keyspace } from './keyspace.js';
import type { Leaf } from './leaf.js';
import { MalformedPieces, numberSize, PieceReader, putNumber } from './pieces.js';
import { RecordReader } from './record.js';
import { replyType } from './reply.js';

const sliceBytes = 64 * 1024;
const frameHeadBytes = 4;
const mark = [0x4b, 0x56] as const; // KV
const formatVersion = 1;

/**
 * A snapshot, made as its slices are pulled. A slice is longer where a single record is. The view
 * does not change, and can be pulled more than once.
 */
export function writeSnapshot(view: FrozenKeyspace): Iterable<Uint8Array> {
  return { [Symbol.iterator]: () => slices(view) };
}

function* slices(view: FrozenKeyspace): Generator<Uint8Array> {
  let slice = new Uint8Array(sliceBytes);
  let at = putHead(slice, view);
  for (const leaf of leavesOf(view)) {
    for (let index = 0; index < leaf.size; index++) {
      const size = leaf.recordSize(index);
      if (at + frameHeadBytes + size > slice.length) {
        yield slice.subarray(0, at);
        slice = new Uint8Array(Math.max(sliceBytes, frameHeadBytes + size));
        at = 0;
      }
      at = leaf.putRecord(index, slice, putLength(slice, at, size));
    }
  }
  yield slice.subarray(0, at);
}

function* leavesOf(view: FrozenKeyspace): Generator<Leaf> {
  for (const region of view.regions) if (region !== undefined) yield* region.leaves;
}

function putHead(target: Uint8Array, { now, size }: FrozenKeyspace): number {
  const length = mark.length + 1 + numberSize(now) + numberSize(size);
  let at = putLength(target, 0, length);
  for (const byte of [...mark, formatVersion]) target[at++] = byte;
  return putNumber(target, putNumber(target, at, now), size);
}

function putLength(target: Uint8Array, at: number, length: number): number {
  target[at] = length >>> 24;
  target[at + 1] = length >>> 16;
  target[at + 2] = length >>> 8;
  target[at + 3] = length;
  return at + frameHeadBytes;
}

/**
 * Makes a keyspace from the chunks of a snapshot, however they are cut. A chunk is only read while
 * it is pushed. Errors say what is wrong; after one, each further call throws it again, and after
 * `finish` there is none.
 */
export class SnapshotReader implements Restoring {
  readonly #finish: (keyspace: Keyspace) => void;
  readonly #keyspace = new Keyspace();
  readonly #incoming = new IncomingBytes();
  #at = 0;
  /** How many keys there must be; undefined before the first frame. */
  #size: number | undefined;
  #error: Error | undefined;

  /** `finish` is given the keyspace once it is whole. */
  constructor(finish: (keyspace: Keyspace) => void) {
    this.#finish = finish;
  }

  push(chunk: Uint8Array): void {
    this.#orFail(() => {
      this.#at -= this.#incoming.push(new Uint8Array(chunk), this.#at);
      for (let end = this.#frameEnd(); end <= this.#incoming.end; end = this.#frameEnd()) {
        this.#read(this.#incoming.bytes, this.#at + frameHeadBytes, end);
        this.#at = end;
      }
    });
  }

  finish(): void {
    this.#orFail(() => {
      if (this.#at < this.#incoming.end) throw new MalformedPieces('its end is missing');
      if (this.#size === undefined) throw new MalformedPieces('it is empty');
      const { size } = this.#keyspace;
      if (size !== this.#size) {
        throw new MalformedPieces(`it has ${size} keys where ${this.#size} were written`);
      }
    });
    this.#error = new Error('The restore is finished.');
    this.#finish(this.#keyspace);
  }

  #orFail(step: () => void): void {
    if (this.#error !== undefined) throw this.#error;
    try {
      step();
    } catch (error) {
      if (!(error instanceof MalformedPieces)) throw error;
      const what = `The snapshot of the key-value service cannot be read: ${error.message}.`;
      this.#error = new Error(what, { cause: error });
      throw this.#error;
    }
  }

  /** Where the frame at hand ends; beyond all that has come if its length has not. */
  #frameEnd(): number {
    const { bytes, end } = this.#incoming;
    const at = this.#at;
    if (at + frameHeadBytes > end) return Number.POSITIVE_INFINITY;
    const high = bytes[at]! * 0x1000000 + bytes[at + 1]! * 0x10000;
    return at + frameHeadBytes + high + bytes[at + 2]! * 0x100 + bytes[at + 3]!;
  }

  #read(bytes: Uint8Array, start: number, end: number): void {
    const frame = bytes.subarray(start, end);
    if (this.#size === undefined) this.#readHead(frame);
    else putRecord(this.#keyspace, frame);
  }

  #readHead(frame: Uint8Array): void {
    if (frame[0] !== mark[0] || frame[1] !== mark[1]) {
      throw new MalformedPieces('it is none of this service');
    }
    if (frame[2] !== formatVersion) {
      throw new MalformedPieces(
        `its format is ${frame[2]}, and this release reads ${formatVersion}; use a newer release`,
      );
    }
    const reader = new PieceReader(frame, mark.length + 1);
    this.#keyspace.advance(reader.number());
    this.#size = reader.number();
  }
}

function putRecord(keyspace: Keyspace, frame: Uint8Array): void {
  const reader = new RecordReader(frame);
  reader.record();
  if (reader.hasMore) throw new MalformedPieces('a record is longer than what it holds');
  if (reader.start === reader.end || frame[reader.start] !== replyType.bulk) {
    throw new MalformedPieces('a value is none that this release knows; use a newer release');
  }
  reader.start++; // past the type byte
  const key = { bytes: frame, start: reader.keyStart, end: reader.keyEnd };
  keyspace.put(key, reader, reader.version, reader.expiresAt);
}
