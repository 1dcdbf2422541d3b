/**
 * Watches from outside, with strace, when servers make durable what they wrote: by `fsync` or
 * `fdatasync`, or by a write on a descriptor that writes through (`O_DSYNC`).
 */
import { constants, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { BenchProcess } from './benchProcess.js';
import type { Interval } from './interval.js';
import { until } from './until.js';

/** Traces that are being written, one a server. */
export interface SyncTrace {
  /** Ends the tracing, and answers the syncs of each server. */
  stop(): Promise<Interval[][]>;
}

const calls = 'fsync,fdatasync,pwrite64,pwritev,pwritev2';
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
      const format = ['-f', '-ttt', '-T', '-s', '0', '-e', `trace=${calls}`];
      const words = [...format, '-o', path(pid), '-p', `${pid}`];
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
      return pids.map((pid) => syncsIn(readFileSync(path(pid), 'utf8'), writesThrough(pid)));
    },
  };
}

/**
 * The syncs in what `strace -f -ttt -T` wrote; `writeThrough` are the descriptors on which a write
 * is a sync. A call during which another thread called something stands on two lines: the first has
 * its descriptor, the second how long it took, and bears the time of its end. A call that failed
 * made nothing durable.
 */
export function syncsIn(trace: string, writeThrough: ReadonlySet<number>): Interval[] {
  const isSync = (call: string, descriptor: number) =>
    call.startsWith('f') || writeThrough.has(descriptor);
  const syncs: Interval[] = [];
  const unfinished = new Map<string, number>();
  for (const line of trace.split('\n')) {
    const begun = begunLine.exec(line)?.groups;
    if (begun !== undefined) unfinished.set(begun.thread!, Number(begun.descriptor));
    const ended = endedLine.exec(line)?.groups;
    if (ended === undefined) continue;
    const descriptor = unfinished.get(ended.thread!) ?? -1;
    if (Number(ended.result) < 0 || !isSync(ended.call!, descriptor)) continue;
    const atMs = Number(ended.at) * 1000;
    const lastedMs = Number(ended.lasted) * 1000;
    const beganMs = ended.resumed === undefined ? atMs : atMs - lastedMs;
    syncs.push({ beganMs, endedMs: beganMs + lastedMs });
  }
  return syncs;
}

const begunLine = /^(?<thread>\d+)\s+[\d.]+ \w+\((?<descriptor>\d+)/;
const endedLine = new RegExp(
  '^(?<thread>\\d+)\\s+(?<at>[\\d.]+) (?<resumed><\\.\\.\\. )?(?<call>\\w+).*' +
    ' = (?<result>-?\\d+).* <(?<lasted>[\\d.]+)>$',
);

/** The descriptors of a process that write through to the disk (Linux: /proc/<pid>/fdinfo). */
function writesThrough(pid: number): Set<number> {
  const folder = `/proc/${pid}/fdinfo`;
  const names = readdirSync(folder).filter((name) => {
    const flags = /^flags:\s+([0-7]+)$/m.exec(readFileSync(join(folder, name), 'utf8'))?.[1];
    return (Number.parseInt(flags ?? '0', 8) & constants.O_DSYNC) !== 0;
  });
  return new Set(names.map(Number));
}
