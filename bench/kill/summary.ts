/** What a run came to, as lines: one a round while it plays, and a summary at the end. */
import { tableLines } from '../table.js';
import { type Gap, gapMs } from './gaps.js';
import type { History } from './history.js';
import {
  longestMsMax,
  medianGapMs,
  medianMsMax,
  type RoundGaps,
  reportedMsMin,
} from './roundGaps.js';
import type { Fault, Round } from './rounds.js';

/** What the names of workers begin with, and how these append. */
export const ways = { r: 'ioredis', c: 'Clerk' } as const;

/** A line for a round that is over. */
export function roundLine({ round, longest }: RoundGaps, count: number): string {
  const { fault, number, before, after, beganMs, wholeMs, endedMs, stallMs } = round;
  const perSecond = whole(Math.round((count / (endedMs - beganMs)) * 1_000));
  return [
    `${fault} ${number}`.padEnd(17),
    `${before} -> ${after}`.padEnd(20),
    `gap ${gapMs(longest).toFixed(0).padStart(5)} ms`,
    `whole after ${((wholeMs - beganMs) / 1_000).toFixed(2)} s`,
    `stall ${stallMs.toFixed(0).padStart(3)} ms`,
    `${perSecond} a second`,
  ].join('  ');
}

/** The summary of all rounds. */
export function summaryLines(history: History, gaps: readonly RoundGaps[]): string[] {
  const medianMs = medianGapMs(gaps);
  const stallMs = Math.max(0, ...gaps.map(({ round }) => round.stallMs));
  const asked = `median below ${medianMsMax}, none above ${longestMsMax}`;
  return [
    ...countLines(history),
    '',
    'Gaps without any acknowledgement, ms:',
    '',
    ...tableLines(['fault', 'rounds', 'median', 'longest', 'in round'], gapRows(gaps)),
    '',
    ...(medianMs === undefined
      ? []
      : [`Median where the leader was taken away: ${medianMs.toFixed(0)} (${asked})`]),
    `Longest stall of the load itself: ${stallMs.toFixed(0)} ms`,
    ...furtherGaps(gaps),
  ];
}

/** A promise about what never came about was kept for nothing, which a reader should know. */
function countLines(history: History): string[] {
  const { notDone, unknown } = history.counts();
  const missing = [
    ...(notDone > 0 ? [] : ['nothing was answered not done']),
    ...(unknown > 0 ? [] : ['nothing was unknown']),
  ];
  return [
    ...Object.entries(ways).map(([way, name]) => `${name}: ${countsText(history.counts(way))}`),
    ...(missing.length === 0 ? [] : [`What this run did not try: ${missing.join(', ')}`]),
  ];
}

function countsText({ done, notDone, unknown }: ReturnType<History['counts']>): string {
  return `${whole(done)} acknowledged, ${whole(notDone)} not done, ${whole(unknown)} unknown`;
}

function whole(count: number): string {
  return count.toLocaleString('en');
}

function gapRows(gaps: readonly RoundGaps[]): string[][] {
  const faults = [...new Set(gaps.map(({ round }) => round.fault))];
  return faults.map((fault) => {
    const ofFault = gaps.filter(({ round }) => round.fault === fault);
    const sorted = ofFault.toSorted((a, b) => gapMs(a.longest) - gapMs(b.longest));
    const longest = sorted.at(-1)!;
    return [
      fault,
      String(sorted.length),
      gapMs(sorted[(sorted.length - 1) >> 1]!.longest).toFixed(0),
      gapMs(longest.longest).toFixed(0),
      String(longest.round.number),
    ];
  });
}

/** A line for each round with more than one gap that is worth a report. */
function furtherGaps(gaps: readonly RoundGaps[]): string[] {
  const lines = gaps
    .filter(({ reported }) => reported.length > 1)
    .map(({ round, reported }) => `  ${nameOf(round.fault, round)}: ${list(reported, round)}`);
  if (lines.length === 0) return [];
  return ['', `Rounds with several gaps of ${reportedMsMin} ms and more:`, ...lines];
}

function list(reported: readonly Gap[], { beganMs }: Round): string {
  return reported
    .map((gap) => `${gapMs(gap).toFixed(0)} ms (from ${Math.round(gap.fromMs - beganMs)} ms on)`)
    .join(', ');
}

function nameOf(fault: Fault, { number }: Round): string {
  return `${fault} ${number}`;
}
