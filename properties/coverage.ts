/**
 * Transition coverage of campaigns: every line of the statecharts is taken, by ordinary runs or, if
 * it is rare, by schedules that are aimed at it; or it cannot be taken, and is listed with the
 * reason.
 */
import { aimedSchedules, aimedSeeds } from './aimedSchedules.js';
import { allLaws } from './allLaws.js';
import { countedBy, play } from './play.js';
import { TransitionCounter, type Transitions } from './transitionCounter.js';
import { assertCovered, unreachableLines } from './unreachable.js';

/**
 * Lines that ordinary campaigns need not take: one run in 200 does, or fewer. A schedule is aimed
 * at each.
 */
export const rareLines: readonly string[] = [
  'follower: AppendEntriesRequest line 3',
  'follower: RequestVoteResponse line 1',
  'follower: InstallSnapshotResponse line 1',
  'preCandidate: InstallSnapshotResponse line 1',
  'candidate: timer.election line 2',
  'candidate: AppendEntriesRequest line 1',
  'candidate: AppendEntriesResponse line 1',
  'candidate: InstallSnapshotRequest line 1',
  'candidate: InstallSnapshotRequest line 3',
  'candidate: InstallSnapshotResponse line 1',
  'candidate: PreVoteResponse line 1',
  'candidate: RequestVoteResponse line 1',
  'leader: InstallSnapshotRequest line 1',
  'leader: PreVoteResponse line 1',
  'leader: RequestVoteResponse line 1',
  'raft: snapshotFailed line 1',
  'storing: chunk line 1',
  'storing: chunk line 2',
  'storing: snapshotFailed line 1',
  'completing: chunk line 1',
  'completing: chunk line 2',
  'completing: snapshotFailed line 1',
];

/** After so many ordinary runs all lines are taken but the rare ones and those that cannot be. */
export const runsToCover = 3_000;

/**
 * Throws `NotCovered` if a campaign of so many runs has not taken what it should, or has taken what
 * cannot be. Campaigns of fewer than {@link runsToCover} runs owe no line.
 */
export function assertCampaignCovered(campaign: {
  readonly runs: number;
  readonly transitions: Pick<Transitions, 'untaken'>;
}): void {
  const { runs, transitions } = campaign;
  assertCovered(transitions, runs < runsToCover ? transitions.untaken : rareLines);
}

/** What came of the schedule that is aimed at a line. */
export interface Aimed {
  /** The first seed with which it takes the line; undefined: none does. */
  readonly seed: number | undefined;
  /** What its runs have taken up to there. */
  readonly transitions: Transitions;
}

/**
 * Plays the schedule that is aimed at this line, with one seed after another, until it is taken.
 * @throws Error if a law breaks
 */
export function aimAt(line: string): Aimed {
  const schedule = aimedSchedules[line]!;
  const counter = new TransitionCounter();
  const counting = countedBy(counter, { laws: [...allLaws, unreachableLines] });
  for (let seed = 1; seed <= aimedSeeds; seed++) {
    const [violation] = play({ schedule, seed }, counting).violations;
    if (violation !== undefined) {
      throw new Error(`${line}, seed ${seed}: ${violation.law}: ${violation.detail}`);
    }
    const transitions = counter.result;
    if (!transitions.untaken.includes(line)) return { seed, transitions };
  }
  return { seed: undefined, transitions: counter.result };
}
