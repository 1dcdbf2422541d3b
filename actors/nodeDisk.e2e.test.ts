import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { diskContract } from './disk.contract.js';
import type { Disk, DiskFile, Done, Release } from './disk.js';
import { type LogStoreUnderTest, logStoreContract } from './logStore.contract.js';
import type { LogStore } from './logStore.js';
import { nodeDisk } from './nodeDisk.js';
import { walStore } from './walStore.js';

const root = mkdtempSync(join(tmpdir(), 'raftchart-disk-'));
afterAll(() => rmSync(root, { recursive: true }));

let folders = 0;
const newFolder = () => join(root, `${++folders}`, 'deep', 'folder');
const runner = { describe, it };

function ask<T = void>(operation: (done: Done<T>) => void): Promise<T> {
  return new Promise((resolve, reject) => {
    operation((error, result) => (error === undefined ? resolve(result) : reject(error)));
  });
}

async function prepared(path: string): Promise<{ disk: Disk; release: Release }> {
  const disk = nodeDisk(path);
  return { disk, release: await ask<Release>((done) => disk.prepare(done)) };
}

describe('the disk of this machine', () => {
  diskContract(async () => {
    const path = newFolder();
    let { disk, release } = await prepared(path);
    const reopen = async (): Promise<Disk> => {
      await new Promise<void>((resolve) => release(resolve));
      ({ disk, release } = await prepared(path));
      return disk;
    };
    return { disk, release, reopen };
  }, runner);

  it('allocates what it creates', async () => {
    const path = newFolder();
    const { disk } = await prepared(path);
    const file = await ask<DiskFile>((done) => disk.create('log', 3_000_000, done));
    const { size, blocks } = statSync(join(path, 'log'));
    expect(size).toBe(3_000_000);
    expect(blocks * 512).toBeGreaterThanOrEqual(size);
    await ask((done) => file.close(done));
  });

  it('says what, where and why where it fails', async () => {
    const path = newFolder();
    await prepared(path);
    writeFileSync(join(path, 'file'), '');
    const below = nodeDisk(join(path, 'file', 'folder'));
    await expect(ask<Release>((done) => below.prepare(done))).rejects.toThrow(
      `cannot make the folder in ${path}/file/folder: a file stands where a folder should be; ` +
        'choose another folder with --data',
    );
    await expect(ask<Uint8Array>((done) => nodeDisk(path).read('absent', done))).rejects.toThrow(
      `cannot read absent in ${path}: there is no such file or folder; check the folder given`,
    );
  });

  it.runIf(process.platform === 'linux')(
    'answers a full disk as an error with its code',
    async () => {
      const file = await ask<DiskFile>((done) => nodeDisk('/dev').open('full', done));
      const writing = ask((done) => file.write(0, new Uint8Array(10), done));
      await expect(writing).rejects.toMatchObject({
        code: 'ENOSPC',
        message: expect.stringMatching(
          /^cannot write full in \/dev: no space is left; make room on that disk and start/,
        ),
      });
      await ask((done) => file.close(done));
    },
  );
});

describe('the write-ahead log on the disk of this machine', () => {
  const segmentBytes = 4 * 1024;
  const close = (store: LogStore) => new Promise<void>((resolve) => store.close(resolve));

  async function make(): Promise<LogStoreUnderTest> {
    const path = newFolder();
    let store = walStore({ disk: nodeDisk(path), segmentBytes });
    const first = store;
    const reopen = async () => {
      await close(store);
      store = walStore({ disk: nodeDisk(path), segmentBytes });
      return store;
    };
    const another = () => walStore({ disk: nodeDisk(path), segmentBytes });
    return { store: first, reopen, another };
  }

  logStoreContract(make, runner);
});
