/**
 * The disk of the machine, through `node:fs`: a folder in which only this server writes.
 */
import * as fs from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { Disk, DiskFile, Done, GrowingFile, ReadableFile, Release } from './disk.js';
import { type NodeDiskError, nodeDiskError } from './nodeDiskError.js';
import { fill, NodeDiskFile, writeAll, writeThroughFlags } from './nodeDiskFile.js';
import { NodeGrowingFile } from './nodeDiskGrowing.js';
import { lockFolder, lockName } from './nodeDiskLock.js';
import { openToRead } from './nodeDiskReading.js';

const noBytes = new Uint8Array(0);
/** These stand where an error came instead. */
const noFile = undefined as unknown as DiskFile;
const noGrowing = undefined as unknown as GrowingFile;
const unclaimed: Release = (done) => done();

type Answer = (error: NodeDiskError | undefined) => void;

/** A {@link Disk} on the folder at `path`, which `prepare` makes if need be. */
export function nodeDisk(path: string): Disk {
  return new NodeDisk(path);
}

class NodeDisk implements Disk {
  readonly place: string;

  constructor(place: string) {
    this.place = place;
  }

  prepare(done: Done<Release>): void {
    fs.mkdir(this.place, { recursive: true }, (error, firstMade) => {
      if (error !== null)
        return done(nodeDiskError(error, 'make the folder', this.place), unclaimed);
      // A folder that was made here must not vanish in a power cut: its name stands in its parent.
      const above = firstMade === undefined ? [] : foldersAbove(this.place, firstMade);
      this.#syncFolders(above, (unsynced) => {
        if (unsynced === undefined) lockFolder(this.place, done);
        else done(unsynced, unclaimed);
      });
    });
  }

  list(done: Done<readonly string[]>): void {
    fs.readdir(this.place, (error, names) => {
      const isLock = (name: string): boolean =>
        name === lockName || name.startsWith(`${lockName}.`);
      if (error === null) done(undefined, names.filter((name) => !isLock(name)).sort());
      else done(nodeDiskError(error, 'list the files', this.place), []);
    });
  }

  read(name: string, done: Done<Uint8Array>): void {
    // In one piece: what Node reads whole, it reads in small pieces, one after another.
    this.openToRead(name, (unopened, file) => {
      if (unopened !== undefined) return done(unopened, noBytes);
      file.read(0, file.length, (error, bytes) => file.close(() => done(error, bytes)));
    });
  }

  openToRead(name: string, done: Done<ReadableFile>): void {
    openToRead(this.#path(name), this.place, name, done);
  }

  open(name: string, done: Done<DiskFile>): void {
    // A process that was killed may have left names here that would not survive a power cut.
    this.#syncFolders([this.place], (error) => {
      if (error === undefined) this.#open(name, done);
      else done(error, noFile);
    });
  }

  create(name: string, size: number, done: Done<DiskFile>): void {
    const write = (descriptor: number, answer: fs.NoParamCallback): void =>
      fill(descriptor, size, answer);
    this.#writeNew(name, 'wx', write, (error) => {
      if (error === undefined) return this.#open(name, done);
      // A file that was there before is not ours to remove.
      if (error.code === 'EEXIST') done(error, noFile);
      else fs.unlink(this.#path(name), () => done(error, noFile));
    });
  }

  grow(name: string, done: Done<GrowingFile>): void {
    const { place } = this;
    fs.open(this.#path(name), 'wx', (error, descriptor) => {
      if (error !== null) return done(nodeDiskError(error, `write ${name}`, place), noGrowing);
      const syncFolder = (synced: Answer): void => this.#syncFolders([place], synced);
      done(undefined, new NodeGrowingFile({ place, name, descriptor, syncFolder }));
    });
  }

  replace(name: string, bytes: Uint8Array, done: Done): void {
    const aside = `${name}.new`;
    const write = (descriptor: number, answer: fs.NoParamCallback): void =>
      writeAll(descriptor, 0, bytes, answer);
    this.#writeNew(aside, 'w', write, (error) => {
      if (error !== undefined) return done(error);
      fs.rename(this.#path(aside), this.#path(name), (failure) => {
        if (failure === null) this.#syncFolders([this.place], done);
        else done(nodeDiskError(failure, `replace ${name}`, this.place));
      });
    });
  }

  remove(name: string, done: Done): void {
    fs.unlink(this.#path(name), (error) => {
      if (error === null) this.#syncFolders([this.place], done);
      else done(nodeDiskError(error, `remove ${name}`, this.place));
    });
  }

  #open(name: string, done: Done<DiskFile>): void {
    fs.open(this.#path(name), writeThroughFlags, (error, descriptor) => {
      if (error === null) done(undefined, new NodeDiskFile(this.place, name, descriptor));
      else done(nodeDiskError(error, `open ${name}`, this.place), noFile);
    });
  }

  #path(name: string): string {
    return join(this.place, name);
  }

  /** Opens a file, lets `write` fill it, syncs file and folder, and closes it. */
  #writeNew(
    name: string,
    flags: string,
    write: (descriptor: number, answer: fs.NoParamCallback) => void,
    done: Answer,
  ): void {
    const explain = (error: NodeJS.ErrnoException): NodeDiskError =>
      nodeDiskError(error, `write ${name}`, this.place);
    fs.open(this.#path(name), flags, (unopened, descriptor) => {
      if (unopened !== null) return done(explain(unopened));
      const close = (failure: NodeJS.ErrnoException | null): void =>
        fs.close(descriptor, (unclosed) => {
          const error = failure ?? unclosed ?? undefined;
          if (error !== undefined) done(explain(error));
          else this.#syncFolders([this.place], done);
        });
      write(descriptor, (error) => {
        if (error === null) fs.fsync(descriptor, close);
        else close(error);
      });
    });
  }

  #syncFolders(folders: readonly string[], done: Answer): void {
    const [folder, ...others] = folders;
    // Windows cannot sync a folder; there a rename is durable by the journal of its file system.
    if (folder === undefined || process.platform === 'win32') return done(undefined);
    const fail = (error: NodeJS.ErrnoException): void =>
      done(nodeDiskError(error, 'sync the folder', folder));
    fs.open(folder, 'r', (unopened, descriptor) => {
      if (unopened !== null) return fail(unopened);
      fs.fsync(descriptor, (unsynced) => {
        fs.close(descriptor, () => {
          if (unsynced === null) this.#syncFolders(others, done);
          else fail(unsynced);
        });
      });
    });
  }
}

/**
 * The folders in which `path` and those above it stand, up to the one in which `firstMade` does.
 */
function foldersAbove(path: string, firstMade: string): string[] {
  const top = dirname(resolve(firstMade));
  const folders: string[] = [];
  let folder = resolve(path);
  while (folder !== top && folder !== dirname(folder)) {
    folder = dirname(folder);
    folders.push(folder);
  }
  return folders;
}
