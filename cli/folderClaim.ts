/**
 * Keeps two processes from writing into one data folder, as would happen when a server is started
 * twice.
 *
 * On Linux the claim is an abstract socket named after the folder's device and inode: the system
 * gives it up with the process, however that ends, so nothing stale stays behind. It holds within
 * one network namespace: containers with a network each do not see each other's claims. Other
 * systems have nothing of the kind; there, only the ports protect.
 */
import { mkdir, stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import process from 'node:process';
import { nodeDiskError } from '../actors/nodeDiskError.js';
import { Refusal, refuse } from './refusal.js';

/** Gives up a claim; the end of the process does so too. */
export type Release = () => void;

/**
 * Claims a folder, which is made if need be. Rejects with a {@link Refusal} if another process has
 * it.
 */
export async function claimFolder(folder: string): Promise<Release> {
  try {
    await mkdir(folder, { recursive: true });
  } catch (error) {
    refuse(nodeDiskError(error as NodeJS.ErrnoException, 'make the folder', folder));
  }
  if (process.platform !== 'linux') return () => {};
  const { dev, ino } = await stat(folder, { bigint: true });
  return claim(`\0raftchart-${dev}-${ino}`, folder);
}

function claim(name: string, folder: string): Promise<Release> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy());
    server.once('error', ({ code, message }: NodeJS.ErrnoException) => {
      const remedy = 'stop that one first, or choose another folder with --data';
      const taken = `a server is running on ${folder} already; ${remedy}`;
      reject(new Refusal(code === 'EADDRINUSE' ? taken : `cannot claim ${folder}: ${message}`));
    });
    server.listen(name, () => resolve(() => void server.close()));
    // It lasts as long as the process does, and is no reason for it to go on.
    server.unref();
  });
}
