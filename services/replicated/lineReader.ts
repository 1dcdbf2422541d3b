/** Lines of UTF-8 out of chunks, however they are cut. */

const newline = 10;
/** Strict, and with every character kept: the platform's default drops a leading U+FEFF. */
const decoding = { fatal: true, ignoreBOM: true };

export class LineReader {
  readonly #lineBytesMax: number;
  readonly #take: (line: string) => void;
  readonly #decoder = new TextDecoder('utf-8', decoding);
  /** The parts of a line whose end has not come. */
  #rest: Uint8Array[] = [];
  #restBytes = 0;

  /** A line of more bytes than `lineBytesMax` is an error. */
  constructor(lineBytesMax: number, take: (line: string) => void) {
    this.#lineBytesMax = lineBytesMax;
    this.#take = take;
  }

  /** Whether a line has begun and not ended. */
  get hasRest(): boolean {
    return this.#restBytes > 0;
  }

  /** Takes the lines that end in this chunk. Throws for a line that is too long or not UTF-8. */
  push(chunk: Uint8Array): void {
    let from = 0;
    for (let end = chunk.indexOf(newline); end >= 0; end = chunk.indexOf(newline, from)) {
      this.#take(this.#decoder.decode(this.#joined(chunk.subarray(from, end))));
      from = end + 1;
    }
    if (from === chunk.length) return;
    const part = chunk.slice(from);
    this.#restBytes += part.length;
    if (this.#restBytes > this.#lineBytesMax) {
      throw new RangeError(`a line of more than ${this.#lineBytesMax} bytes`);
    }
    this.#rest.push(part);
  }

  #joined(last: Uint8Array): Uint8Array {
    if (this.#restBytes === 0) return last;
    const line = new Uint8Array(this.#restBytes + last.length);
    let at = 0;
    for (const part of [...this.#rest, last]) {
      line.set(part, at);
      at += part.length;
    }
    this.#rest = [];
    this.#restBytes = 0;
    return line;
  }
}
