/**
 * The search: fast-check draws schedules, the simulator plays them, and the laws are held against
 * every step. What breaks one is shrunk to the few faults that matter.
 */
import * as fc from 'fast-check';
import { fromReducer } from '../actors/fromReducer.js';
import type { server } from '../machines/server.js';
import type { Law, Violation } from '../sim/law.js';
import type { Run } from '../sim/run.js';
import type { Schedule } from '../sim/schedule.js';
import { simulate } from '../sim/simulation.js';
import { clientLaws } from './clientLaws.js';
import { everyRequestSettles } from './everyRequestSettles.js';
import { minimize } from './minimize.js';
import { progress } from './progress.js';
import { raftLaws } from './raftLaws.js';
import { type ScheduleOptions, schedules } from './schedules.js';
import { successorIsReady } from './successorIsReady.js';

export interface Search extends ScheduleOptions {
  /** So many schedules (300). */
  readonly runs?: number;
  /** 1 */
  readonly seed?: number;
  /** Those of Raft, those of its clients, and what keeps a cluster going. */
  readonly laws?: readonly Law[];
  /** A mutant in place of the server's machine. */
  readonly machine?: typeof server;
  /**
   * Shrinking what breaks a law takes at most so many runs (1,000); 0: leave it as it was found.
   */
  readonly shrinkRunsMax?: number;
}

/** A schedule, and the seed of what chance has left to it. */
export interface Case {
  readonly schedule: Schedule<number>;
  readonly seed: number;
}

export interface Found {
  readonly violation: Violation;
  readonly case: Case;
}

export interface SearchResult {
  /** Runs until the first broken law, or all of them. */
  readonly runs: number;
  readonly events: number;
  readonly found: Found | undefined;
  /** How often those things happened without which the laws were not tried. */
  readonly sometimes: Readonly<Record<string, number>>;
  readonly faults: Readonly<Record<string, number>>;
}

/** A small state machine whose answers depend on every command before: a running sum. */
export const runningSum = fromReducer({
  initial: 0,
  apply: (total, add: number) => ({ state: total + add, result: total + add }),
});

const allLaws: readonly Law[] = [
  ...raftLaws,
  ...clientLaws,
  successorIsReady,
  progress,
  everyRequestSettles,
];

/** Plays one case. */
export function play(one: Case, options: Pick<Search, 'laws' | 'machine'> = {}): Run {
  const { laws = allLaws, machine } = options;
  return simulate({ ...one, stateMachine: runningSum, laws, machine });
}

/** Searches for a schedule that breaks a law. */
export function search(options: Search = {}): SearchResult {
  const { runs = 300, seed = 1 } = options;
  const sometimes: Record<string, number> = {};
  const faults: Record<string, number> = {};
  let events = 0;
  const cases = fc.record({ schedule: schedules(options), seed: fc.nat(2 ** 30) });
  const details = fc.check(
    fc.property(fc.noShrink(cases), (one) => {
      const run = play(one, options);
      events += run.events;
      for (const [what, count] of Object.entries(run.sometimes)) add(sometimes, what, count);
      for (const [kind, { fired }] of Object.entries(run.faults)) add(faults, kind, fired);
      return run.ok;
    }),
    { seed, numRuns: runs },
  );
  const found =
    details.counterexample === null ? undefined : explain(details.counterexample[0]!, options);
  return { runs: details.numRuns, events, found, sometimes, faults };
}

/** Thrown by {@link assertLaws}: the law, its sentence, and the schedule that broke it. */
export class LawBroken extends Error {
  readonly found: Found;
  constructor(found: Found) {
    const { law, sentence, at, server, detail } = found.violation;
    const schedule = JSON.stringify(found.case, undefined, 1);
    super(`${law}: ${sentence}\nBroken at ${at} ms by ${server}: ${detail}\n${schedule}`);
    this.name = 'LawBroken';
    this.found = found;
  }
}

/** Throws {@link LawBroken} if the search finds anything; else answers what was tried. */
export function assertLaws(options: Search = {}): SearchResult {
  const result = search(options);
  if (result.found !== undefined) throw new LawBroken(result.found);
  return result;
}

/** The broken law, and the least that breaks it. */
function explain({ schedule, seed }: Case, options: Search): Found {
  const broken = (candidate: Schedule<number>) =>
    play({ schedule: candidate, seed }, options).violations[0];
  const least = minimize(schedule, broken, options.shrinkRunsMax);
  return { violation: broken(least)!, case: { schedule: least, seed } };
}

function add(counts: Record<string, number>, what: string, count: number): void {
  counts[what] = (counts[what] ?? 0) + count;
}
