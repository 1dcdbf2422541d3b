/**
 * Keeps two processes from writing into one folder, as would happen when a server is started twice.
 *
 * On Linux the claim is an abstract socket named after the folder's device and inode: the system
 * gives it up with the process, however that ends, so nothing stale stays behind. It holds within
 * one network namespace: containers with a network each do not see each other's claims.
 *
 * Other systems have nothing of the kind without native code. There the claim is a file `lock` with
 * the id of its process, taken over when no such process runs any more. It holds on one machine;
 * and a claim that is stale stays in force while its id belongs to another process by chance.
 */
import * as fs from 'node:fs';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { type Done, type Release, StoreLocked } from './disk.js';
import { nodeDiskError } from './nodeDiskError.js';

export const lockName = 'lock';

/** Stands where an error came instead. */
const unclaimed: Release = (done) => done();

/** Claims the folder at `path`, which exists. Answers a {@link StoreLocked} where it is taken. */
export function lockFolder(path: string, done: Done<Release>): void {
  if (process.platform === 'linux') lockBySocket(path, done);
  else lockByFile(path, done);
}

function lockBySocket(path: string, done: Done<Release>): void {
  fs.stat(path, { bigint: true }, (error, stats) => {
    if (error !== null) return done(nodeDiskError(error, 'look at the folder', path), unclaimed);
    const server = createServer((socket) => socket.destroy());
    server.once('error', (failure: NodeJS.ErrnoException) => {
      const isTaken = failure.code === 'EADDRINUSE';
      const refusal = isTaken ? new StoreLocked(path) : nodeDiskError(failure, 'claim files', path);
      done(refusal, unclaimed);
    });
    server.listen(`\0raftchart-${stats.dev}-${stats.ino}`, () => {
      done(undefined, (released) => void server.close(() => released()));
    });
    // It lasts as long as the process does, and is no reason for it to go on.
    server.unref();
  });
}

/** Folders that this process has claimed by a file: its own id in one of them may be stale. */
const claimed = new Set<string>();

/** The claim of systems without abstract sockets. Works everywhere. */
export function lockByFile(path: string, done: Done<Release>): void {
  const folder = resolve(path);
  let isHeld = false;
  try {
    isHeld =
      !claimed.has(folder) && (writeLock(folder) || (clearStale(folder) && writeLock(folder)));
  } catch (error) {
    return done(nodeDiskError(error as NodeJS.ErrnoException, 'claim files', path), unclaimed);
  }
  if (!isHeld) return done(new StoreLocked(path), unclaimed);
  claimed.add(folder);
  done(undefined, (released) => {
    if (!isHeld) return released();
    isHeld = false;
    claimed.delete(folder);
    fs.unlink(join(folder, lockName), () => released());
  });
}

/** Creates the lock; answers false if there is one. */
function writeLock(folder: string): boolean {
  // Written aside and linked, so that nobody ever sees a lock without an id in it.
  const aside = join(folder, `${lockName}.${process.pid}`);
  fs.writeFileSync(aside, `${process.pid}\n`);
  try {
    fs.linkSync(aside, join(folder, lockName));
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    fs.unlinkSync(aside);
  }
}

/**
 * Removes the lock if its process is gone; answers whether it did. It is moved away and read once
 * more before it is removed: two processes may clear at a time, and the slower one must not remove
 * what the faster one has just written.
 */
function clearStale(folder: string): boolean {
  const lock = join(folder, lockName);
  if (isAlive(ownerOf(lock))) return false;
  const aside = `${lock}.${process.pid}.stale`;
  fs.renameSync(lock, aside);
  const isStale = !isAlive(ownerOf(aside));
  if (!isStale) fs.linkSync(aside, lock);
  fs.unlinkSync(aside);
  return isStale;
}

/** The process that a lock names; 0 if the lock is gone meanwhile, or names none. */
function ownerOf(file: string): number {
  try {
    return Number.parseInt(fs.readFileSync(file, 'utf8'), 10) || 0;
  } catch {
    return 0;
  }
}

/** This process itself has no lock here: one with its id is of an earlier process of that id. */
function isAlive(owner: number): boolean {
  if (owner <= 0 || owner === process.pid) return false;
  try {
    process.kill(owner, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
