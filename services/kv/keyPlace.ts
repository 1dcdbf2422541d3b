/**
 * The place of a key: a number by which keys are ordered wherever they are kept. Its upper 14 bits
 * are the key's slot, so that the keys of a slot are neighbours; the lower 16 are a hash of the
 * whole key, so that even the keys of a slot rarely share a place. Those that do are ordered by
 * their bytes.
 *
 * Places decide on the bytes of snapshots, and are part of what is replicated.
 */
import { keySlot, slotCount } from './keySlot.js';

const hashBits = 16;

/** Places are below this. */
export const placeCount = slotCount << hashBits;

/** The place of the key from `start` to `end`. */
export function keyPlace(bytes: Uint8Array, start = 0, end = bytes.length): number {
  // FNV-1a. Who chooses keys that share a place makes them be compared, and nothing worse.
  let hash = 0x811c9dc5;
  for (let at = start; at < end; at++) hash = Math.imul(hash ^ bytes[at]!, 0x01000193);
  return (keySlot(bytes, start, end) << hashBits) | ((hash ^ (hash >>> hashBits)) & 0xffff);
}
