/** Which gap each round has caused, and whether the gaps are as short as they have to be. */
import { defaultSettings } from '../../machines/settings.js';
import { median } from '../percentile.js';
import { type Gap, gapMs, gapsWithin, longestGap } from './gaps.js';
import type { Fault, Round } from './rounds.js';

/** Shorter gaps are not reported, ms, unless they are the longest of their round. */
export const reportedMsMin = 100;
/** The median over the rounds that take the leader away has to be below, ms. */
export const medianMsMax = 500;
/** None may be longer: twice the longest election timeout, and a little, ms. */
export const longestMsMax = 2 * defaultSettings.electionTimeoutMaxMs + 200;

/** A round with its gaps. */
export interface RoundGaps {
  readonly round: Round;
  readonly longest: Gap;
  /** Its gaps of at least `reportedMsMin`, in their order. */
  readonly reported: readonly Gap[];
}

/** What the faults ask of gaps: the others take the majority away, and have long ones. */
const takesLeader: ReadonlySet<Fault> = new Set(['kill leader', 'stop leader']);
const isBounded: ReadonlySet<Fault> = new Set([...takesLeader, 'stop follower']);

/** The gaps that end in each round. `acknowledgedMs` is ascending. */
export function gapsOfRounds(
  rounds: readonly Round[],
  acknowledgedMs: readonly number[],
): readonly RoundGaps[] {
  return rounds.map((round) => ({
    round,
    longest: longestGap(acknowledgedMs, round.beganMs, round.endedMs),
    reported: gapsWithin(acknowledgedMs, round.beganMs, round.endedMs, reportedMsMin),
  }));
}

/** The median of the gaps where the leader was taken away, ms; nothing where it never was. */
export function medianGapMs(gaps: readonly RoundGaps[]): number | undefined {
  const ms = gaps
    .filter(({ round }) => takesLeader.has(round.fault))
    .map(({ longest }) => gapMs(longest));
  return ms.length === 0 ? undefined : median(ms);
}

/** A line for each promise about gaps that was broken. */
export function verifyGaps(gaps: readonly RoundGaps[]): readonly string[] {
  const medianMs = medianGapMs(gaps) ?? 0;
  const tooLong = gaps.filter(
    ({ round, longest }) => isBounded.has(round.fault) && gapMs(longest) > longestMsMax,
  );
  const medianLine =
    `the median gap without a leader is ${medianMs.toFixed(0)} ms, ` +
    `and has to be below ${medianMsMax}`;
  return [
    ...(medianMs < medianMsMax ? [] : [medianLine]),
    ...tooLong.map(
      ({ round, longest }) =>
        `${round.fault} ${round.number}: a gap of ${gapMs(longest).toFixed(0)} ms; ` +
        `${longestMsMax} are allowed (the load itself stalled for ${round.stallMs.toFixed(0)})`,
    ),
  ];
}
