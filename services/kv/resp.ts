/**
 * The request side of RESP: what clients send, read as it arrives. RESP2 and RESP3 clients send
 * alike: an array of byte strings, or an inline line.
 *
 * Feed chunks to `push`; `next` answers whether another request is complete, which then stands in
 * the parser's own fields. After a protocol error, whose text is Redis's, nothing more is read: the
 * sender of the bytes that follow cannot be understood any more.
 */
import { IncomingBytes } from './incomingBytes.js';
import { splitInline } from './inlineRequest.js';
import { parseInteger } from './integer.js';
import { type FrontLimits, unauthenticatedLimits } from './limits.js';
import type { Request } from './request.js';

export type RequestLimits = Pick<
  FrontLimits,
  'argumentsMax' | 'bulkBytesMax' | 'lineBytesMax' | 'requestBytesMax'
>;

const star = 0x2a;
const dollar = 0x24;
const carriageReturn = 0x0d;
const lineFeed = 0x0a;
const zero = 0x30;
const nine = 0x39;
const unknownLength = -1;
/** Room for positions that is kept from one request to the next. */
const keptPositions = 1024;

export class RequestParser implements Request {
  bytes: Uint8Array = new Uint8Array(0);
  count = 0;
  starts: number[] = [];
  ends: number[] = [];
  /** What was wrong, as an error reply's text; undefined: nothing. */
  protocolError: string | undefined = undefined;
  /** Whether the client has said who it is: until then it may send little. */
  isTrusted = true;

  readonly #limits: RequestLimits;
  readonly #incoming = new IncomingBytes();
  /** Where the request that is being read begins, and how far it is read. */
  #begin = 0;
  #at = 0;
  /**
   * How far a line's end was looked for, so that a line that comes byte by byte is looked through
   * once.
   */
  #searched = 0;
  /** Arguments still to come of an array; 0: a request begins at `#at`. */
  #expected = 0;
  #bulkLength = unknownLength;

  constructor(limits: RequestLimits) {
    this.#limits = limits;
  }

  /** Takes what has arrived. Nobody may change `chunk` afterwards. */
  push(chunk: Uint8Array): void {
    const moved = this.#incoming.push(chunk, this.#begin);
    if (moved === 0) return;
    this.#begin -= moved;
    this.#at -= moved;
    this.#searched = Math.max(0, this.#searched - moved);
    for (let index = 0; index < this.count; index++) {
      this.starts[index]! -= moved;
      this.ends[index]! -= moved;
    }
  }

  /** Reads the next request, if it has arrived as a whole. */
  next(): boolean {
    while (this.protocolError === undefined) {
      if (this.#expected > 0) return this.#readArguments();
      this.#begin = this.#at;
      this.count = 0;
      if (this.starts.length > keptPositions) {
        this.starts = [];
        this.ends = [];
      }
      if (this.#at === this.#incoming.end) return this.#letGo();
      const isArray = this.#incoming.bytes[this.#at] === star;
      if (!(isArray ? this.#readArrayHead() : this.#readInline())) return false;
      if (!isArray && this.count > 0) return true;
    }
    return false;
  }

  /** Nothing waits: the last chunk need not be kept. */
  #letGo(): false {
    this.#incoming.clear();
    this.#begin = 0;
    this.#at = 0;
    this.#searched = 0;
    return false;
  }

  /**
   * False: the line is not complete, or wrong. An empty array is no request, and is passed over.
   */
  #readArrayHead(): boolean {
    const count = this.#readNumber('too big mbulk count string');
    if (count === undefined) return false;
    if (Number.isNaN(count) || count > this.#limits.argumentsMax) {
      return this.#fail('invalid multibulk length');
    }
    if (count > unauthenticatedLimits.argumentsMax && !this.isTrusted) {
      return this.#fail('unauthenticated multibulk length');
    }
    this.#expected = Math.max(0, count);
    return true;
  }

  #readArguments(): boolean {
    const { bytes, end } = this.#incoming;
    while (this.#expected > 0) {
      if (this.#bulkLength === unknownLength && !this.#readBulkHead()) return false;
      const bulkEnd = this.#at + this.#bulkLength;
      if (bulkEnd + 2 > end) return false;
      this.starts[this.count] = this.#at;
      this.ends[this.count] = bulkEnd;
      this.count++;
      this.#at = bulkEnd + 2;
      this.#bulkLength = unknownLength;
      this.#expected--;
    }
    this.bytes = bytes;
    return true;
  }

  #readBulkHead(): boolean {
    const first = this.#incoming.bytes[this.#at]!;
    const length = this.#readNumber('too big bulk count string');
    if (length === undefined) return false;
    if (first !== dollar) return this.#fail(`expected '$', got '${String.fromCharCode(first)}'`);
    if (!(length >= 0 && length <= this.#limits.bulkBytesMax)) {
      return this.#fail('invalid bulk length');
    }
    if (length > unauthenticatedLimits.bulkBytesMax && !this.isTrusted) {
      return this.#fail('unauthenticated bulk length');
    }
    if (this.#at + length - this.#begin > this.#limits.requestBytesMax) {
      return this.#fail(`too big request, more than ${this.#limits.requestBytesMax} bytes`);
    }
    this.#bulkLength = length;
    return true;
  }

  /**
   * The number behind the type byte at `#at`; the line is passed over. Undefined: the line is not
   * complete, or too long, which is reported as `tooLong`. NaN: it is no number.
   */
  #readNumber(tooLong: string): number | undefined {
    const { bytes, end } = this.#incoming;
    let value = 0;
    let at = this.#at + 1;
    for (; at < end; at++) {
      const byte = bytes[at]!;
      if (byte < zero || byte > nine) break;
      value = value * 10 + (byte - zero);
    }
    const digits = at - this.#at - 1;
    const isPlain = digits > 0 && (digits === 1 || bytes[this.#at + 1] !== zero);
    if (isPlain && at + 1 < end && bytes[at] === carriageReturn) {
      this.#at = at + 2;
      return value;
    }
    return this.#readUnusualNumber(tooLong);
  }

  /** A line that is incomplete, negative or wrong. */
  #readUnusualNumber(tooLong: string): number | undefined {
    const lineEnd = this.#findInLine(carriageReturn, tooLong);
    if (lineEnd === undefined || lineEnd + 1 >= this.#incoming.end) return undefined;
    const value = parseInteger(this.#incoming.bytes, this.#at + 1, lineEnd);
    this.#at = lineEnd + 2;
    return value === undefined ? Number.NaN : Number(value);
  }

  /** A line of words; empty ones are passed over, with `count` 0. */
  #readInline(): boolean {
    const lineEnd = this.#findInLine(lineFeed, 'too big inline request');
    if (lineEnd === undefined) return false;
    const { bytes } = this.#incoming;
    const hasReturn = lineEnd > this.#at && bytes[lineEnd - 1] === carriageReturn;
    const words = splitInline(bytes, this.#at, hasReturn ? lineEnd - 1 : lineEnd);
    if (words === undefined) return this.#fail('unbalanced quotes in request');
    this.#at = lineEnd + 1;
    this.bytes = words.bytes;
    this.starts = words.starts;
    this.ends = words.ends;
    this.count = words.starts.length;
    return true;
  }

  /** Position of `byte` in the line that begins at `#at`, once it has arrived. */
  #findInLine(byte: number, tooLong: string): number | undefined {
    const { bytes, end } = this.#incoming;
    const lineMax = this.#at + this.#limits.lineBytesMax;
    const from = Math.max(this.#searched, this.#at);
    const to = Math.min(end, lineMax + 1);
    const found = bytes.subarray(from, to).indexOf(byte);
    if (found >= 0) return from + found;
    this.#searched = to;
    if (end > lineMax) this.#fail(tooLong);
    return undefined;
  }

  #fail(what: string): false {
    this.protocolError = `ERR Protocol error: ${what}`;
    return this.#letGo();
  }
}
