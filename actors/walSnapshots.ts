/** The snapshots of a data folder: files of their own beside the segments of the log. */
import type { LogBase } from '../machines/log.js';
import type { Disk, Done, ReadableFile } from './disk.js';
import type { SnapshotReader, SnapshotWriter } from './logStore.js';
import { isNewer, snapshotName, snapshotPartName } from './walSnapshotName.js';
import { WalSnapshotWriter } from './walSnapshotWriter.js';

/** What is open, and has to be closed with the store. */
interface Open {
  end(done: () => void): void;
}

const noWriter = undefined as unknown as SnapshotWriter;
const noReader = undefined as unknown as SnapshotReader;

export class WalSnapshots {
  readonly #disk: Disk;
  readonly #group: number;
  /** Those that are durable under their names, the newest first. */
  readonly #inPlace: LogBase[];
  readonly #open = new Set<Open>();
  #count = 0;
  #isClosed = false;

  constructor(disk: Disk, group: number, inPlace: readonly LogBase[]) {
    this.#disk = disk;
    this.#group = group;
    this.#inPlace = [...inPlace].sort(newestFirst);
  }

  get newest(): LogBase | undefined {
    return this.#inPlace[0];
  }

  /** A snapshot that is not the newest, if there is one; that can go. */
  get superfluous(): LogBase | undefined {
    return this.#inPlace[1];
  }

  /** See `LogStore.createSnapshot`. */
  create(base: LogBase, done: Done<SnapshotWriter>): void {
    if (this.#isClosed) return done(this.#closed(), noWriter);
    const aside = snapshotPartName(this.#group, base, ++this.#count);
    const opened = this.#opening();
    this.#disk.grow(aside, (error, file) => {
      const refuse = (why: Error): void => {
        opened();
        done(why, noWriter);
      };
      if (error !== undefined) return refuse(error);
      if (this.#isClosed) return file.abandon(() => refuse(this.#closed()));
      const name = snapshotName(this.#group, base);
      const writer = new WalSnapshotWriter(file, name, (isInPlace) => {
        this.#open.delete(writer);
        if (isInPlace) this.#put(base);
      });
      this.#open.add(writer);
      opened();
      done(undefined, writer);
    });
  }

  /** See `LogStore.openSnapshot`. */
  open(wanted: LogBase, done: Done<SnapshotReader>): void {
    const base = this.#inPlace.find((one) => isSame(one, wanted));
    const name = snapshotName(this.#group, base ?? wanted);
    if (base === undefined)
      return done(new Error(`${this.#disk.place}/${name} is not in place`), noReader);
    if (this.#isClosed) return done(this.#closed(), noReader);
    const opened = this.#opening();
    this.#disk.openToRead(name, (error, file) => {
      const refuse = (why: Error): void => {
        opened();
        done(why, noReader);
      };
      if (error !== undefined) return refuse(error);
      if (this.#isClosed) return file.close(() => refuse(this.#closed()));
      const reader = this.#readerOf(file, name);
      opened();
      done(undefined, reader);
    });
  }

  /** Removes that snapshot, for good when this answers. */
  remove(base: LogBase, done: (error: Error | undefined) => void): void {
    const position = this.#inPlace.indexOf(base);
    this.#inPlace.splice(position, 1);
    this.#disk.remove(snapshotName(this.#group, base), (error) => {
      // Another one of the same base, overtaken too, may be put in place and removed meanwhile.
      if (error === undefined || (error as { code?: unknown }).code === 'ENOENT')
        return done(undefined);
      this.#put(base);
      done(error);
    });
  }

  /** Abandons and closes whatever is open. */
  close(done: () => void): void {
    this.#isClosed = true;
    const [one] = this.#open;
    if (one === undefined) return done();
    one.end(() => {
      this.#open.delete(one);
      this.close(done);
    });
  }

  /** Something is being opened, for which `close` waits until the function is called. */
  #opening(): () => void {
    let ended = (): void => {};
    const open: Open = {
      end: (done) => {
        ended = done;
      },
    };
    this.#open.add(open);
    return () => {
      this.#open.delete(open);
      ended();
    };
  }

  #put(base: LogBase): void {
    const others = this.#inPlace.filter((one) => !isSame(one, base));
    this.#inPlace.splice(0, Number.POSITIVE_INFINITY, ...others, base);
    this.#inPlace.sort(newestFirst);
  }

  #readerOf(file: ReadableFile, name: string): SnapshotReader {
    const open: Open = {
      end: (done) => {
        if (this.#open.delete(open)) file.close(done);
        else done();
      },
    };
    this.#open.add(open);
    return {
      length: file.length,
      read: (offset, length, done) => {
        if (this.#open.has(open)) file.read(offset, length, done);
        else done(new Error(`${this.#disk.place}/${name} was closed`), new Uint8Array(0));
      },
      close: () => open.end(() => {}),
    };
  }

  #closed(): Error {
    return new Error(`${this.#disk.place}: the store was closed`);
  }
}

function newestFirst(a: LogBase, b: LogBase): number {
  return isNewer(a, b) ? -1 : 1;
}

function isSame(a: LogBase, b: LogBase): boolean {
  return a.index === b.index && a.term === b.term;
}
