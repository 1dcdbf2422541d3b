import { describe, expect, it } from 'vitest';
import type { DiskFile } from '../actors/disk.js';
import { SectorDisk } from './disk.js';
import { tellTornTails } from './tornTails.js';

/** A disk with one file of four bytes, opened again. */
function reopened() {
  const disk = new SectorDisk((_kind, _file, run) => run());
  const cut: number[] = [];
  tellTornTails(disk, (bytes) => cut.push(bytes));
  disk.replace('log', Uint8Array.of(1, 2, 3, 4), () => {});
  let file: DiskFile | undefined;
  disk.open('log', (_error, opened) => {
    file = opened;
  });
  const write = (offset: number, ...bytes: number[]) =>
    file!.write(offset, Uint8Array.from(bytes), () => {});
  return { disk, write, cut };
}

describe('a torn tail', () => {
  it('is what is different when the end of a log is written again', () => {
    const { write, cut } = reopened();
    write(1, 2, 3, 0);
    expect(cut).toEqual([1]);
  });

  it('is none where that changes nothing, and none in what is written later', () => {
    const { write, cut } = reopened();
    write(1, 2, 3, 4);
    write(0, 9, 9, 9);
    expect(cut).toEqual([]);
  });

  it('is none of a file that is not there', () => {
    const { disk, cut } = reopened();
    const errors: unknown[] = [];
    disk.open('other', (error) => errors.push(error));
    expect(errors[0]).toBeInstanceOf(Error);
    expect(cut).toEqual([]);
  });
});
