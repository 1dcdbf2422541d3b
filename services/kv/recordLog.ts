/**
 * A log of records in one buffer, which is only ever appended to. So whoever holds a view of it (an
 * earlier reply, a frozen leaf) sees it unchanged. Records that are nobody's newest any more are
 * dead; when the buffer is full, or half dead, the living move to another.
 *
 * Which are alive its user knows: it keeps the list of their keys with their offsets, and gives it
 * where they may move.
 */
import type { LeafKeys } from './leafKeys.js';
import {
  apartBytesMin,
  headSize,
  Item,
  putHead,
  putValue,
  RecordReader,
  recordKeyOrder,
  type Span,
  type Value,
  valueSize,
} from './record.js';
import { replyType } from './reply.js';

/**
 * A new buffer has room for half as much again as it needs, and for so much at least: leaves fill
 * up once more after they were split, and should not move often meanwhile.
 */
const spareBytesMin = 512;

export class RecordLog {
  #bytes = new Uint8Array(0);
  #used = 0;
  #dead = 0;
  /** Values held apart, by the offset of their record. */
  #apart: Map<number, Value> | undefined;

  /** How many bytes are not dead. */
  get livingBytes(): number {
    return this.#used - this.#dead;
  }

  /** Appends a record, and answers its offset. Those of `keys` change if the living must move. */
  append(keys: LeafKeys, key: Span, value: Value, version: number, expiresAt: number): number {
    const apart = heldApart(value);
    const size = headSize(key, version, expiresAt) + (apart === undefined ? valueSize(value) : 1);
    if (this.#used + size > this.#bytes.length) this.#move(keys, size);
    const offset = this.#used;
    const at = putHead(this.#bytes, offset, key, version, expiresAt);
    if (apart === undefined) putValue(this.#bytes, at, value);
    else (this.#apart ??= new Map<number, Value>()).set(offset, apart);
    this.#used += size;
    return offset;
  }

  /** Counts the record at `offset` as dead. */
  bury(offset: number): void {
    this.#dead += this.#end(offset) - offset;
    this.#apart?.delete(offset);
  }

  /** Lets go of what is dead, if that is more than half. The offsets of `keys` change. */
  reclaim(keys: LeafKeys): void {
    if (2 * this.#dead > this.#used) this.#move(keys, 0);
  }

  /** A log that goes on from here, while this one stays as it is. */
  copy(): RecordLog {
    const copy = new RecordLog();
    copy.#bytes = this.#bytes;
    copy.#used = this.#used;
    copy.#dead = this.#dead;
    copy.#apart = this.#apart && new Map(this.#apart);
    return copy;
  }

  /** A log of the records of `keys` alone. Their offsets change. */
  part(keys: LeafKeys): RecordLog {
    const part = this.copy();
    let living = 0;
    for (let index = 0; index < keys.size; index++) {
      const offset = keys.offsetAt(index);
      living += this.#end(offset) - offset;
    }
    part.#dead = this.#used - living;
    part.#move(keys, 0);
    return part;
  }

  /** How the key of a record compares with `key`: below, above or 0. */
  keyOrder(offset: number, key: Span): number {
    return recordKeyOrder(this.#bytes, offset, key);
  }

  /** When the record's key expires; `never` if it does not. */
  expiresAt(offset: number): number {
    return this.#read(offset).expiresAt;
  }

  item(offset: number): Item {
    const reader = this.#read(offset);
    const { version, expiresAt } = reader;
    if (reader.start === reader.end) {
      return new Item(this.#apart!.get(offset)!, true, version, expiresAt);
    }
    reader.start++; // past the type byte
    return new Item(reader, false, version, expiresAt);
  }

  /** Bytes of a record in snapshots: its value is in it, wherever it is held here. */
  sizeOf(offset: number): number {
    const size = this.#end(offset) - offset;
    const apart = this.#apart?.get(offset);
    return apart === undefined ? size : size - 1 + valueSize(apart);
  }

  /** Writes a record as snapshots have it, and answers the position behind it. */
  write(offset: number, target: Uint8Array, at: number): number {
    const end = this.#end(offset);
    const apart = this.#apart?.get(offset);
    if (apart === undefined) return copyBytes(this.#bytes, offset, end, target, at);
    return putValue(target, copyBytes(this.#bytes, offset, end - 1, target, at), apart);
  }

  #read(offset: number): RecordReader {
    const reader = new RecordReader(this.#bytes, offset);
    reader.record();
    return reader;
  }

  #end(offset: number): number {
    return this.#read(offset).at;
  }

  /** Moves to a buffer with room for `size` bytes, and some to spare. */
  #move(keys: LeafKeys, size: number): void {
    const needed = this.livingBytes + size;
    const spare = Math.max(needed >>> 1, spareBytesMin);
    const bytes = new Uint8Array(needed + spare);
    if (this.#dead === 0) copyBytes(this.#bytes, 0, this.#used, bytes, 0);
    else this.#moveLiving(keys, bytes);
    this.#bytes = bytes;
  }

  /** In the order of `keys`, in which most neighbours were moved before: a run at a time. */
  #moveLiving(keys: LeafKeys, bytes: Uint8Array): void {
    const apart = this.#apart && new Map<number, Value>();
    const reader = new RecordReader(this.#bytes);
    let start = 0;
    let at = 0;
    for (let index = 0; index < keys.size; index++) {
      const offset = keys.offsetAt(index);
      if (offset !== reader.at) {
        at = copyBytes(this.#bytes, start, reader.at, bytes, at);
        start = offset;
      }
      keys.setOffset(index, at + offset - start);
      const value = this.#apart?.get(offset);
      if (value !== undefined) apart?.set(at + offset - start, value);
      reader.at = offset;
      reader.record();
    }
    this.#used = copyBytes(this.#bytes, start, reader.at, bytes, at);
    this.#dead = 0;
    this.#apart = apart;
  }
}

function copyBytes(
  source: Uint8Array,
  start: number,
  end: number,
  target: Uint8Array,
  at: number,
): number {
  target.set(source.subarray(start, end), at);
  return at + end - start;
}

/** The value in storage of its own, or undefined where it is too short for that. */
function heldApart(value: Value): Value | undefined {
  if (value.isApart === true) return value;
  const length = value.end - value.start;
  if (length < apartBytesMin) return undefined;
  const bytes = new Uint8Array(1 + length);
  bytes[0] = replyType.bulk;
  copyBytes(value.bytes, value.start, value.end, bytes, 1);
  return { bytes, start: 1, end: bytes.length };
}
