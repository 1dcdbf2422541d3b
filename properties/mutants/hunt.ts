/**
 * Hunts for a mutant: the runs of an ordinary campaign, with one seed after another, each until a
 * law breaks or its time is over; then the schedule that is made for it, if there is one.
 */
import type { Violation } from '../../sim/law.js';
import { type Case, type Found, play } from '../assertLaws.js';
import { drawn } from '../campaign.js';
import { minimize } from '../minimize.js';
import { schedules } from '../schedules.js';
import { type Mutant, withMutant } from './mutant.js';

export interface HuntOptions {
  readonly seeds: readonly number[];
  /** With each seed at most so many runs, */
  readonly runsMax: number;
  /** begun within so many ms. */
  readonly msMax: number;
  /** So many runs may go into shrinking what each seed has found. */
  readonly shrinkRunsMax: number;
  readonly nowMs: () => number;
}

/** What one seed led to. */
export interface Catch extends Found {
  readonly runs: number;
  readonly ms: number;
}

export interface Hunted {
  /** For each seed, what was found. */
  readonly catches: readonly (Catch | undefined)[];
  /** What the schedule that is made for it led to, if no seed did. */
  readonly pinned: Found | undefined;
}

/** What is said of a run that throws: the simulator does not survive it. */
const wholeRuns = 'Whole Runs';
/** What the ordinary search draws from. */
const ordinary = schedules();
/** So many seeds are tried with a schedule that is made for a mutant. */
const seedsOfSchedule = 40;

/** Searches with each seed; and, where none of them finds anything, plays the schedule. */
export function hunt(mutant: Mutant, options: HuntOptions): Hunted {
  const catches = options.seeds.map((seed) => catchWith(mutant, seed, options));
  const isFound = catches.some((one) => one !== undefined);
  if (isFound) return { catches, pinned: undefined };
  const pinned = playPinned(mutant);
  return { catches, pinned: pinned && shrunk(mutant, pinned, options.shrinkRunsMax) };
}

/**
 * Plays a case with the bug in place, up to the law that it breaks; a run that throws breaks one as
 * well.
 */
export function violationWith(mutant: Mutant, one: Case): Violation | undefined {
  const machine = mutant.machine && { machine: mutant.machine };
  try {
    return withMutant(mutant, () => play(one, machine).violations[0]);
  } catch (error) {
    const detail = (error as Error).message;
    return { law: wholeRuns, sentence: 'A run has an end.', detail, at: whenOver(one), server: '' };
  }
}

function whenOver({ schedule: { forMs, quietMs = 0 } }: Case): number {
  return forMs + quietMs;
}

function catchWith(mutant: Mutant, seed: number, options: HuntOptions): Catch | undefined {
  const { runsMax, msMax, shrinkRunsMax, nowMs } = options;
  const begunMs = nowMs();
  for (let number = 0; number < runsMax && nowMs() - begunMs < msMax; number++) {
    const one = drawn(ordinary, seed, number);
    const violation = violationWith(mutant, one);
    if (violation === undefined) continue;
    const ms = nowMs() - begunMs;
    const least = shrunk(mutant, { violation, case: one }, shrinkRunsMax);
    return { ...least, runs: number + 1, ms };
  }
  return undefined;
}

function shrunk(mutant: Mutant, found: Found, shrinkRunsMax: number): Found {
  // What is left of a run that throws may be one that has no end.
  if (shrinkRunsMax === 0 || found.violation.law === wholeRuns) return found;
  const { schedule, seed } = found.case;
  const verdict = (candidate: Case['schedule']) =>
    violationWith(mutant, { schedule: candidate, seed });
  const least = minimize(schedule, verdict, shrinkRunsMax);
  return { violation: verdict(least)!, case: { schedule: least, seed } };
}

/** Plays the schedule that is made for a mutant, with seed after seed. */
export function playPinned(mutant: Mutant): Found | undefined {
  const { pinned: schedule } = mutant;
  if (schedule === undefined) return undefined;
  for (let seed = 0; seed < seedsOfSchedule; seed++) {
    const one = { schedule, seed };
    const violation = violationWith(mutant, one);
    if (violation !== undefined) return { violation, case: one };
  }
  return undefined;
}
