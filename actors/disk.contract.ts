/**
 * What every disk must do, as tests for any runner: for those of this project, and for a user's
 * own.
 */
import type { Disk, DiskFile, Release } from './disk.js';
import { claimFacts, growingFacts, readingFacts } from './diskParts.contract.js';
import { ask, bytesOf, check, content, refused, textOf } from './diskSteps.contract.js';

/** Where tests are registered: `vitest`, `node:test`, or anything alike. */
export interface Runner {
  describe(name: string, body: () => void): void;
  it(name: string, body: () => Promise<void>): void;
}

/**
 * A prepared, empty disk, and how it is found again, prepared, after a crash that lost all that was
 * not synced.
 */
export interface DiskUnderTest {
  readonly disk: Disk;
  /** What `prepare` answered. */
  readonly release: Release;
  readonly reopen: () => Promise<Disk>;
}

export type Fact = (name: string, fact: (under: DiskUnderTest) => Promise<void>) => void;

/** Runs the facts, each on a fresh disk that `make` gives. */
export function diskContract(make: () => Promise<DiskUnderTest>, runner: Runner): void {
  const it: Fact = (name, fact) => runner.it(name, async () => fact(await make()));
  runner.describe('files that are written to', () => fileFacts(it));
  runner.describe('files as a whole', () => folderFacts(it));
  runner.describe('files that grow', () => growingFacts(it));
  runner.describe('files that are read in parts', () => readingFacts(it));
  runner.describe('the claim of a folder', () => claimFacts(it));
  runner.describe('errors', () => errorFacts(it));
}

function fileFacts(it: Fact): void {
  it('creates a file of zeros', async ({ disk, reopen }) => {
    const file = await ask<DiskFile>((done) => disk.create('log', 1_000, done));
    check(file.name === 'log', 'the file knows its name');
    const found = await content(await reopen(), 'log');
    check(found.length === 1_000 && found.every((byte) => byte === 0), 'all of it is zero');
  });

  it('keeps what was synced', async ({ disk, reopen }) => {
    const file = await ask<DiskFile>((done) => disk.create('log', 2_000, done));
    await ask((done) => file.write(500, bytesOf('synced'), done));
    await ask((done) => file.sync(done));
    const found = await content(await reopen(), 'log');
    check(found.length === 2_000, 'the length stays');
    check(textOf(found.subarray(500, 506)) === 'synced', 'the bytes are in their place');
    check(found.filter((byte) => byte !== 0).length === 6, 'and nothing is anywhere else');
  });

  it('shows a write as soon as it is answered', async ({ disk }) => {
    const file = await ask<DiskFile>((done) => disk.create('log', 100, done));
    await ask((done) => file.write(10, bytesOf('seen'), done));
    check(textOf((await content(disk, 'log')).subarray(10, 14)) === 'seen', 'it is read');
  });

  it('writes over what was there, and leaves what is beside it', async ({ disk, reopen }) => {
    const file = await ask<DiskFile>((done) => disk.create('log', 10, done));
    for (const text of ['0123456789', 'abc']) {
      await ask((done) => file.write(0, bytesOf(text), done));
      await ask((done) => file.sync(done));
    }
    check(textOf(await content(await reopen(), 'log')) === 'abc3456789', 'the tail stays');
  });

  it('lets a file grow behind its end', async ({ disk, reopen }) => {
    const file = await ask<DiskFile>((done) => disk.create('log', 10, done));
    await ask((done) => file.write(8, bytesOf('grown'), done));
    await ask((done) => file.sync(done));
    const found = await content(await reopen(), 'log');
    check(
      found.length === 13 && textOf(found.subarray(8)) === 'grown',
      'its end is where it was put',
    );
  });

  it('writes a megabyte', async ({ disk, reopen }) => {
    const large = new Uint8Array(1024 * 1024).map((_, i) => i % 251);
    const file = await ask<DiskFile>((done) => disk.create('log', 4_096, done));
    await ask((done) => file.write(100, large, done));
    await ask((done) => file.sync(done));
    const found = await content(await reopen(), 'log');
    check(found.length === 100 + large.length, 'it is there to the end');
    check(
      large.every((byte, i) => byte === found[100 + i]),
      'byte for byte',
    );
  });

  it('opens a file again and goes on', async ({ disk, reopen }) => {
    await ask<DiskFile>((done) => disk.create('log', 100, done));
    const file = await ask<DiskFile>((done) => disk.open('log', done));
    await ask((done) => file.write(0, bytesOf('again'), done));
    await ask((done) => file.sync(done));
    await ask((done) => file.close(done));
    check(textOf((await content(await reopen(), 'log')).subarray(0, 5)) === 'again', 'it is kept');
  });
}

function folderFacts(it: Fact): void {
  it('lists its files by name', async ({ disk }) => {
    check((await ask<readonly string[]>((done) => disk.list(done))).length === 0, 'none at first');
    for (const name of ['c', 'a', 'b'])
      await ask((done) => disk.replace(name, bytesOf(name), done));
    check(String(await ask<readonly string[]>((done) => disk.list(done))) === 'a,b,c', 'sorted');
  });

  it('replaces a file as a whole', async ({ disk, reopen }) => {
    await ask((done) => disk.replace('identity', bytesOf('a long first text'), done));
    await ask((done) => disk.replace('identity', bytesOf('second'), done));
    const again = await reopen();
    check(textOf(await content(again, 'identity')) === 'second', 'the second replaced the first');
    check(
      String(await ask<readonly string[]>((done) => again.list(done))) === 'identity',
      'nothing is left beside it',
    );
  });

  it('replaces a file by nothing', async ({ disk, reopen }) => {
    await ask((done) => disk.replace('empty', new Uint8Array(0), done));
    check((await content(await reopen(), 'empty')).length === 0, 'it is there, and empty');
  });

  it('removes a file for good', async ({ disk, reopen }) => {
    await ask<DiskFile>((done) => disk.create('log', 10, done));
    await ask((done) => disk.remove('log', done));
    check((await ask<readonly string[]>((done) => disk.list(done))).length === 0, 'at once');
    const again = await reopen();
    check(
      (await ask<readonly string[]>((done) => again.list(done))).length === 0,
      'and after a crash',
    );
  });
}

function errorFacts(it: Fact): void {
  it('answers for a file that is not there', async ({ disk }) => {
    const codes = [
      await refused((done) => disk.read('absent', done)),
      await refused((done) => disk.open('absent', done)),
      await refused((done) => disk.remove('absent', done)),
    ];
    check(String(codes) === 'ENOENT,ENOENT,ENOENT', `with ENOENT, not ${String(codes)}`);
  });

  it('never creates a file over another', async ({ disk }) => {
    await ask((done) => disk.replace('log', bytesOf('dear'), done));
    const code = await refused((done) => disk.create('log', 100, done));
    check(code === 'EEXIST', `EEXIST, not ${code}`);
    check(textOf(await content(disk, 'log')) === 'dear', 'what was there stays');
  });
}
