/**
 * Bytes that arrive in chunks and are read in units that chunks do not respect. A chunk that finds
 * nothing waiting is taken as it is, without a copy; otherwise it is put behind what waits, in a
 * buffer that at least doubles, so that each byte is copied a bounded number of times however small
 * the chunks are.
 */

const none = new Uint8Array(0);

export class IncomingBytes {
  /** Valid up to `end`. A chunk of the caller's, or a buffer of our own. */
  bytes: Uint8Array = none;
  end = 0;
  #isOurs = false;

  /**
   * Adds a chunk, which nobody may change afterwards, and keeps what stands from `keepFrom` on.
   * Answers by how much positions have moved to the left.
   */
  push(chunk: Uint8Array, keepFrom: number): number {
    const kept = this.end - keepFrom;
    if (kept === 0) {
      this.bytes = chunk;
      this.end = chunk.length;
      this.#isOurs = false;
      return keepFrom;
    }
    if (this.#isOurs && this.bytes.length - this.end >= chunk.length) {
      this.bytes.set(chunk, this.end);
      this.end += chunk.length;
      return 0;
    }
    const grown = new Uint8Array(2 * kept + chunk.length);
    grown.set(this.bytes.subarray(keepFrom, this.end));
    grown.set(chunk, kept);
    this.bytes = grown;
    this.end = kept + chunk.length;
    this.#isOurs = true;
    return keepFrom;
  }

  /** Lets go of the buffer: nothing waits. Positions begin at 0 again. */
  clear(): void {
    this.bytes = none;
    this.end = 0;
    this.#isOurs = false;
  }
}
