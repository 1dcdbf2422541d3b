/** Counts, as Linux does, how often the disks were told to make durable what they hold. */
import { readFileSync } from 'node:fs';

/**
 * Flush requests of each disk since the machine was started (/proc/diskstats). Empty where they are
 * not counted.
 */
export function diskFlushes(): Map<string, number> {
  try {
    return flushesIn(readFileSync('/proc/diskstats', 'utf8'));
  } catch {
    return new Map();
  }
}

/** Flush requests by disk in the text of /proc/diskstats; kernels before 5.5 do not count them. */
export function flushesIn(diskstats: string): Map<string, number> {
  const flushes = new Map<string, number>();
  for (const line of diskstats.split('\n')) {
    const fields = line.trim().split(/\s+/);
    if (fields.length >= 20) flushes.set(fields[2]!, Number(fields[18]));
  }
  return flushes;
}

/** How many flush requests the busiest disk had between two counts. */
export function flushesBetween(
  before: ReadonlyMap<string, number>,
  after: ReadonlyMap<string, number>,
): number {
  return Math.max(0, ...[...after].map(([disk, count]) => count - (before.get(disk) ?? 0)));
}
