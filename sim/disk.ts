/**
 * The simulator's disk: files in memory that lose, when the machine crashes, what was not synced,
 * sector by sector.
 *
 * It decides nothing: when an operation answers is up to `schedule`, which sectors of an unsynced
 * write survive is up to whoever calls `crash`, and whether an operation fails is up to `fault`. A
 * write takes effect when it is answered, in the volatile part of its file; a sync makes durable
 * what had been answered when it was called. Creating, replacing and removing take effect whole and
 * durably when they are answered.
 */
import type { Disk, DiskFile, Done } from '../actors/disk.js';
import { SectorFile } from './sectorFile.js';

/**
 * What an operation costs: reading (also listing, opening, closing), writing, or waiting for
 * durability.
 */
export type DiskOperation = 'read' | 'write' | 'sync';

/**
 * Calls `run` once, now or later: at that instant the operation on `file` takes effect and is
 * answered.
 */
export type DiskSchedule = (kind: DiskOperation, file: string, run: () => void) => void;

/** Answers why an operation on `file` fails, or undefined. A write that fails takes no effect. */
export type DiskFault = (kind: DiskOperation, file: string) => Error | undefined;

/**
 * Whether the part in `sector` of an unsynced write survives; writes are numbered over the disk's
 * whole life.
 */
export type KeepSector = (file: string, sector: number, write: number) => boolean;

const noBytes = new Uint8Array(0);

/** An operation on whole files that a crash finds unanswered: it has happened, or it has not. */
interface PendingChange {
  readonly file: string;
  readonly number: number;
  readonly apply: () => void;
}

export class SectorDisk implements Disk {
  readonly place: string;
  readonly #schedule: DiskSchedule;
  readonly #fault: DiskFault;
  #files = new Map<string, SectorFile>();
  #changes = new Set<PendingChange>();
  #writes = 0;
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
    this.#incarnation++;
    for (const { file, number, apply } of this.#changes) if (keepSector(file, 0, number)) apply();
    this.#changes.clear();
    for (const [name, file] of this.#files)
      file.crash((sector, write) => keepSector(name, sector, write));
  }

  /**
   * The process dies and the machine goes on: what was answered stays, durable or not; nothing else
   * happens.
   */
  kill(): void {
    this.#incarnation++;
    this.#changes.clear();
    for (const file of this.#files.values())
      file.volatile = file.volatile.filter((write) => write.isAnswered);
  }

  prepare(done: Done): void {
    this.#run('read', '', () => done(undefined));
  }

  list(done: Done<readonly string[]>): void {
    this.#run('read', '', () => done(undefined, [...this.#files.keys()].sort()));
  }

  read(name: string, done: Done<Uint8Array>): void {
    this.#attempt('read', name, done, noBytes, () => {
      const file = this.#files.get(name);
      if (file === undefined) done(this.#error(name, 'ENOENT', 'no such file'), noBytes);
      else done(undefined, file.content());
    });
  }

  open(name: string, done: Done<DiskFile>): void {
    this.#attempt('read', name, done, noFile, () => {
      const file = this.#files.get(name);
      if (file === undefined) done(this.#error(name, 'ENOENT', 'no such file'), noFile);
      else done(undefined, this.#handle(name, file));
    });
  }

  create(name: string, size: number, done: Done<DiskFile>): void {
    const file = new SectorFile(size);
    this.#change(name, done, noFile, () => {
      if (this.#files.has(name)) return this.#error(name, 'EEXIST', 'the file exists already');
      this.#files.set(name, file);
      return this.#handle(name, file);
    });
  }

  replace(name: string, bytes: Uint8Array, done: Done): void {
    const file = new SectorFile(bytes.length, bytes.slice());
    this.#change(name, done, undefined, () => {
      this.#files.set(name, file);
    });
  }

  remove(name: string, done: Done): void {
    this.#change(name, done, undefined, () =>
      this.#files.delete(name) ? undefined : this.#error(name, 'ENOENT', 'no such file'),
    );
  }

  #handle(name: string, file: SectorFile): DiskFile {
    const incarnation = this.#incarnation;
    const isValid = (): boolean => incarnation === this.#incarnation;
    return {
      name,
      write: (offset, bytes, done) => {
        if (!isValid()) return;
        const number = ++this.#writes;
        const write = { number, offset, bytes: bytes.slice(), isAnswered: false };
        file.volatile.push(write);
        this.#run('write', name, () => {
          const error = this.#fault('write', name);
          if (error === undefined) write.isAnswered = true;
          else file.volatile = file.volatile.filter((other) => other !== write);
          done(error);
        });
      },
      sync: (done) => {
        if (!isValid()) return;
        const covered = file.volatile.filter((write) => write.isAnswered);
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

  /** Schedules a change of whole files, which answers with what it comes to. */
  #change<T>(name: string, done: Done<T>, nothing: T, apply: () => T | Error): void {
    const change = { file: name, number: ++this.#writes, apply };
    this.#changes.add(change);
    this.#run('sync', name, () => {
      this.#changes.delete(change);
      const outcome = this.#fault('sync', name) ?? apply();
      if (outcome instanceof Error) done(outcome, nothing);
      else done(undefined, outcome);
    });
  }

  #error(name: string, code: string, what: string): Error {
    return Object.assign(new Error(`${this.place}/${name}: ${what}`), { code });
  }
}

/** Stands where an error came instead of a file. */
const noFile = undefined as unknown as DiskFile;
