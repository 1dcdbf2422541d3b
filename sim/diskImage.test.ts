/** Tests of the simulator's disk: its folder as a whole, copied, emptied and put back. */
import { describe, expect, it } from 'vitest';
import type { DiskFile } from '../actors/disk.js';
import { SectorDisk } from './disk.js';

const bytes = (value: string) => new TextEncoder().encode(value);
const ignore = () => {};

/** A disk on which everything happens at once, with a file of eight bytes. */
function diskWithLog(): { disk: SectorDisk; log: DiskFile } {
  const disk = new SectorDisk((_kind, _file, run) => run());
  let log: DiskFile | undefined;
  disk.create('log', 8, (_error, file) => {
    log = file;
  });
  return { disk, log: log! };
}

/** The files of a disk, with zeros as dots. */
function folder(disk: SectorDisk): Record<string, string> {
  const text = (content: Uint8Array) => new TextDecoder().decode(content).replaceAll('\0', '.');
  return Object.fromEntries([...disk.image()].map(([name, content]) => [name, text(content)]));
}

describe('an image of a folder', () => {
  it('holds what was written, durable or not, and not what is still on its way', () => {
    const held: (() => void)[] = [];
    const disk = new SectorDisk((_kind, _file, run) => held.push(run));
    const go = () => held.splice(0).forEach((run) => run());
    let log: DiskFile | undefined;
    disk.create('log', 8, (_error, file) => {
      log = file;
    });
    expect(folder(disk)).toEqual({});
    go();
    log!.write(0, bytes('here'), ignore);
    go();
    log!.write(4, bytes('late'), ignore);
    expect(folder(disk)).toEqual({ log: 'here....' });
  });

  it('does not change with the folder, nor the folder with it', () => {
    const { disk, log } = diskWithLog();
    log.write(0, bytes('old'), ignore);
    const image = disk.image();
    log.write(0, bytes('new'), ignore);
    disk.replace('identity', bytes('mine'), ignore);
    expect(new TextDecoder().decode(image.get('log')!.subarray(0, 3))).toBe('old');
    expect([...image.keys()]).toEqual(['log']);
    expect(folder(disk)).toEqual({ log: 'new.....', identity: 'mine' });
  });

  it('can be put back more than once, and is durable then', () => {
    const { disk, log } = diskWithLog();
    log.write(0, bytes('old'), ignore);
    const image = disk.image();
    for (const later of ['one', 'two']) {
      disk.putBack(image);
      expect(folder(disk)).toEqual({ log: 'old.....' });
      disk.open('log', (_error, file) => {
        file.write(0, bytes(later), ignore);
        file.sync(ignore);
      });
      disk.crash(() => false);
      expect(folder(disk)).toEqual({ log: `${later}.....` });
    }
    disk.putBack(image);
    disk.crash(() => false);
    expect(folder(disk)).toEqual({ log: 'old.....' });
  });

  it('that is put in place ends whoever used the folder, and its claim', () => {
    const { disk, log } = diskWithLog();
    disk.prepare(ignore);
    disk.putBack(new Map());
    log.write(0, bytes('lost'), () => expect.unreachable());
    expect(folder(disk)).toEqual({});
    disk.prepare((error) => expect(error).toBeUndefined());
  });

  it('of one disk can be put on another', () => {
    const { disk, log } = diskWithLog();
    log.write(0, bytes('mine'), ignore);
    const other = new SectorDisk((_kind, _file, run) => run());
    other.putBack(disk.image());
    expect(folder(other)).toEqual(folder(disk));
  });
});
