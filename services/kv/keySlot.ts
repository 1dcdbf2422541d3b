/**
 * The slot of a key: one of 16,384, as Redis Cluster computes it. A slot is what shards are made
 * of, what a frozen view can be cut by, and how the keyspace is divided.
 *
 * It is CRC-16 (XMODEM: polynomial 0x1021, from 0, the highest bit first) of the key. Where a key
 * has a `{` and, behind at least one byte, a `}`, only what stands between the first `{` and the
 * next `}` counts: the hash tag, by which users put keys together.
 */
export const slotCount = 16_384;

const polynomial = 0x1021;
const open = 0x7b; //  {
const close = 0x7d; // }

const table = Uint16Array.from({ length: 256 }, (_, byte) => {
  let remainder = byte << 8;
  for (let bit = 0; bit < 8; bit++) {
    const isDivisible = (remainder & 0x8000) !== 0;
    remainder = ((remainder << 1) & 0xffff) ^ (isDivisible ? polynomial : 0);
  }
  return remainder;
});

/** The slot, from 0 to 16,383, of the key from `start` to `end`. */
export function keySlot(bytes: Uint8Array, start = 0, end = bytes.length): number {
  for (let at = start; at < end; at++) {
    if (bytes[at] === open) return taggedSlot(bytes, at + 1, start, end);
  }
  return crc16(bytes, start, end) % slotCount;
}

/** The same for a key whose first `{` stands before `tagStart`. */
function taggedSlot(bytes: Uint8Array, tagStart: number, start: number, end: number): number {
  let tagEnd = tagStart;
  while (tagEnd < end && bytes[tagEnd] !== close) tagEnd++;
  const isTagged = tagEnd < end && tagEnd > tagStart;
  return (isTagged ? crc16(bytes, tagStart, tagEnd) : crc16(bytes, start, end)) % slotCount;
}

/** CRC-16/XMODEM of the bytes from `start` to `end`. */
export function crc16(bytes: Uint8Array, start = 0, end = bytes.length): number {
  let crc = 0;
  for (let at = start; at < end; at++) {
    crc = ((crc << 8) & 0xffff) ^ table[(crc >>> 8) ^ bytes[at]!]!;
  }
  return crc;
}
