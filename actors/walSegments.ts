/**
 * The files of the log: the segment that is being filled, behind it a spare one, and before it
 * those that are full.
 *
 * The spare is created ahead of need. So going on to the next segment does not wait for a disk to
 * fill it with zeros; and when a disk has no room for a spare, that is known while there is still
 * a segment for term and vote.
 */
import { type Disk, type DiskFile, isLackOfRoom } from './disk.js';
import { segmentHeaderBytes, segmentName } from './walFormat.js';
import type { UsedSegment } from './walRecovery.js';

/** A segment that is open for writing. */
export interface Segment {
  readonly number: number;
  readonly file: DiskFile;
  /** Where the next batch goes. */
  offset: number;
  /** Bytes that are allocated. Only a batch that is larger than a whole segment goes beyond. */
  readonly capacity: number;
  /** The highest index of an entry or a base that was ever recorded in it; 0 without any. */
  indexMax: number;
}

/** What segments tell their store. */
export interface SegmentListener {
  /** There is a spare, or none and no room for one. `isAsked`: `findRoom` wants to know. */
  room(hasRoom: boolean, isAsked: boolean): void;
  /** A spare could not be created, and not for lack of room. */
  failed(error: Error): void;
}

export interface WalSegmentsOptions {
  readonly disk: Disk;
  readonly segmentBytes: number;
  /** The first sector of the segment with a number. */
  readonly header: (number: number) => Uint8Array;
  readonly full: readonly UsedSegment[];
  readonly current: Segment;
  readonly spare: Segment | undefined;
  readonly listener: SegmentListener;
}

type SegmentDone = (error: Error | undefined, segment: Segment | undefined) => void;

export class WalSegments {
  readonly #options: WalSegmentsOptions;
  /** Segments before the current one, the oldest first. */
  readonly #full: UsedSegment[];
  #current: Segment;
  #spare: Segment | undefined;
  /** Whether the current segment holds a durable batch, as all but the spare must. */
  #isBegun = true;
  #isCreating = false;
  /** Whether the last attempt to create a spare found no room: the next one waits to be asked. */
  #lacksRoom = false;
  #isAsked = false;
  #whenCreated: (() => void) | undefined;

  constructor(options: WalSegmentsOptions) {
    this.#options = options;
    this.#full = [...options.full];
    this.#current = options.current;
    this.#spare = options.spare;
  }

  /** Whether a spare is being created. */
  get isCreating(): boolean {
    return this.#isCreating;
  }

  /** Whether a batch of `length` bytes can be written now. */
  hasPlaceFor(length: number): boolean {
    return this.#fits(length) || this.#spare !== undefined;
  }

  /**
   * Answers the segment to which `length` bytes are then to be written, at its offset. There must
   * be a place for them; a batch that is larger than a segment makes the spare grow.
   */
  reserve(length: number, done: (segment: Segment) => void): void {
    if (this.#fits(length)) return done(this.#current);
    const { number, indexMax, file } = this.#current;
    const spare = this.#spare!;
    file.close(() => {
      this.#full.push({ number, indexMax });
      this.#current = spare;
      this.#spare = undefined;
      this.#isBegun = false;
      done(spare);
    });
  }

  /** The last batch that was written is durable. Answers whether it was the first of a segment. */
  wrote(): boolean {
    const wasBegun = this.#isBegun;
    this.#isBegun = true;
    return !wasBegun;
  }

  /**
   * Begins to create the spare, if there is none and no lack of room is known. Not before the
   * current segment holds a durable batch: to recovery, a later segment is the proof of that.
   */
  prepareSpare(): void {
    if (this.#spare !== undefined || this.#isCreating || this.#lacksRoom || !this.#isBegun) return;
    const { disk, segmentBytes, header } = this.#options;
    this.#isCreating = true;
    createSegment(disk, this.#current.number + 1, segmentBytes, header, (error, segment) => {
      this.#isCreating = false;
      this.#spare = segment;
      this.#answerRoom(error);
      this.#whenCreated?.();
    });
  }

  /** Tries to create the spare even if there was no room for it; the listener is told of it. */
  findRoom(): void {
    this.#isAsked = true;
    if (this.#spare === undefined) this.retry();
    else this.#answerRoom(undefined);
  }

  /** Something was removed: there may be room now. */
  retry(): void {
    this.#lacksRoom = false;
    this.prepareSpare();
  }

  /** The oldest segment, if all that was ever recorded in it is covered up to `index`. */
  droppable(index: number): UsedSegment | undefined {
    const [oldest] = this.#full;
    // Only a segment with a durable checkpoint makes those before it superfluous.
    return this.#isBegun && oldest !== undefined && oldest.indexMax <= index ? oldest : undefined;
  }

  /** The oldest segment is gone. */
  dropped(): void {
    this.#full.shift();
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

  #fits(length: number): boolean {
    return this.#current.offset + length <= this.#current.capacity;
  }

  #answerRoom(error: Error | undefined): void {
    if (error !== undefined && !isLackOfRoom(error)) return this.#options.listener.failed(error);
    this.#lacksRoom = error !== undefined;
    const isAsked = this.#isAsked;
    this.#isAsked = false;
    this.#options.listener.room(!this.#lacksRoom, isAsked);
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
    const segment = { number, file, offset: segmentHeaderBytes, capacity: segmentBytes };
    writeDurably(file, 0, header(number), (failure) => {
      if (failure === undefined) done(undefined, { ...segment, indexMax: 0 });
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
