/**
 * The disk, as a port: a flat folder of files. Answers come through callbacks, so that a simulator
 * decides at which instant; `error` is a value (an `Error` of the platform, with its `code`), never
 * a throw.
 */

export type Done<T = void> = (error: Error | undefined, result: T) => void;

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

export interface Disk {
  /** Where the files are, for messages to people: a path, or a made-up name. */
  readonly place: string;
  /** Makes the folder if need be. */
  prepare(done: Done): void;
  /** Names of the files, sorted. */
  list(done: Done<readonly string[]>): void;
  /** The whole content of a file. */
  read(name: string, done: Done<Uint8Array>): void;
  /** Opens an existing file for writing. */
  open(name: string, done: Done<DiskFile>): void;
  /**
   * Creates a file of `size` bytes, all zero and all allocated, syncs it and its folder, and opens
   * it.
   */
  create(name: string, size: number, done: Done<DiskFile>): void;
  /**
   * Puts a small file in place whole or not at all: written aside, synced, renamed, the folder
   * synced.
   */
  replace(name: string, bytes: Uint8Array, done: Done): void;
  /** Removes a file, and syncs the folder. */
  remove(name: string, done: Done): void;
}
