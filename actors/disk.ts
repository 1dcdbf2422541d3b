/**
 * The disk, as a port: a flat folder of files. Answers come through callbacks, so that a simulator
 * decides at which instant; `error` is a value (an `Error` of the platform, with its `code`), never
 * a throw.
 */

export type Done<T = void> = (error: Error | undefined, result: T) => void;

/** Gives up what was claimed. Idempotent. */
export type Release = (done: () => void) => void;

/** An open file of a {@link Disk}. */
export interface DiskFile {
  readonly name: string;
  /**
   * Writes all of `bytes` at `offset`. Not durable until a sync that was called later has answered.
   */
  write(offset: number, bytes: Uint8Array, done: Done): void;
  /** Makes every write that was answered before this call durable. */
  sync(done: Done): void;
  close(done: Done): void;
}

/**
 * A file that is written from its beginning to its end under a name that means nothing, and put in
 * place when it is whole. One call at a time.
 */
export interface GrowingFile {
  /** Appends all of `bytes`. */
  write(bytes: Uint8Array, done: Done): void;
  /**
   * Makes it durable and puts it in place as `name`, over what stood there: renamed, the folder
   * synced. It is closed then, also where this fails, and what was written aside is gone.
   */
  commit(name: string, done: Done): void;
  /** Closes and removes it. */
  abandon(done: () => void): void;
}

/** An open file of which parts are read. It stays readable when its name is removed or replaced. */
export interface ReadableFile {
  /** Its size in bytes when it was opened. */
  readonly length: number;
  /** Reads up to `length` bytes at `offset`; fewer only at the end. */
  read(offset: number, length: number, done: Done<Uint8Array>): void;
  close(done: () => void): void;
}

export interface Disk {
  /** Where the files are, for messages to people: a path, or a made-up name. */
  readonly place: string;
  /**
   * Makes the folder if need be, and claims it; answers how to give it up again. Who has not
   * claimed the folder may only look at it. While it is claimed, also by another process, this
   * answers a {@link StoreLocked}. The end of the process gives it up, however that comes.
   */
  prepare(done: Done<Release>): void;
  /** Names of the files, sorted. */
  list(done: Done<readonly string[]>): void;
  /** The whole content of a file. */
  read(name: string, done: Done<Uint8Array>): void;
  /** Opens an existing file for reading parts of it. */
  openToRead(name: string, done: Done<ReadableFile>): void;
  /** Opens an existing file for writing. */
  open(name: string, done: Done<DiskFile>): void;
  /**
   * Creates a file of `size` bytes, all zero and all allocated, syncs it and its folder, and opens
   * it.
   */
  create(name: string, size: number, done: Done<DiskFile>): void;
  /** Creates an empty file that grows, under a name that is free. A crash may leave it there. */
  grow(name: string, done: Done<GrowingFile>): void;
  /**
   * Puts a small file in place whole or not at all: written aside, synced, renamed, the folder
   * synced.
   */
  replace(name: string, bytes: Uint8Array, done: Done): void;
  /** Removes a file, and syncs the folder. */
  remove(name: string, done: Done): void;
}

/** Somebody has claimed the folder already, and writes to it. */
export class StoreLocked extends Error {
  readonly code = 'RAFT_STORE_LOCKED';
  constructor(place: string) {
    super(
      `a server is running on ${place} already; ` +
        'stop that one first, or choose another folder with --data',
    );
    this.name = 'StoreLocked';
  }
}

/** What a disk answers with when it has no room now, and may have some later. */
const lackOfRoom: readonly unknown[] = ['ENOSPC', 'EDQUOT', 'EFBIG', 'EMFILE', 'ENFILE'];

/**
 * Whether an operation failed for want of something that may come back: space, or descriptors.
 */
export function isLackOfRoom(error: Error): boolean {
  return lackOfRoom.includes((error as { code?: unknown }).code);
}
