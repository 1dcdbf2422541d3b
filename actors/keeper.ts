/**
 * What may be kept of received bytes. A view keeps alive the whole chunk that its socket read: for
 * entries that fill the chunk that is just right, and for one small entry in a large chunk it is
 * waste that lasts as long as the log.
 *
 * Small frames are copied side by side into slabs, which a log fills and drops as a whole. A buffer
 * for each would cost more than decoding it (1.2 µs against 0.4).
 */

/** So many times its own size a frame may keep alive. */
const wasteMax = 4;

const slabBytes = 16 * 1024;

/** Decides for each frame whether to copy it, and where to. */
export class Keeper {
  #slab = new Uint8Array(0);
  #filled = 0;

  /** `body` itself, or a copy of it if it is a small part of the memory that it is a view of. */
  keep(body: Uint8Array): Uint8Array {
    const { length } = body;
    if (body.buffer.byteLength <= wasteMax * length) return body;
    if (length * wasteMax > slabBytes) return body.slice();
    if (this.#filled + length > this.#slab.length) {
      this.#slab = new Uint8Array(slabBytes);
      this.#filled = 0;
    }
    const start = this.#filled;
    this.#filled += length;
    this.#slab.set(body, start);
    return this.#slab.subarray(start, this.#filled);
  }
}
