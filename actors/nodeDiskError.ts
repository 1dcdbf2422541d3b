/**
 * What a person is told when the file system refuses something: what, where, why, and what to do.
 */

const anotherFolder = 'choose another folder with --data';
const makeRoom = 'make room on that disk and start the server again';

/** By error code: why it failed, and the remedy. */
const explanations: Readonly<Record<string, readonly [reason: string, remedy: string]>> = {
  EACCES: ['permission denied', anotherFolder],
  EPERM: ['permission denied', anotherFolder],
  EROFS: ['the file system is read-only', anotherFolder],
  ENOTDIR: ['a file stands where a folder should be', anotherFolder],
  EEXIST: ['something of that name is there already', anotherFolder],
  ENOENT: ['there is no such file or folder', 'check the folder given with --data'],
  ENOSPC: ['no space is left', makeRoom],
  EDQUOT: ['the quota is used up', makeRoom],
  EFBIG: ['the file would become too large', 'allow larger files (ulimit -f)'],
  EMFILE: ['too many files are open', 'allow more of them (ulimit -n)'],
  ENFILE: ['too many files are open', 'allow the machine more of them'],
  EIO: ['the disk failed', 'replace the disk, and let the server join anew with an empty folder'],
};

/** An error with the code that the system gave. */
export type NodeDiskError = Error & { readonly code: string };

/**
 * An error of `node:fs` in one line for people, with its `code`, and itself as the cause. `action`
 * says what was tried, for example `write wal-0000000001.log`.
 */
export function nodeDiskError(
  cause: NodeJS.ErrnoException,
  action: string,
  place: string,
): NodeDiskError {
  const { code = 'UNKNOWN', message } = cause;
  const [reason, remedy] = explanations[code] ?? [message, 'check that disk'];
  const error = new Error(`cannot ${action} in ${place}: ${reason}; ${remedy}`, { cause });
  return Object.assign(error, { code });
}
