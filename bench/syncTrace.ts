/**
 * Watches from outside when servers sync their files: strace where it may trace, the disk's own
 * count elsewhere.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { BenchProcess } from './benchProcess.js';
import { until } from './until.js';

/** From when to when something went on, in ms since 1970 with their fractions. */
export interface Interval {
  readonly beganMs: number;
  readonly endedMs: number;
}

/** Traces that are being written, one a server. */
export interface SyncTrace {
  /** Ends the tracing, and answers the syncs of each server. */
  stop(): Promise<Interval[][]>;
}

const attachMsMax = 5000;

/** Attaches strace to each process. Undefined where it is not installed, or not allowed to. */
export async function traceSyncs(
  pids: readonly number[],
  folder: string,
): Promise<SyncTrace | undefined> {
  const tracers: BenchProcess[] = [];
  const path = (pid: number) => join(folder, `syncs-${pid}.trace`);
  const stop = () => Promise.all(tracers.map((tracer) => tracer.end('SIGINT')));
  try {
    for (const pid of pids) {
      const words = [
        '-f',
        '-ttt',
        '-T',
        '-e',
        'trace=fsync,fdatasync',
        '-o',
        path(pid),
        '-p',
        `${pid}`,
      ];
      const tracer = new BenchProcess('strace', words, join(folder, `strace-${pid}.log`));
      tracers.push(tracer);
      await until('strace attaches', attachMsMax, () => {
        tracer.assertRuns();
        return tracer.log().includes(' attached') || undefined;
      });
    }
  } catch {
    await stop();
    return undefined;
  }
  return {
    async stop() {
      await stop();
      return pids.map((pid) => syncsIn(readFileSync(path(pid), 'utf8')));
    },
  };
}

/**
 * The syncs in what `strace -f -ttt -T` wrote. A call during which another thread called something
 * stands on two lines; only the second tells how long it took, and bears the time of its end. A
 * sync that failed is none.
 */
export function syncsIn(trace: string): Interval[] {
  return trace.split('\n').flatMap((line) => {
    const found = syncLine.exec(line);
    if (found === null) return [];
    const atMs = Number(found[1]) * 1000;
    const lastedMs = Number(found[3]) * 1000;
    const beganMs = found[2]!.startsWith('<...') ? atMs - lastedMs : atMs;
    return [{ beganMs, endedMs: beganMs + lastedMs }];
  });
}

const syncLine =
  /^\d+\s+(\d+\.\d+) (fsync\(|fdatasync\(|<\.\.\. fsync |<\.\.\. fdatasync ).*= 0 <(\d+\.\d+)>$/;

/**
 * How many of `writes` had, on at least `serversMin` servers, a sync that began and ended within
 * them.
 */
export function syncedWrites(
  writes: readonly Interval[],
  syncs: readonly (readonly Interval[])[],
  serversMin: number,
): number {
  return writes.filter((write) => {
    const servers = syncs.filter((own) => own.some((sync) => isWithin(sync, write)));
    return servers.length >= serversMin;
  }).length;
}

/** Clocks of two processes agree to this, and so do times that are printed in microseconds. */
const clockToleranceMs = 0.05;

function isWithin(inner: Interval, outer: Interval): boolean {
  return (
    inner.beganMs >= outer.beganMs - clockToleranceMs &&
    inner.endedMs <= outer.endedMs + clockToleranceMs
  );
}

/**
 * What to add to `performance.now()` for ms since 1970: `Date.now()` has whole ms only, but ticks
 * when it should.
 */
export function wallClockOffsetMs(): number {
  const before = Date.now();
  let now = before;
  while (now === before) now = Date.now();
  return now - performance.now();
}

/**
 * How often each disk was told to make durable what it holds, since the machine was started (Linux,
 * flush requests in /proc/diskstats). Empty where it is not counted.
 */
export function diskFlushes(): Map<string, number> {
  try {
    return flushesIn(readFileSync('/proc/diskstats', 'utf8'));
  } catch {
    return new Map();
  }
}

/**
 * Flush requests by device in the text of /proc/diskstats; kernels before 5.5 do not count them.
 */
export function flushesIn(diskstats: string): Map<string, number> {
  const flushes = new Map<string, number>();
  for (const line of diskstats.split('\n')) {
    const fields = line.trim().split(/\s+/);
    if (fields.length >= 20) flushes.set(fields[2]!, Number(fields[18]));
  }
  return flushes;
}
