/** The rounds of a run: which fault comes when, and what is noted of each. */
import { draw } from '../../sim/chance.js';
import { killPurposes } from './killPurposes.js';

/**
 * What is done to the servers. *Kill* is `kill -9` and a start right after; where a majority is
 * killed, though not all, it stays down for a while. *Stop* is SIGSTOP: the machine hangs.
 * *Overrule* kills the followers, then the leader with all that it has logged alone, and starts it
 * when the others have elected: that part of its log has to go.
 */
export type Fault =
  | 'kill leader'
  | 'stop leader'
  | 'stop follower'
  | 'kill followers'
  | 'overrule leader'
  | 'kill majority'
  | 'kill all';

/** In the order in which they come, after the kills of the leader. */
const otherFaults: readonly Fault[] = [
  'stop leader',
  'stop follower',
  'kill followers',
  'overrule leader',
  'kill majority',
  'kill all',
];

/** One fault that is to come. */
export interface PlannedRound {
  readonly fault: Fault;
  /** From 1, among those with this fault. */
  readonly number: number;
  /** For how long all is well before it, ms. */
  readonly quietMs: number;
  /** Which follower it hits, where it hits one: 0 or 1. */
  readonly follower: number;
}

/** One fault that has been, and all until the next. Times are those of the history, ms. */
export interface Round extends PlannedRound {
  /** Just before the signal. */
  readonly beganMs: number;
  /** When the next round began, or the load ended. */
  readonly endedMs: number;
  /** Who led before and after, and in which term. */
  readonly before: string;
  readonly after: string;
  /** When no majority was up, if it was so on purpose. */
  readonly outage?: Span;
  /** When all servers had caught up. */
  readonly wholeMs: number;
  /** The longest stall of the event loop that makes the load, ms: so much of a gap may be its. */
  readonly stallMs: number;
}

/** From one time to another, ms. */
export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

/** How many rounds there are. */
export interface PlanOptions {
  /** How often the leader is killed. */
  readonly rounds: number;
  /** How often each of the other faults comes. */
  readonly repeats: number;
  readonly seed: number;
}

const quietMsMin = 1_200;
const quietMsMax = 1_600;

/** The rounds in their order: the same for the same options. */
export function plannedRounds({ rounds, repeats, seed }: PlanOptions): readonly PlannedRound[] {
  const faults = [
    ...Array.from({ length: rounds }, (): Fault => 'kill leader'),
    ...otherFaults.flatMap((fault) => Array.from({ length: repeats }, () => fault)),
  ];
  return faults.map((fault, i) => ({
    fault,
    number: i - faults.indexOf(fault) + 1,
    quietMs: quietMsMin + (draw(seed, killPurposes.quiet, i, 0) % (quietMsMax - quietMsMin)),
    follower: draw(seed, killPurposes.follower, i, 0) % 2,
  }));
}
