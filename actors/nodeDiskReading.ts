/** A file of the machine that is read in parts. */
import * as fs from 'node:fs';
import type { Done, ReadableFile } from './disk.js';
import { nodeDiskError } from './nodeDiskError.js';

const noBytes = new Uint8Array(0);
const noReadable = undefined as unknown as ReadableFile;

/** Opens the file at `path`; messages call it `name` of the folder `place`. */
export function openToRead(
  path: string,
  place: string,
  name: string,
  done: Done<ReadableFile>,
): void {
  const explain = (error: NodeJS.ErrnoException): Error =>
    nodeDiskError(error, `read ${name}`, place);
  fs.open(path, 'r', (unopened, descriptor) => {
    if (unopened !== null) return done(explain(unopened), noReadable);
    fs.fstat(descriptor, (error, stats) => {
      if (error === null) done(undefined, new NodeReadableFile(descriptor, stats.size, explain));
      else fs.close(descriptor, () => done(explain(error), noReadable));
    });
  });
}

class NodeReadableFile implements ReadableFile {
  readonly length: number;
  readonly #descriptor: number;
  readonly #explain: (error: NodeJS.ErrnoException) => Error;

  constructor(
    descriptor: number,
    length: number,
    explain: (error: NodeJS.ErrnoException) => Error,
  ) {
    this.#descriptor = descriptor;
    this.length = length;
    this.#explain = explain;
  }

  read(offset: number, length: number, done: Done<Uint8Array>): void {
    const wanted = Math.max(0, Math.min(length, this.length - offset));
    if (wanted === 0) return done(undefined, noBytes);
    this.#fill(new Uint8Array(wanted), 0, offset, done);
  }

  close(done: () => void): void {
    fs.close(this.#descriptor, () => done());
  }

  /** The system may read less than it was asked for; nothing more means that the file was cut. */
  #fill(bytes: Uint8Array, from: number, offset: number, done: Done<Uint8Array>): void {
    const left = bytes.length - from;
    fs.read(this.#descriptor, bytes, from, left, offset, (error, count) => {
      if (error !== null) done(this.#explain(error), noBytes);
      else if (count === left) done(undefined, bytes);
      else if (count === 0) done(undefined, bytes.subarray(0, from));
      else this.#fill(bytes, from + count, offset + count, done);
    });
  }
}
