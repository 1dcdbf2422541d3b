/**
 * Where the next batch goes: the segment that is being filled, and behind it a spare one, which is
 * created ahead of need. So going on to the next segment does not wait for a disk to fill it with
 * zeros, and a disk that becomes full leaves at least the spare for term and vote.
 */
import type { Disk, DiskFile } from './disk.js';
import { segmentHeaderBytes, segmentName } from './walFormat.js';

/** A segment that is open for writing. */
export interface Segment {
  readonly number: number;
  readonly file: DiskFile;
  /** Where the next batch goes. */
  offset: number;
  /** Bytes that are allocated. Only a batch that is larger than a whole segment goes beyond. */
  readonly capacity: number;
}

type SegmentDone = (error: Error | undefined, segment: Segment | undefined) => void;

export class WalSegments {
  readonly #disk: Disk;
  readonly #segmentBytes: number;
  /** The first sector of the segment with a number. */
  readonly #header: (number: number) => Uint8Array;
  #current: Segment;
  #spare: Segment | undefined;
  #isCreating = false;
  /** Why there is no spare; it is tried again only when one is needed. */
  #spareError: Error | undefined;
  /** Who waits for the spare that is being created. */
  #whenCreated: (() => void) | undefined;

  constructor(
    disk: Disk,
    segmentBytes: number,
    header: (number: number) => Uint8Array,
    current: Segment,
    spare: Segment | undefined,
  ) {
    this.#disk = disk;
    this.#segmentBytes = segmentBytes;
    this.#header = header;
    this.#current = current;
    this.#spare = spare;
  }

  /**
   * Answers the segment to which `length` bytes are then to be written, at its offset: one with
   * room for them, or a fresh one, which a batch that is larger than any segment makes grow.
   */
  reserve(length: number, done: SegmentDone): void {
    const { offset, capacity } = this.#current;
    if (offset + length <= capacity) done(undefined, this.#current);
    else this.#roll(done);
  }

  /**
   * Begins to create the spare, if there is none. To be called when the current segment holds a
   * durable batch and not before: to recovery, a later segment is the proof that one was there.
   */
  prepareSpare(): void {
    if (this.#spare !== undefined || this.#isCreating || this.#spareError !== undefined) return;
    this.#isCreating = true;
    createSegment(
      this.#disk,
      this.#current.number + 1,
      this.#segmentBytes,
      this.#header,
      (error, segment) => {
        this.#isCreating = false;
        this.#spare = segment;
        this.#spareError = error;
        const next = this.#whenCreated;
        this.#whenCreated = undefined;
        next?.();
      },
    );
  }

  /** Answers when no file is open any more. */
  close(done: () => void): void {
    if (this.#isCreating) {
      this.#whenCreated = () => this.close(done);
      return;
    }
    this.#current.file.close(() => {
      if (this.#spare === undefined) done();
      else this.#spare.file.close(() => done());
    });
  }

  #roll(done: SegmentDone): void {
    const spare = this.#spare;
    if (spare === undefined) {
      this.#whenCreated = () => {
        if (this.#spareError === undefined) this.#roll(done);
        else done(this.#spareError, undefined);
      };
      this.#spareError = undefined;
      this.prepareSpare();
      return;
    }
    this.#current.file.close(() => {
      this.#current = spare;
      this.#spare = undefined;
      done(undefined, spare);
    });
  }
}

/**
 * Creates a segment, and answers when its header is durable. What could not be completed is removed
 * again.
 */
export function createSegment(
  disk: Disk,
  number: number,
  segmentBytes: number,
  header: (number: number) => Uint8Array,
  done: SegmentDone,
): void {
  const name = segmentName(number);
  disk.create(name, segmentBytes, (error, file) => {
    if (error !== undefined) return done(error, undefined);
    writeDurably(file, 0, header(number), (failure) => {
      if (failure === undefined)
        done(undefined, { number, file, offset: segmentHeaderBytes, capacity: segmentBytes });
      else file.close(() => disk.remove(name, () => done(failure, undefined)));
    });
  });
}

/** Writes, then syncs. */
export function writeDurably(
  file: DiskFile,
  offset: number,
  bytes: Uint8Array,
  done: (error: Error | undefined) => void,
): void {
  file.write(offset, bytes, (error) => {
    if (error !== undefined) done(error);
    else file.sync((failure) => done(failure));
  });
}
