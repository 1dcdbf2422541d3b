/** A file of the machine that is written aside, and put in place when it is whole. */
import * as fs from 'node:fs';
import { join } from 'node:path';
import type { Done, GrowingFile } from './disk.js';
import { nodeDiskError } from './nodeDiskError.js';
import { writeAll } from './nodeDiskFile.js';

/**
 * So much is written before it is synced: in smaller doses, since a write to another file, such as
 * the log, waits for the whole sync.
 */
const unsyncedBytesMax = 1024 * 1024;

export interface GrowingOptions {
  readonly place: string;
  readonly name: string;
  readonly descriptor: number;
  /** Makes the names of the folder durable. */
  readonly syncFolder: (done: (error: Error | undefined) => void) => void;
}

export class NodeGrowingFile implements GrowingFile {
  readonly #place: string;
  readonly #name: string;
  readonly #descriptor: number;
  readonly #syncFolder: GrowingOptions['syncFolder'];
  #end = 0;
  #unsynced = 0;

  constructor({ place, name, descriptor, syncFolder }: GrowingOptions) {
    this.#place = place;
    this.#name = name;
    this.#descriptor = descriptor;
    this.#syncFolder = syncFolder;
  }

  write(bytes: Uint8Array, done: Done): void {
    writeAll(this.#descriptor, this.#end, bytes, (error) => {
      if (error !== null) return done(this.#explain(error, this.#name));
      this.#end += bytes.length;
      this.#unsynced += bytes.length;
      if (this.#unsynced < unsyncedBytesMax) return done(undefined);
      this.#unsynced = 0;
      fs.fdatasync(this.#descriptor, (failure) =>
        done(failure === null ? undefined : this.#explain(failure, this.#name)),
      );
    });
  }

  commit(name: string, done: Done): void {
    const fail = (error: NodeJS.ErrnoException): void =>
      fs.unlink(this.#path(this.#name), () => done(this.#explain(error, name)));
    fs.fsync(this.#descriptor, (unsynced) => {
      fs.close(this.#descriptor, (unclosed) => {
        const error = unsynced ?? unclosed ?? null;
        if (error !== null) return fail(error);
        fs.rename(this.#path(this.#name), this.#path(name), (failure) => {
          if (failure === null) this.#syncFolder(done);
          else fail(failure);
        });
      });
    });
  }

  abandon(done: () => void): void {
    fs.close(this.#descriptor, () => fs.unlink(this.#path(this.#name), () => done()));
  }

  #path(name: string): string {
    return join(this.#place, name);
  }

  #explain(error: NodeJS.ErrnoException, name: string): Error {
    return nodeDiskError(error, `write ${name}`, this.#place);
  }
}
