/** One run: load from the first to the last, a fault each round, and all values read at the end. */
import { pause } from '../until.js';
import { faults } from './faults.js';
import { type KillCluster, numberOf } from './killCluster.js';
import type { KillOptions } from './killOptions.js';
import { takeReadings } from './readings.js';
import { type PlannedRound, plannedRounds, type Round, type Span } from './rounds.js';
import type { ServerStatus } from './serverStatus.js';
import { StallWatch } from './stallWatch.js';
import type { Reading } from './verifyReadings.js';
import { keys, type Workers } from './workers.js';

/** All that a run has shown. */
export interface KillRun {
  readonly rounds: readonly Round[];
  readonly readings: readonly Reading[];
}

/** A round that may not be over. */
type Begun = Omit<Round, 'endedMs' | 'stallMs'>;

/** How long the load goes on after the last round, ms. */
const lastMs = 500;

/** What a run is made of. */
export interface KillSite {
  readonly cluster: KillCluster;
  readonly workers: Workers;
  /** The clock of the history, ms. */
  readonly nowMs: () => number;
  /** Told of each round when it is over. */
  readonly onRound: (round: Round) => void;
}

/** Plays all rounds; rejects where the cluster does not recover, saying what was waited for. */
export async function killRun(site: KillSite, options: KillOptions): Promise<KillRun> {
  const watch = new StallWatch();
  const rounds: Round[] = [];
  let begun: Begun | undefined;
  const finish = (endedMs: number): void => {
    const stallMs = watch.takeLongestMs();
    if (begun === undefined) return;
    const round = { ...begun, endedMs, stallMs };
    rounds.push(round);
    site.onRound(round);
  };
  try {
    for (const planned of plannedRounds(options)) {
      await pause(planned.quietMs);
      begun = await play(site, planned, options, finish);
    }
    await pause(lastMs);
    finish(site.nowMs());
  } finally {
    watch.stop();
    await site.workers.stop();
  }
  return { rounds, readings: await takeReadings(site.cluster, keys) };
}

async function play(
  { cluster, nowMs }: KillSite,
  planned: PlannedRound,
  { seconds }: KillOptions,
  finishLast: (endedMs: number) => void,
): Promise<Begun> {
  const before = await cluster.caughtUp();
  const leader = numberOf(before.id);
  const follower = cluster.others(leader)[planned.follower]!;
  const beganMs = nowMs();
  finishLast(beganMs);
  const lastingMs = seconds * 1_000;
  const outage = await faults[planned.fault]({ cluster, leader, follower, lastingMs, nowMs });
  const after = await cluster.caughtUp();
  return {
    ...planned,
    beganMs,
    before: named(before),
    after: named(after),
    wholeMs: nowMs(),
    ...noted(outage),
  };
}

function named({ id, term }: ServerStatus): string {
  return `${id} in ${term}`;
}

function noted(outage: Span | undefined): { readonly outage?: Span } {
  return outage === undefined ? {} : { outage };
}
