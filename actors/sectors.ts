/**
 * Sectors: what a disk writes whole or not at all, and what it reads as zero where it never wrote.
 */

/** Size of a sector; disks with larger ones keep what is promised for smaller ones. */
export const sectorBytes = 512;

/** The end of the sector in which the byte at `offset` of a file lies. */
export function sectorEnd(offset: number): number {
  return (Math.floor(offset / sectorBytes) + 1) * sectorBytes;
}

/**
 * In how many sectors of the file all of `bytes` between `start` and `end` are zero; `start` lies
 * at `offset`.
 */
export function zeroSectors(bytes: Uint8Array, start: number, end: number, offset: number): number {
  let count = 0;
  let at = start;
  while (at < end) {
    const next = Math.min(end, at + sectorEnd(offset + at - start) - (offset + at - start));
    if (isZero(bytes, at, next)) count++;
    at = next;
  }
  return count;
}

/** From so many bytes on they are looked at as words: the unused rest of a segment has millions. */
const wordwiseFrom = 4096;
const wordBytes = Int32Array.BYTES_PER_ELEMENT;

/** Whether every byte from `start` up to `end` is zero. */
export function isZero(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start < wordwiseFrom) return areZero(bytes, start, end);
  const { buffer, byteOffset } = bytes;
  const from = Math.ceil((byteOffset + start) / wordBytes) * wordBytes - byteOffset;
  const count = Math.floor((end - from) / wordBytes);
  return (
    areZero(bytes, start, from) &&
    areZero(new Int32Array(buffer, byteOffset + from, count), 0, count) &&
    areZero(bytes, from + count * wordBytes, end)
  );
}

function areZero(numbers: Uint8Array | Int32Array, start: number, end: number): boolean {
  for (let i = start; i < end; i++) if (numbers[i] !== 0) return false;
  return true;
}
