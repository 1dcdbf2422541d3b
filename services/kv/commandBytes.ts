/**
 * Memory for encoded commands. Those of middling size are cut from a slab: an array of its own
 * costs several times as much above the size that the engine keeps on its heap. A slab lives as
 * long as the last of its commands, and commands leave the log about as they entered it, so that
 * little is held in vain.
 */

const slabBytes = 32 * 1024;
/** The engine allocates arrays up to this size on its own heap, faster than a slab is cut. */
const onHeapBytes = 64;
/** Above, the cost of an allocation does not show beside that of the copy. */
const slabShareMax = 4 * 1024;

let slab = new Uint8Array(0);
let used = 0;

/** Zeroed memory that nobody else uses. */
export function commandBytes(length: number): Uint8Array {
  if (length <= onHeapBytes || length > slabShareMax) return new Uint8Array(length);
  if (used + length > slab.length) {
    slab = new Uint8Array(slabBytes);
    used = 0;
  }
  const bytes = slab.subarray(used, used + length);
  used += length;
  return bytes;
}
