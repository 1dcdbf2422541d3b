/**
 * A campaign: many runs, each with a schedule and a seed of its own. Each run depends on the seed
 * of the campaign and on its own number, and on nothing else, so that a campaign can be spread over
 * machines, and what they found can be put together to what one machine would have found.
 */
import * as fc from 'fast-check';
import type { Case } from '../sim/format/scheduleFormat.js';
import type { Violation } from '../sim/law.js';
import type { FaultCount, Run } from '../sim/run.js';
import type { Schedule } from '../sim/schedule.js';
import { minimize } from './minimize.js';
import { missedIn } from './required.js';
import { type Transitions, together } from './transitionCounter.js';

export type { Case } from '../sim/format/scheduleFormat.js';

export interface CampaignOptions<C> {
  /** What runs are drawn from. */
  readonly schedules: fc.Arbitrary<Schedule<C>>;
  readonly play: (one: Case<C>) => Run;
  /** How many in all (300), */
  readonly runs?: number;
  /** drawn from this (1); */
  readonly seed?: number;
  /** of which this machine plays each `of`th, beginning with number `index`, from 0 on. */
  readonly shard?: { readonly index: number; readonly of: number };
  /** No more than so many failures are shrunk and kept, the first ones (3). */
  readonly failuresMax?: number;
  /** Shrinking one takes at most so many runs (1,000); 0: leave it as it was found. */
  readonly shrinkRunsMax?: number;
  /** The lines of the statecharts that were taken so far (none are counted). */
  readonly transitions?: () => Transitions;
}

/** A run that broke a law, and the least that breaks it so. */
export interface Failure<C = number> {
  /** Which run of the campaign. */
  readonly run: number;
  readonly violation: Violation;
  readonly case: Case<C>;
}

export interface Campaign<C = number> {
  readonly ok: boolean;
  readonly seed: number;
  readonly runs: number;
  readonly virtualMs: number;
  /** Messages, timers and disk completions handed to servers. */
  readonly events: number;
  /** Of all runs together, in whatever order they were played. */
  readonly digest: string;
  /** The first failures, by the number of their run. */
  readonly failures: readonly Failure<C>[];
  /** How often each law was broken. */
  readonly broken: Readonly<Record<string, number>>;
  readonly faults: Readonly<Record<string, FaultCount>>;
  /** How often those things happened without which the laws were not tried. */
  readonly sometimes: Readonly<Record<string, number>>;
  /** What of that is required, and never happened. */
  readonly missed: readonly string[];
  /** The lines of the statecharts that were taken. */
  readonly transitions: Transitions;
}

const failuresMaxDefault = 3;
const noTransitions: Transitions = { taken: 0, total: 0, untaken: [] };

/** Plays a campaign, and answers after each run how far it is. */
export function* campaign<C>(
  options: CampaignOptions<C>,
): Generator<Campaign<C>, Campaign<C>, void> {
  const { runs = 300, seed = 1, shard = { index: 0, of: 1 } } = options;
  const { failuresMax = failuresMaxDefault } = options;
  let soFar: Campaign<C> = nothing(seed);
  for (let number = shard.index; number < runs; number += shard.of) {
    const one = drawn(options.schedules, seed, number);
    const run = options.play(one);
    const [violation] = run.violations;
    const isKept = violation !== undefined && soFar.failures.length < failuresMax;
    const failures = isKept ? [{ run: number, ...least(options, one, violation) }] : [];
    const transitions = options.transitions?.() ?? noTransitions;
    soFar = merged([soFar, { ...ofRun<C>(seed, number, run), failures, transitions }], failuresMax);
    yield soFar;
  }
  return soFar;
}

/** Puts together what was found by the shards of one campaign. */
export function merged<C>(
  parts: readonly Campaign<C>[],
  failuresMax = failuresMaxDefault,
): Campaign<C> {
  const sum = (of: (part: Campaign<C>) => number) => parts.reduce((all, part) => all + of(part), 0);
  const digest = parts.map((part) => digestOf(part.digest)).reduce(added, [0, 0]);
  const failures = parts.flatMap((part) => part.failures).toSorted((a, b) => a.run - b.run);
  const sometimes = summed(parts.map((part) => part.sometimes));
  const faults: Record<string, FaultCount> = {};
  for (const part of parts) {
    for (const [kind, { fired, mattered }] of Object.entries(part.faults)) {
      const count = (faults[kind] ??= { fired: 0, mattered: 0 });
      count.fired += fired;
      count.mattered += mattered;
    }
  }
  return {
    ok: parts.every(({ ok }) => ok),
    seed: parts[0]!.seed,
    runs: sum(({ runs }) => runs),
    virtualMs: sum(({ virtualMs }) => virtualMs),
    events: sum(({ events }) => events),
    digest: digestText(digest),
    failures: failures.slice(0, failuresMax),
    broken: summed(parts.map(({ broken }) => broken)),
    faults: sorted(faults),
    sometimes,
    missed: missedIn(
      sometimes,
      sum(({ runs }) => runs),
    ),
    transitions: together(
      parts.map(({ transitions }) => transitions).filter(({ total }) => total > 0),
    ),
  };
}

/** The failure that says most with least: of the kept ones, that with the shortest schedule. */
export function clearest<C>({ failures }: Campaign<C>): Failure<C> | undefined {
  const size = ({ case: { schedule } }: Failure<C>) =>
    schedule.windows.length + schedule.load.length + schedule.deviations.length;
  return failures.toSorted((a, b) => size(a) - size(b))[0];
}

/** The schedule and the seed of one run. */
export function drawn<C>(
  schedules: fc.Arbitrary<Schedule<C>>,
  seed: number,
  number: number,
): Case<C> {
  const ofRun = mixed(seed, number);
  // What fast-check draws first leans to the small and the extreme: good for some, not for all.
  const leaning = number % 3 === 0 ? schedules : fc.noBias(schedules);
  const [schedule] = fc.sample(leaning, { seed: ofRun, numRuns: 1 });
  return { schedule: schedule!, seed: ofRun >>> 1 };
}

function mixed(seed: number, number: number): number {
  const x = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(number + 1, 0x27d4eb2f);
  const y = Math.imul(x ^ (x >>> 15), 0x735a2d97);
  return y ^ (y >>> 15);
}

/** The least that breaks the same law. */
function least<C>(
  { play, shrinkRunsMax }: CampaignOptions<C>,
  { schedule, seed }: Case<C>,
  violation: Violation,
): Omit<Failure<C>, 'run'> {
  const verdict = (candidate: Schedule<C>) =>
    play({ schedule: candidate, seed }).violations.find(({ law }) => law === violation.law);
  const smallest = minimize(schedule, verdict, shrinkRunsMax);
  return { violation: verdict(smallest) ?? violation, case: { schedule: smallest, seed } };
}

function nothing<C>(seed: number): Campaign<C> {
  const counts = { broken: {}, faults: {}, sometimes: {} };
  const digest = digestText([0, 0]);
  const lists = { failures: [], missed: [], transitions: noTransitions };
  return { ok: true, seed, runs: 0, virtualMs: 0, events: 0, digest, ...lists, ...counts };
}

function ofRun<C>(seed: number, number: number, run: Run): Campaign<C> {
  const { ok, virtualMs, events, violations, faults, sometimes } = run;
  const [high, low] = digestOf(run.digest);
  const broken = Object.fromEntries(violations.slice(0, 1).map(({ law }) => [law, 1]));
  return {
    ...nothing<C>(seed),
    ok,
    runs: 1,
    virtualMs,
    events,
    // Two runs that change places make a difference.
    digest: digestText([Math.imul(high ^ number, 0x85ebca6b), Math.imul(low, 2 * number + 1)]),
    broken,
    faults,
    sometimes,
  };
}

type Halves = readonly [high: number, low: number];

function digestOf(text: string): Halves {
  return [Number.parseInt(text.slice(0, 8), 16) | 0, Number.parseInt(text.slice(8), 16) | 0];
}

function digestText(halves: Halves): string {
  return halves.map((half) => (half >>> 0).toString(16).padStart(8, '0')).join('');
}

function added([a, b]: Halves, [c, d]: Halves): Halves {
  return [(a + c) | 0, (b + d) | 0];
}

function summed(parts: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const part of parts) {
    for (const [what, count] of Object.entries(part)) sums[what] = (sums[what] ?? 0) + count;
  }
  return sorted(sums);
}

function sorted<T>(counts: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(counts).sort(([a], [b]) => (a < b ? -1 : 1)));
}
