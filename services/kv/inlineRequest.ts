/**
 * Inline requests: a command typed as a line of words, as with telnet. Words may be quoted; double
 * quotes know the escapes `\n \r \t \b \a \\ \"` and `\xhh`, single quotes know `\'`.
 */

const space = 0x20;
const doubleQuote = 0x22;
const singleQuote = 0x27;
const backslash = 0x5c;

/** Bytes behind a backslash, where they do not mean themselves. */
const escapes: Readonly<Record<number, number>> = {
  0x6e: 0x0a, // n
  0x72: 0x0d, // r
  0x74: 0x09, // t
  0x62: 0x08, // b
  0x61: 0x07, // a
};

/** The words of a line, unquoted, one behind the other in `bytes`. */
export interface InlineWords {
  readonly bytes: Uint8Array;
  readonly starts: number[];
  readonly ends: number[];
}

/** Splits the line from `start` to `end`, or answers undefined where its quotes are unbalanced. */
export function splitInline(line: Uint8Array, start: number, end: number): InlineWords | undefined {
  const words: InlineWords = { bytes: new Uint8Array(end - start), starts: [], ends: [] };
  let at = start;
  let written = 0;
  for (;;) {
    while (at < end && isSpace(line[at]!)) at++;
    if (at >= end) return words;
    words.starts.push(written);
    // Quotes may begin inside a word, but only a space may follow one that closes.
    while (at < end && !isSpace(line[at]!)) {
      const byte = line[at]!;
      if (byte !== doubleQuote && byte !== singleQuote) {
        words.bytes[written++] = byte;
        at++;
        continue;
      }
      const quoted = unquote(line, at, end, words.bytes, written);
      if (quoted === undefined) return undefined;
      at = quoted.at;
      written = quoted.written;
      if (at < end && !isSpace(line[at]!)) return undefined;
    }
    words.ends.push(written);
  }
}

/** Copies what the quote at `start` encloses. Undefined: it does not close. */
function unquote(
  line: Uint8Array,
  start: number,
  end: number,
  target: Uint8Array,
  from: number,
): { at: number; written: number } | undefined {
  const quote = line[start]!;
  let written = from;
  for (let at = start + 1; at < end; at++) {
    const byte = line[at]!;
    if (byte === quote) return { at: at + 1, written };
    if (byte !== backslash || at + 1 >= end) {
      target[written++] = byte;
    } else if (quote === singleQuote) {
      if (line[at + 1] === singleQuote) at++;
      target[written++] = line[at]!;
    } else if (line[at + 1] === 0x78 && hexByte(line, at + 2, end) !== undefined) {
      target[written++] = hexByte(line, at + 2, end)!;
      at += 3;
    } else {
      at++;
      target[written++] = escapes[line[at]!] ?? line[at]!;
    }
  }
  return undefined;
}

/** Blank, tab, line feed, vertical tab, form feed, carriage return; a NUL ends a word, too. */
function isSpace(byte: number): boolean {
  return byte === space || (byte >= 0x09 && byte <= 0x0d) || byte === 0;
}

function hexByte(line: Uint8Array, at: number, end: number): number | undefined {
  if (at + 2 > end) return undefined;
  const high = hexDigit(line[at]!);
  const low = hexDigit(line[at + 1]!);
  return high === undefined || low === undefined ? undefined : high * 16 + low;
}

function hexDigit(byte: number): number | undefined {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x61 + 10 : undefined;
}
