/**
 * Finds where replies of the Redis protocol end (RESP2), without looking at more of them than that.
 */

/** What a reply says, as far as a generator of load wants to know. */
export type Reply =
  | { readonly type: 'status' | 'error' | 'integer'; readonly text: string }
  | { readonly type: 'bulk'; readonly bytes: Uint8Array }
  | { readonly type: 'null' };

const minus = 45;
const carriageReturn = 13;
const lineFeed = 10;
/** A reply that is larger comes from no server of a bench. */
const bulkBytesMax = 1024 * 1024;
const lineBytesMax = 64 * 1024;

/** Cuts what arrives into replies; a reply that has not arrived whole is kept until it has. */
export class ReplyScanner {
  #kept = new Uint8Array(0);

  /**
   * Calls `onReply` with where each whole reply lies in `bytes`. `chunk` may be overwritten
   * afterwards. Throws on what is no simple reply: arrays and the types of RESP3 are not asked for
   * here.
   */
  scan(chunk: Uint8Array, onReply: (bytes: Uint8Array, start: number, end: number) => void): void {
    const bytes = this.#kept.length === 0 ? chunk : joined(this.#kept, chunk);
    let at = 0;
    for (;;) {
      const end = replyEnd(bytes, at);
      if (end === undefined) break;
      onReply(bytes, at, end);
      at = end;
    }
    this.#kept = bytes.slice(at);
  }
}

/** Where the reply that begins at `start` ends, or undefined where it has not arrived whole. */
export function replyEnd(bytes: Uint8Array, start: number): number | undefined {
  if (start >= bytes.length) return undefined;
  const type = bytes[start]!;
  if (!isKnown(type)) throw new RangeError(`byte ${start}: no simple reply begins with ${type}`);
  const lineEnd = bytes.indexOf(lineFeed, start);
  if (lineEnd < 0) {
    if (bytes.length - start > lineBytesMax) throw new RangeError(`byte ${start}: an endless line`);
    return undefined;
  }
  if (bytes[lineEnd - 1] !== carriageReturn) {
    throw new RangeError(`byte ${lineEnd}: a line that does not end in CR LF`);
  }
  if (type !== sign.bulk) return lineEnd + 1;
  const length = numberAt(bytes, start + 1, lineEnd - 1);
  if (length < 0) return lineEnd + 1;
  if (length > bulkBytesMax) throw new RangeError(`byte ${start}: a bulk of ${length} bytes`);
  const end = lineEnd + 1 + length + 2;
  return end > bytes.length ? undefined : end;
}

/** The reply that lies from `start` to `end`; its bytes are copied. */
export function replyAt(bytes: Uint8Array, start: number, end: number): Reply {
  const type = bytes[start]!;
  const lineEnd = bytes.indexOf(lineFeed, start);
  if (type !== sign.bulk) {
    const text = new TextDecoder().decode(bytes.subarray(start + 1, lineEnd - 1));
    if (type === sign.error) return { type: 'error', text };
    return { type: type === sign.integer ? 'integer' : 'status', text };
  }
  if (lineEnd + 1 === end) return { type: 'null' };
  return { type: 'bulk', bytes: bytes.slice(lineEnd + 1, end - 2) };
}

const sign = { status: 43, error: 45, integer: 58, bulk: 36 };

function isKnown(type: number): boolean {
  return type === sign.status || type === sign.bulk || type === sign.error || type === sign.integer;
}

/** The number in digits from `from` up to `to`; -1 for what begins with a minus. */
function numberAt(bytes: Uint8Array, from: number, to: number): number {
  if (bytes[from] === minus) return -1;
  let number = 0;
  for (let at = from; at < to; at++) {
    const digit = bytes[at]! - 48;
    if (digit < 0 || digit > 9) throw new RangeError(`byte ${at}: no digit in a length`);
    number = number * 10 + digit;
  }
  return number;
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(first.length + second.length);
  whole.set(first);
  whole.set(second, first.length);
  return whole;
}
