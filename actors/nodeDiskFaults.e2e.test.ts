import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { DiskFile, Done, GrowingFile } from './disk.js';
import { nodeDisk } from './nodeDisk.js';

/** How much the file system takes at a time, and in all. */
const limits = { pieceBytes: Number.POSITIVE_INFINITY, leftBytes: Number.POSITIVE_INFINITY };

vi.mock('node:fs', async (importOriginal) => {
  const real = await importOriginal<typeof fs>();
  type Answer = (error: Error | null, written: number) => void;
  const write = (
    descriptor: number,
    bytes: Uint8Array,
    from: number,
    length: number,
    position: number,
    answer: Answer,
  ): void => {
    const taken = Math.min(length, limits.pieceBytes, limits.leftBytes);
    limits.leftBytes -= taken;
    if (taken > 0) real.write(descriptor, bytes, from, taken, position, answer);
    else answer(Object.assign(new Error('full'), { code: 'ENOSPC' }), 0);
  };
  return { ...real, write };
});

const folder = fs.mkdtempSync(join(tmpdir(), 'raftchart-faults-'));
afterAll(() => fs.rmSync(folder, { recursive: true }));
beforeEach(() => {
  limits.pieceBytes = Number.POSITIVE_INFINITY;
  limits.leftBytes = Number.POSITIVE_INFINITY;
});

function ask<T = void>(operation: (done: Done<T>) => void): Promise<T> {
  return new Promise((resolve, reject) => {
    operation((error, result) => (error === undefined ? resolve(result) : reject(error)));
  });
}

describe('a file system that does less than it was asked to', () => {
  const disk = nodeDisk(folder);

  it('is asked again for the rest of a write', async () => {
    limits.pieceBytes = 7;
    const text = 'what does not go into one write goes into several';
    const file = await ask<DiskFile>((done) => disk.create('short', 100, done));
    await ask((done) => file.write(3, new TextEncoder().encode(text), done));
    await ask((done) => file.close(done));
    const found = fs.readFileSync(join(folder, 'short'), 'utf8');
    expect([found.length, found.replaceAll('\0', '')]).toEqual([100, text]);
  });

  it('leaves nothing of a file that it has no room for', async () => {
    limits.leftBytes = 3 * 1024 * 1024;
    const creating = ask<DiskFile>((done) => disk.create('large', 5 * 1024 * 1024, done));
    await expect(creating).rejects.toMatchObject({ code: 'ENOSPC' });
    expect(fs.existsSync(join(folder, 'large'))).toBe(false);
  });

  it('leaves nothing of a growing file that it has no room for', async () => {
    const file = await ask<GrowingFile>((done) => disk.grow('snapshot.part', done));
    await ask((done) => file.write(new Uint8Array(1_000), done));
    limits.leftBytes = 500;
    const writing = ask((done) => file.write(new Uint8Array(1_000), done));
    await expect(writing).rejects.toMatchObject({ code: 'ENOSPC' });
    await new Promise<void>((resolve) => file.abandon(resolve));
    expect(fs.existsSync(join(folder, 'snapshot.part'))).toBe(false);
  });

  it('leaves nothing of a growing file that cannot be put in place', async () => {
    const file = await ask<GrowingFile>((done) => disk.grow('snapshot.part', done));
    fs.mkdirSync(join(folder, 'taken'));
    await expect(ask((done) => file.commit('taken', done))).rejects.toThrow(
      `cannot write taken in ${folder}: `,
    );
    expect(fs.existsSync(join(folder, 'snapshot.part'))).toBe(false);
  });

  it('leaves as it was a file that it has no room to replace', async () => {
    await ask((done) => disk.replace('identity', new Uint8Array([1]), done));
    limits.leftBytes = 1;
    const replacing = ask((done) => disk.replace('identity', new Uint8Array([2, 2]), done));
    await expect(replacing).rejects.toMatchObject({ code: 'ENOSPC' });
    expect([...fs.readFileSync(join(folder, 'identity'))]).toEqual([1]);
  });
});
