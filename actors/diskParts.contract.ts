/** What every disk must do with files that grow or are read in parts, and with a folder's claim. */
import type { Fact } from './disk.contract.js';
import type { Disk, GrowingFile, ReadableFile, Release } from './disk.js';
import { ask, bytesOf, check, content, refusal, refused, textOf } from './diskSteps.contract.js';

export function claimFacts(it: Fact): void {
  it('is claimed by one at a time', async ({ disk }) => {
    const error = await refusal<Release>((done) => disk.prepare(done));
    check(
      (error as { code?: string } | undefined)?.code === 'RAFT_STORE_LOCKED',
      `refused with RAFT_STORE_LOCKED, not ${String(error)}`,
    );
    check(error?.message.includes(disk.place) === true, 'the message names the place');
    check(!error!.message.includes('\n'), 'in one line');
  });

  it('is claimed anew when it was given up, without harm', async ({ disk, release }) => {
    await ask((done) => disk.replace('identity', bytesOf('kept'), done));
    await new Promise<void>((resolve) => release(resolve));
    await ask<Release>((done) => disk.prepare(done));
    check(textOf(await content(disk, 'identity')) === 'kept', 'what is there stays');
  });

  it('is given up as often as one likes, and by none but its owner', async ({ disk, release }) => {
    await new Promise<void>((resolve) => release(resolve));
    await ask<Release>((done) => disk.prepare(done));
    await new Promise<void>((resolve) => release(resolve));
    const error = await refusal<Release>((done) => disk.prepare(done));
    check(error !== undefined, 'the second claim holds');
  });

  it('may be looked at by anybody', async ({ disk }) => {
    await refusal<Release>((done) => disk.prepare(done));
    check((await ask<readonly string[]>((done) => disk.list(done))).length === 0, 'it is listed');
  });
}

export function growingFacts(it: Fact): void {
  const grown = async (disk: Disk, name: string, ...texts: string[]): Promise<GrowingFile> => {
    const file = await ask<GrowingFile>((done) => disk.grow(name, done));
    for (const text of texts) await ask((done) => file.write(bytesOf(text), done));
    return file;
  };
  const list = (disk: Disk): Promise<readonly string[]> => ask((done) => disk.list(done));

  it('puts in place what was written aside', async ({ disk, reopen }) => {
    const file = await grown(disk, 'part', 'one ', '', 'two');
    await ask((done) => file.commit('whole', done));
    check(String(await list(disk)) === 'whole', 'under its name only');
    const again = await reopen();
    check(textOf(await content(again, 'whole')) === 'one two', 'and it stays');
    check(String(await list(again)) === 'whole', 'alone');
  });

  it('puts it in place of what was there', async ({ disk, reopen }) => {
    await ask((done) => disk.replace('whole', bytesOf('a longer text than that'), done));
    const file = await grown(disk, 'part', 'new');
    await ask((done) => file.commit('whole', done));
    check(textOf(await content(await reopen(), 'whole')) === 'new', 'replaced');
  });

  it('puts nothing in place that was not finished', async ({ disk, reopen }) => {
    await ask((done) => disk.replace('whole', bytesOf('old'), done));
    await grown(disk, 'part', 'new');
    check(textOf(await content(await reopen(), 'whole')) === 'old', 'the old one is there');
  });

  it('leaves nothing of what was abandoned', async ({ disk, reopen }) => {
    const file = await grown(disk, 'part', 'some');
    await new Promise<void>((resolve) => file.abandon(resolve));
    check((await list(disk)).length === 0, 'nothing is there');
    check((await list(await reopen())).length === 0, 'nor later');
  });

  it('takes an empty one, and large ones', async ({ disk, reopen }) => {
    const empty = await grown(disk, 'a.part');
    await ask((done) => empty.commit('a', done));
    const piece = new Uint8Array(700_000).map((_, i) => i % 251);
    const file = await ask<GrowingFile>((done) => disk.grow('b.part', done));
    for (let i = 0; i < 4; i++) await ask((done) => file.write(piece, done));
    await ask((done) => file.commit('b', done));
    const again = await reopen();
    check((await content(again, 'a')).length === 0, 'the empty one is empty');
    const found = await content(again, 'b');
    check(found.length === 2_800_000, 'the large one is whole');
    check(
      found.every((byte, i) => byte === (i % 700_000) % 251),
      'byte for byte',
    );
  });

  it('never grows over another file', async ({ disk }) => {
    await ask((done) => disk.replace('dear', bytesOf('dear'), done));
    const code = await refused<GrowingFile>((done) => disk.grow('dear', done));
    check(code === 'EEXIST', `EEXIST, not ${code}`);
  });
}

export function readingFacts(it: Fact): void {
  const part = async (file: ReadableFile, offset: number, length: number): Promise<string> =>
    textOf(await ask<Uint8Array>((done) => file.read(offset, length, done)));

  it('reads parts, and no more than there is', async ({ disk }) => {
    await ask((done) => disk.replace('text', bytesOf('0123456789'), done));
    const file = await ask<ReadableFile>((done) => disk.openToRead('text', done));
    check(file.length === 10, 'it knows its length');
    const parts = [await part(file, 0, 4), await part(file, 4, 1), await part(file, 8, 2 ** 40)];
    check(String(parts) === '0123,4,89', `not ${String(parts)}`);
    check((await part(file, 10, 5)) === '' && (await part(file, 99, 5)) === '', 'nothing behind');
    await new Promise<void>((resolve) => file.close(resolve));
  });

  it('goes on reading what was removed, or replaced', async ({ disk }) => {
    for (const name of ['removed', 'replaced'])
      await ask((done) => disk.replace(name, bytesOf('before'), done));
    const removed = await ask<ReadableFile>((done) => disk.openToRead('removed', done));
    const replaced = await ask<ReadableFile>((done) => disk.openToRead('replaced', done));
    await ask((done) => disk.remove('removed', done));
    await ask((done) => disk.replace('replaced', bytesOf('after!'), done));
    check((await part(removed, 0, 6)) === 'before', 'the removed one');
    check((await part(replaced, 0, 6)) === 'before', 'the replaced one');
    for (const file of [removed, replaced])
      await new Promise<void>((resolve) => file.close(resolve));
  });

  it('does not open what is not there', async ({ disk }) => {
    const code = await refused<ReadableFile>((done) => disk.openToRead('absent', done));
    check(code === 'ENOENT', `ENOENT, not ${code}`);
  });
}
