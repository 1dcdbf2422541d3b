/**
 * Tells of the ends of logs that a server cuts off when it starts: a crash had torn them. It writes
 * its last batch once more then, and zeros over what stands behind it.
 */
import type { DiskFile } from '../actors/disk.js';
import type { SectorDisk } from './disk.js';

/** From now on, calls `cut` with how many bytes of a file were not as they are written again. */
export function tellTornTails(disk: SectorDisk, cut: (bytes: number) => void): void {
  const open = disk.open.bind(disk);
  disk.open = (name, done) =>
    open(name, (error, file) => {
      const was = error === undefined ? disk.image().get(name)! : undefined;
      done(error, was === undefined ? file : telling(file, was, cut));
    });
}

/** Only the first write into a file that was there already settles it. */
function telling(file: DiskFile, was: Uint8Array, cut: (bytes: number) => void): DiskFile {
  let isSettled = false;
  return {
    ...file,
    write: (offset, bytes, done) => {
      const differing = isSettled ? 0 : bytes.filter((byte, n) => byte !== was[offset + n]).length;
      isSettled = true;
      if (differing > 0) cut(differing);
      file.write(offset, bytes, done);
    },
  };
}
