/**
 * What can happen to the files of a data folder so that its server can tell. What nobody can tell
 * is not in here: where the last segment in use ends, a whole batch that is missing leaves no trace
 * (`docs/durability.md`), so that segment is neither lost nor cut.
 */
import { sectorBytes } from '../actors/sectors.js';
import { segmentNumber } from '../actors/walFormat.js';
import type { DiskImage } from './diskRules.js';

/** Other bytes in a file than were written there. */
export interface DiskHarm {
  readonly file: string;
  readonly offset: number;
  readonly bytes: Uint8Array;
}

/** A bit that becomes one: nothing turns into a sector of zeros, as of a batch that was torn. */
export function rottenBit(image: DiskImage, drawn: number): DiskHarm | undefined {
  const names = [...image.keys()].sort();
  const file = names[drawn % names.length];
  const bytes = image.get(file ?? '');
  if (file === undefined || bytes === undefined || bytes.length === 0) return undefined;
  const from = (drawn >>> 4) % bytes.length;
  for (let n = 0; n < bytes.length; n++) {
    const offset = (from + n) % bytes.length;
    const byte = bytes[offset]!;
    if (byte === 0 || byte === 0xff) continue;
    let bit = (drawn >>> 2) % 8;
    while ((byte & (1 << bit)) !== 0) bit = (bit + 1) % 8;
    return { file, offset, bytes: Uint8Array.of(byte | (1 << bit)) };
  }
  return undefined;
}

/** A sector of a segment that stands where another one was. */
export function strayedSector(image: DiskImage, drawn: number): DiskHarm | undefined {
  const sectors = segmentsIn(image).flatMap(({ file, bytes }) => sectorsOf(file, bytes));
  if (sectors.length < 2) return undefined;
  const at = drawn % sectors.length;
  const step = 1 + ((drawn >>> 8) % (sectors.length - 1));
  const { bytes } = sectors[at]!;
  const { file, offset } = sectors[(at + step) % sectors.length]!;
  return { file, offset, bytes };
}

/** The files without one of them. */
export function withoutFile(image: DiskImage, drawn: number): DiskImage | undefined {
  const file = dispensable(image, drawn);
  if (file === undefined) return undefined;
  return new Map([...image].filter(([name]) => name !== file));
}

/** The files with one of them cut short. */
export function cutFile(image: DiskImage, drawn: number): DiskImage | undefined {
  const file = dispensable(image, drawn);
  if (file === undefined) return undefined;
  const bytes = image.get(file)!;
  const cut = bytes.slice(0, (drawn >>> 8) % Math.max(1, bytes.length));
  return new Map([...image, [file, cut]]);
}

/** A file whose loss can be told: not the last segment in use, nor a spare one behind it. */
function dispensable(image: DiskImage, drawn: number): string | undefined {
  const used = segmentsIn(image).filter(({ bytes }) => bytes.subarray(sectorBytes).some(isSet));
  const last = used.at(-1)?.number ?? 0;
  const names = [...image.keys()].sort();
  const others = names.filter((name) => (segmentNumber(name) ?? -1) < last);
  return others[drawn % others.length];
}

function segmentsIn(image: DiskImage) {
  const segments = [...image].flatMap(([file, bytes]) => {
    const number = segmentNumber(file);
    return number === undefined ? [] : [{ file, number, bytes }];
  });
  return segments.sort((a, b) => a.number - b.number);
}

/** Those that hold anything. */
function sectorsOf(file: string, bytes: Uint8Array): DiskHarm[] {
  const sectors: DiskHarm[] = [];
  for (let offset = 0; offset < bytes.length; offset += sectorBytes) {
    const sector = bytes.slice(offset, offset + sectorBytes);
    if (sector.some(isSet)) sectors.push({ file, offset, bytes: sector });
  }
  return sectors;
}

function isSet(byte: number): boolean {
  return byte !== 0;
}
