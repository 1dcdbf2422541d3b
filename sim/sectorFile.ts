/** A file of the simulator's disk: what is durable of it, and the writes that are not. */
import { sectorBytes } from '../actors/sectors.js';

export const noBytes = new Uint8Array(0);

/** A write that is not durable. */
interface VolatileWrite {
  readonly number: number;
  readonly offset: number;
  readonly bytes: Uint8Array;
  isAnswered: boolean;
}

export class SectorFile {
  size: number;
  volatile: VolatileWrite[] = [];
  /** Grows as it is written; what lies beyond reads as zero. */
  #image: Uint8Array;

  constructor(size: number, image = noBytes) {
    this.size = size;
    this.#image = image;
  }

  /** Its size as a process sees it. */
  get length(): number {
    let length = this.size;
    for (const { offset, bytes, isAnswered } of this.volatile)
      if (isAnswered) length = Math.max(length, offset + bytes.length);
    return length;
  }

  /** The writes that were answered, and are not durable. */
  get answered(): readonly VolatileWrite[] {
    return this.volatile.filter((write) => write.isAnswered);
  }

  /** Of what was not answered, nothing happens. */
  forgetUnanswered(): void {
    this.volatile = [...this.answered];
  }

  /** What a process would read: the durable part, and over it the answered writes. */
  content(): Uint8Array {
    const content = new Uint8Array(this.length);
    content.set(this.#image.subarray(0, this.size));
    for (const { offset, bytes } of this.answered) content.set(bytes, offset);
    return content;
  }

  /** A copy of up to `length` bytes of the content. */
  slice(offset: number, length: number): Uint8Array {
    const end = Math.min(this.length, offset + length);
    if (this.volatile.length > 0) return this.content().slice(offset, end);
    const slice = new Uint8Array(Math.max(0, end - offset));
    slice.set(this.#image.subarray(offset, end));
    return slice;
  }

  put(offset: number, bytes: Uint8Array): void {
    const end = offset + bytes.length;
    if (end > this.#image.length) {
      const larger = new Uint8Array(Math.max(end, 2 * this.#image.length));
      larger.set(this.#image);
      this.#image = larger;
    }
    this.#image.set(bytes, offset);
    if (end > this.size) this.size = end;
  }

  makeDurable(writes: readonly VolatileWrite[]): void {
    const covered = new Set(writes);
    for (const { offset, bytes } of covered) this.put(offset, bytes);
    this.volatile = this.volatile.filter((write) => !covered.has(write));
  }

  /** A sector that survives does so as a whole, with what earlier writes had put into it. */
  crash(keep: (sector: number, write: number) => boolean): void {
    const lastKept = new Map<number, number>();
    const parts = this.volatile.flatMap((write) => sectorsOf(write));
    for (const { sector, write } of parts) if (keep(sector, write)) lastKept.set(sector, write);
    for (const { sector, write, offset, bytes } of parts)
      if (write <= (lastKept.get(sector) ?? 0)) this.put(offset, bytes);
    this.volatile = [];
  }
}

/** The parts of a write that lie in one sector each. */
function sectorsOf({ number, offset, bytes }: VolatileWrite) {
  const parts = [];
  let at = 0;
  while (at < bytes.length) {
    const sector = Math.floor((offset + at) / sectorBytes);
    const next = Math.min(bytes.length, (sector + 1) * sectorBytes - offset);
    parts.push({ sector, write: number, offset: offset + at, bytes: bytes.subarray(at, next) });
    at = next;
  }
  return parts;
}
