import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { type Done, type Release, StoreLocked } from './disk.js';
import { nodeDisk } from './nodeDisk.js';
import { lockByFile, lockFolder, lockName } from './nodeDiskLock.js';

const root = mkdtempSync(join(tmpdir(), 'raftchart-lock-'));
afterAll(() => rmSync(root, { recursive: true }));
const newFolder = (): string => mkdtempSync(join(root, 'folder-'));

type Lock = (path: string, done: Done<Release>) => void;

function claim(lock: Lock, path: string): Promise<Release | Error> {
  return new Promise((resolve) => {
    lock(path, (error, release) => resolve(error ?? release));
  });
}

const giveUp = (held: Release | Error): Promise<void> =>
  new Promise((resolve) => (held as Release)(resolve));

/** The id of a process that has ended. */
function goneProcess(): number {
  return spawnSync(process.execPath, ['-e', '']).pid;
}

for (const [name, lock] of [
  ['of this system', lockFolder],
  ['by a file', lockByFile],
] as const)
  describe(`the lock ${name}`, () => {
    it('is held by one at a time', async () => {
      const [one, other] = [newFolder(), newFolder()];
      const held = await claim(lock, one);
      expect(held).toBeInstanceOf(Function);
      expect(await claim(lock, one)).toBeInstanceOf(StoreLocked);
      expect(await claim(lock, join(one, '..', one.slice(root.length + 1)))).toBeInstanceOf(
        StoreLocked,
      );
      expect(await claim(lock, other)).toBeInstanceOf(Function);
      await giveUp(held);
      const next = await claim(lock, one);
      expect(next).toBeInstanceOf(Function);
      await giveUp(held);
      expect(await claim(lock, one)).toBeInstanceOf(StoreLocked);
    });

    it('says what it could not look at', async () => {
      const error = (await claim(lock, join(root, 'absent'))) as Error;
      expect(error.message).toMatch(/^cannot .+ in .+absent: there is no such file or folder; /);
    });
  });

describe('the lock by a file', () => {
  const lockOf = (folder: string): string => join(folder, lockName);

  it('names its process, and is gone with its release', async () => {
    const folder = newFolder();
    const held = await claim(lockByFile, folder);
    expect(readFileSync(lockOf(folder), 'utf8')).toBe(`${process.pid}\n`);
    await giveUp(held);
    expect(existsSync(lockOf(folder))).toBe(false);
  });

  it('is taken over from a process that is gone, or that never wrote its id', async () => {
    for (const owner of [`${goneProcess()}\n`, '', 'nonsense', '-1', '0']) {
      const folder = newFolder();
      writeFileSync(lockOf(folder), owner);
      expect(await claim(lockByFile, folder), owner).toBeInstanceOf(Function);
      expect(readFileSync(lockOf(folder), 'utf8')).toBe(`${process.pid}\n`);
    }
  });

  it('is taken over from an earlier process that had the id of this one', async () => {
    const folder = newFolder();
    writeFileSync(lockOf(folder), `${process.pid}\n`);
    expect(await claim(lockByFile, folder)).toBeInstanceOf(Function);
  });

  it('is left to another process that runs', async () => {
    const folder = newFolder();
    writeFileSync(lockOf(folder), `${process.ppid}\n`);
    expect(await claim(lockByFile, folder)).toBeInstanceOf(StoreLocked);
    expect(readFileSync(lockOf(folder), 'utf8')).toBe(`${process.ppid}\n`);
  });

  it('is none of the files of a disk', async () => {
    const folder = newFolder();
    await claim(lockByFile, folder);
    const names = await new Promise((resolve) => {
      nodeDisk(folder).list((_error, list) => resolve(list));
    });
    expect(names).toEqual([]);
  });
});
