/**
 * What a server of the size benches says of itself, line by line, and what can be read out of it.
 * Times are those of the machine's clock, ms since 1970, so that those of several processes agree.
 */
import type { Status } from '../actors/status.js';
import { percentile } from './percentile.js';

/** How often a server looks at how late its event loop is, ms. */
export const samplePeriodMs = 5;

/** By how much the event loop was late, and when that was noticed, ms. */
export interface LoopSample {
  readonly atMs: number;
  readonly lateMs: number;
  /** Processor time that the process used since the sample before, all threads, ms. */
  readonly cpuMs: number;
}

/** One line: where the server stands, and what its event loop was like since the line before. */
export interface ServerReport {
  readonly atMs: number;
  readonly status: Status;
  readonly rssBytes: number;
  readonly samples: readonly LoopSample[];
}

/** The line of a report. */
export function reportLine(report: ServerReport): string {
  return `${JSON.stringify(report)}\n`;
}

/** The reports among the lines; what is none, and a last line that is not whole, is skipped. */
export function parseReports(text: string): ServerReport[] {
  return text
    .split('\n')
    .slice(0, -1)
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as ServerReport);
}

/** How late an event loop was, ms. */
export interface Lateness {
  readonly p99: number;
  readonly longest: number;
  /**
   * The longest that it can have been by its own work: the rest of the time others had the
   * processors.
   */
  readonly longestOwn: number;
}

/**
 * How late it was between two times. What was late for long counts where it ended, even if that is
 * after `toMs`: it began before.
 */
export function latenessWithin(
  reports: readonly ServerReport[],
  fromMs: number,
  toMs: number,
): Lateness {
  const within = reports
    .flatMap(({ samples }) => samples)
    .filter(({ atMs, lateMs }) => atMs >= fromMs && atMs - lateMs <= toMs);
  const sorted = Float64Array.from(within, ({ lateMs }) => lateMs).sort();
  const own = within.map(({ lateMs, cpuMs }) => Math.min(lateMs, cpuMs));
  return {
    p99: percentile(sorted, 99),
    longest: sorted.at(-1) ?? 0,
    longestOwn: own.reduce((longest, ms) => Math.max(longest, ms), 0),
  };
}

/** When a status first was as wanted; undefined if it never was. */
export function firstTime(
  reports: readonly ServerReport[],
  isWanted: (status: Status) => boolean,
): number | undefined {
  return reports.find(({ status }) => isWanted(status))?.atMs;
}

/** The most memory that a server had between two times, bytes. */
export function memoryWithin(
  reports: readonly ServerReport[],
  fromMs: number,
  toMs: number,
): number {
  const within = reports.filter(({ atMs }) => atMs >= fromMs && atMs <= toMs);
  return Math.max(0, ...within.map(({ rssBytes }) => rssBytes));
}

/**
 * When a follower first had applied what its leader had last reported as committed; undefined if it
 * never had.
 */
export function caughtUpMs(
  follower: readonly ServerReport[],
  leader: readonly ServerReport[],
): number | undefined {
  let next = 0;
  const last = follower.find(({ atMs, status }) => {
    while (next < leader.length && leader[next]!.atMs < atMs) next++;
    const known = leader[next - 1];
    return known !== undefined && status.lastApplied >= known.status.commitIndex;
  });
  return last?.atMs;
}

/** Whether a server led all of the time between two, in one term. */
export function ledThroughout(
  reports: readonly ServerReport[],
  fromMs: number,
  toMs: number,
): boolean {
  const within = reports.filter(({ atMs }) => atMs >= fromMs && atMs <= toMs);
  const terms = new Set(within.map(({ status }) => status.term));
  return terms.size === 1 && within.every(({ status }) => status.role === 'leader');
}
