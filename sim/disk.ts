/**
 * The simulator's disk: files in memory that lose, when the machine crashes, what was not synced,
 * sector by sector.
 *
 * It decides nothing: `schedule` says when an operation answers, whoever calls `crash` which
 * sectors of an unsynced write survive, `fault` what fails, `capacityBytes` what fits. A write is
 * in effect when it is answered, in the volatile part of its file; a sync makes durable what had
 * been answered when it was called.
 * Creating, putting in place, replacing and removing take effect whole and durably when they are
 * answered.
 */
import {
  type Disk,
  type DiskFile,
  type Done,
  type GrowingFile,
  type ReadableFile,
  type Release,
  StoreLocked,
} from '../actors/disk.js';
import { diskError } from './diskError.js';
import type {
  DiskFault,
  DiskImage,
  DiskOperation,
  DiskSchedule,
  KeepSector,
  PendingChange,
} from './diskRules.js';
import { noBytes, SectorFile } from './sectorFile.js';

export class SectorDisk implements Disk {
  readonly place: string;
  /** What all files together may take; what would need more fails with ENOSPC. */
  capacityBytes = Number.POSITIVE_INFINITY;
  /** Called when something fails with ENOSPC. */
  onFull: (() => void) | undefined;
  readonly #schedule: DiskSchedule;
  readonly #fault: DiskFault;
  #files = new Map<string, SectorFile>();
  #changes = new Set<PendingChange>();
  #writes = 0;
  /** Stands for whoever has claimed the folder. */
  #claim: object | undefined;
  /** Counts crashes: what began in an earlier incarnation is never answered. */
  #incarnation = 0;

  constructor(
    schedule: DiskSchedule,
    place = 'simulated disk',
    fault: DiskFault = () => undefined,
  ) {
    this.#schedule = schedule;
    this.place = place;
    this.#fault = fault;
  }

  /**
   * The machine loses power. Unsynced writes survive where `keepSector` says so; of a file that was
   * being created, replaced or removed it is asked for sector 0, for all of it. Open files and
   * pending answers are void.
   */
  crash(keepSector: KeepSector): void {
    this.#endIncarnation();
    for (const { file, number, apply } of this.#changes) if (keepSector(file, 0, number)) apply();
    this.#changes.clear();
    for (const [name, file] of this.#files)
      file.crash((sector, write) => keepSector(name, sector, write));
  }

  /** The process dies: what was answered stays, durable or not; nothing else happens. */
  kill(): void {
    this.#endIncarnation();
    this.#changes.clear();
    for (const file of this.#files.values()) file.forgetUnanswered();
  }

  /** A copy of the whole folder at this instant. What was written is in it, durable or not. */
  image(): DiskImage {
    return new Map([...this.#files].map(([name, file]) => [name, file.content()]));
  }

  /** The process dies, and the folder holds this instead of what it held: durably, all of it. */
  putBack(image: DiskImage): void {
    this.kill();
    this.#files.clear();
    for (const [name, bytes] of image)
      this.#files.set(name, new SectorFile(bytes.length, bytes.slice()));
  }

  /** Something else than was written stands on the disk from now on: rot, a stray write. */
  overwrite(name: string, offset: number, bytes: Uint8Array): void {
    this.#files.get(name)?.put(offset, bytes);
  }

  prepare(done: Done<Release>): void {
    this.#run('read', '', () => {
      if (this.#claim !== undefined) return done(new StoreLocked(this.place), unclaimed);
      const claim = {};
      this.#claim = claim;
      done(undefined, (released) => {
        if (this.#claim === claim) this.#claim = undefined;
        released();
      });
    });
  }

  list(done: Done<readonly string[]>): void {
    this.#run('read', '', () => done(undefined, [...this.#files.keys()].sort()));
  }

  read(name: string, done: Done<Uint8Array>): void {
    this.#find(name, done, noBytes, (file) => file.content());
  }

  openToRead(name: string, done: Done<ReadableFile>): void {
    this.#find(name, done, absent, (file) => this.#readable(name, file));
  }

  open(name: string, done: Done<DiskFile>): void {
    this.#find(name, done, absent, (file) => this.#handle(name, file));
  }

  create(name: string, size: number, done: Done<DiskFile>): void {
    const file = new SectorFile(size);
    this.#change('sync', name, done, () => {
      if (this.#files.has(name)) return this.#error(name, 'EEXIST');
      if (!this.#hasRoomFor(size)) return this.#error(name, 'ENOSPC');
      this.#files.set(name, file);
      return this.#handle(name, file);
    });
  }

  grow(name: string, done: Done<GrowingFile>): void {
    const file = new SectorFile(0);
    this.#change('write', name, done, () => {
      if (this.#files.has(name)) return this.#error(name, 'EEXIST');
      this.#files.set(name, file);
      return this.#growing(name, file);
    });
  }

  replace(name: string, bytes: Uint8Array, done: Done): void {
    const file = new SectorFile(bytes.length, bytes.slice());
    this.#change('sync', name, done, () => {
      if (!this.#hasRoomFor(bytes.length)) return this.#error(name, 'ENOSPC');
      this.#files.set(name, file);
      return undefined;
    });
  }

  remove(name: string, done: Done): void {
    this.#change('sync', name, done, () =>
      this.#files.delete(name) ? undefined : this.#error(name, 'ENOENT'),
    );
  }

  #endIncarnation(): void {
    this.#incarnation++;
    this.#claim = undefined;
  }

  #handle(name: string, file: SectorFile): DiskFile {
    const incarnation = this.#incarnation;
    const isValid = () => incarnation === this.#incarnation;
    return {
      name,
      write: (offset, bytes, done) => {
        if (!isValid()) return;
        const number = ++this.#writes;
        const write = { number, offset, bytes: bytes.slice(), isAnswered: false };
        file.volatile.push(write);
        this.#run('write', name, () => {
          const growth = offset + write.bytes.length - file.length;
          const error =
            this.#fault('write', name) ??
            (this.#hasRoomFor(growth) ? undefined : this.#error(name, 'ENOSPC'));
          if (error === undefined) write.isAnswered = true;
          else file.volatile = file.volatile.filter((other) => other !== write);
          done(error);
        });
      },
      sync: (done) => {
        if (!isValid()) return;
        const covered = file.answered;
        this.#attempt('sync', name, done, undefined, () => {
          file.makeDurable(covered);
          done(undefined);
        });
      },
      close: (done) => {
        if (isValid()) this.#run('read', name, () => done(undefined));
      },
    };
  }

  #growing(name: string, file: SectorFile): GrowingFile {
    const incarnation = this.#incarnation;
    const handle = this.#handle(name, file);
    let end = 0;
    const place = (as: string): void => {
      file.makeDurable(file.answered);
      this.#files.delete(name);
      this.#files.set(as, file);
    };
    return {
      write: (bytes, done) => {
        const offset = end;
        end += bytes.length;
        handle.write(offset, bytes, done);
      },
      commit: (as, done) => {
        if (incarnation !== this.#incarnation) return;
        const answer: Done = (error) => {
          if (error !== undefined) this.#files.delete(name);
          done(error);
        };
        this.#change('sync', name, answer, () => place(as));
      },
      abandon: (done) => {
        if (incarnation !== this.#incarnation) return;
        this.#run('write', name, () => {
          this.#files.delete(name);
          done();
        });
      },
    };
  }

  #readable(name: string, file: SectorFile): ReadableFile {
    const incarnation = this.#incarnation;
    return {
      length: file.length,
      read: (offset, length, done) => {
        if (incarnation !== this.#incarnation) return;
        this.#attempt('read', name, done, noBytes, () =>
          done(undefined, file.slice(offset, length)),
        );
      },
      close: (done) => {
        if (incarnation === this.#incarnation) this.#run('read', name, done);
      },
    };
  }

  #hasRoomFor(growth: number): boolean {
    if (growth <= 0 || this.capacityBytes === Number.POSITIVE_INFINITY) return true;
    let bytes = growth;
    for (const file of this.#files.values()) bytes += file.length;
    if (bytes <= this.capacityBytes) return true;
    this.onFull?.();
    return false;
  }

  /** Schedules an operation of this incarnation. */
  #run(kind: DiskOperation, name: string, run: () => void): void {
    const incarnation = this.#incarnation;
    this.#schedule(kind, name, () => {
      if (incarnation === this.#incarnation) run();
    });
  }

  /** Schedules an operation that `fault` may let fail. */
  #attempt<T>(kind: DiskOperation, name: string, done: Done<T>, nothing: T, run: () => void): void {
    this.#run(kind, name, () => {
      const error = this.#fault(kind, name);
      if (error === undefined) run();
      else done(error, nothing);
    });
  }

  /** Answers what `found` makes of a file, if it is there. */
  #find<T>(name: string, done: Done<T>, nothing: T, found: (file: SectorFile) => T): void {
    this.#attempt('read', name, done, nothing, () => {
      const file = this.#files.get(name);
      if (file === undefined) done(this.#error(name, 'ENOENT'), nothing);
      else done(undefined, found(file));
    });
  }

  /** Schedules a change of whole files, which answers with what it comes to. */
  #change<T>(kind: DiskOperation, name: string, done: Done<T>, apply: () => T | Error): void {
    const change = { file: name, number: ++this.#writes, apply };
    this.#changes.add(change);
    this.#run(kind, name, () => {
      this.#changes.delete(change);
      const outcome = this.#fault(kind, name) ?? apply();
      if (outcome instanceof Error) done(outcome, absent);
      else done(undefined, outcome);
    });
  }

  #error(name: string, code: Parameters<typeof diskError>[1]): Error {
    return diskError(`${this.place}/${name}`, code);
  }
}

/** Stands where an error came instead. */
const absent = undefined as never;
const unclaimed: Release = (done) => done();
