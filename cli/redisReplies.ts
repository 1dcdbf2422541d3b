/**
 * Reads replies of a Redis server, as far as the command line asks for any: no arrays, nothing of
 * RESP3.
 */

/** What a server has answered to one command. */
export type RedisReply =
  | { readonly type: 'text' | 'error'; readonly text: string }
  | { readonly type: 'bytes'; readonly bytes: Uint8Array }
  | { readonly type: 'null' };

/** A reply is at most so long, in bytes; a server of ours takes values of 8 MiB. */
const replyBytesMax = 64 * 1024 * 1024;
const lineFeed = 10;

/** Gathers replies out of chunks. */
export class RedisReplies {
  readonly all: RedisReply[] = [];
  #kept = new Uint8Array(0);

  /** Answers what is wrong with what came, if anything is. */
  push(chunk: Uint8Array): string | undefined {
    const bytes = joined(this.#kept, chunk);
    let at = 0;
    for (;;) {
      const reply = replyAt(bytes, at);
      if (typeof reply === 'string') return reply;
      if (reply === undefined) break;
      this.all.push(reply.reply);
      at = reply.end;
    }
    this.#kept = bytes.slice(at);
    return this.#kept.length > replyBytesMax ? 'its reply is too long' : undefined;
  }
}

/**
 * The reply that begins at `start` and where it ends; undefined if it is not whole, a text if it is
 * none.
 */
function replyAt(
  bytes: Uint8Array,
  start: number,
): { readonly reply: RedisReply; readonly end: number } | string | undefined {
  const lineEnd = bytes.indexOf(lineFeed, start) + 1;
  if (lineEnd === 0) return undefined;
  const line = new TextDecoder().decode(bytes.subarray(start, lineEnd)).trimEnd();
  const text = line.slice(1);
  if (line.startsWith('-')) return { reply: { type: 'error', text }, end: lineEnd };
  if (line.startsWith('+') || line.startsWith(':'))
    return { reply: { type: 'text', text }, end: lineEnd };
  if (line === '$-1') return { reply: { type: 'null' }, end: lineEnd };
  if (!/^\$\d{1,9}$/u.test(line)) return 'what it says is not the language of Redis';
  const end = lineEnd + Number(text);
  if (bytes.length < end + 2) return undefined;
  return { reply: { type: 'bytes', bytes: bytes.slice(lineEnd, end) }, end: end + 2 };
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(first.length + second.length);
  whole.set(first);
  whole.set(second, first.length);
  return whole;
}
