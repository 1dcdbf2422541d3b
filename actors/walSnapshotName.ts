/**
 * The name of a snapshot's file, which says all that a store knows of it: the group, and the last
 * entry that it covers, by index, term and log time. What is in the file means nothing to the
 * store.
 */
import type { LogBase } from '../machines/log.js';

const pattern = /^snapshot-(\d+)-(\d{16})-(\d+)-(\d+)\.snap$/;
/** What is being written, or never came to its end. */
const partPattern = /^snapshot-.*\.part$/;

/** `snapshot-0-0000000000001200-7-1700000000000.snap`: sorted by name is sorted by index. */
export function snapshotName(group: number, { index, term, stampMs }: LogBase): string {
  return `snapshot-${group}-${String(index).padStart(16, '0')}-${term}-${stampMs}.snap`;
}

/** The name of the `count`th snapshot that a store has begun to write. */
export function snapshotPartName(group: number, base: LogBase, count: number): string {
  return snapshotName(group, base).replace(/snap$/, `${count}.part`);
}

/** The reverse of {@link snapshotName} for one group; undefined for any other file. */
export function snapshotBase(group: number, name: string): LogBase | undefined {
  const fields = pattern.exec(name);
  if (fields === null) return undefined;
  const base = { index: Number(fields[2]), term: Number(fields[3]), stampMs: Number(fields[4]) };
  return snapshotName(group, base) === name ? base : undefined;
}

/** Whether a file is what is left of a snapshot that was never put in place. */
export function isSnapshotPart(name: string): boolean {
  return partPattern.test(name);
}

/** Whether `a` covers more than `b`. */
export function isNewer(a: LogBase, b: LogBase): boolean {
  return a.index === b.index ? a.term > b.term : a.index > b.index;
}
