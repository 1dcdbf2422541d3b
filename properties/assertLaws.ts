/**
 * The search: fast-check draws schedules, the simulator plays them, and the laws are held against
 * every step. What breaks one is shrunk to the few faults that matter. For a state machine of your
 * own, say what its commands are; and, if you have one, what its answers have to be.
 */
import type { MakeStateMachine } from '../actors/stateMachine.js';
import type { server } from '../machines/server.js';
import { scheduleText } from '../sim/format/scheduleFormat.js';
import type { Law, Violation } from '../sim/law.js';
import type { Model } from '../sim/linearizability/model.js';
import { spaceTime } from '../sim/spaceTime.js';
import type { TraceEvent } from '../sim/trace.js';
import { lawsFor } from './allLaws.js';
import { type Campaign, type Case, campaign, clearest } from './campaign.js';
import { countedBy, type PlayOptions, play, playOn } from './play.js';
import { type ScheduleOptions, schedules } from './schedules.js';
import { TransitionCounter, type Transitions } from './transitionCounter.js';

export interface Search<C = number, R = unknown> extends ScheduleOptions<C> {
  /** What is replicated (a running sum); with it comes `command`. */
  readonly stateMachine?: MakeStateMachine<C, R, any, any>;
  /** What it must have answered, for clients to take it for one machine. */
  readonly model?: Model<any, any, any>;
  /** So many schedules (300). */
  readonly runs?: number;
  /** 1 */
  readonly seed?: number;
  /** All that there are. */
  readonly laws?: readonly Law[];
  /** A mutant in place of the server's machine. */
  readonly machine?: typeof server;
  /** After the first failure so many are waited for (1), to keep the shortest. */
  readonly failuresMax?: number;
  /**
   * Shrinking what breaks a law takes at most so many runs (1,000); 0: leave it as it was found.
   */
  readonly shrinkRunsMax?: number;
  /** Whether the lines of the servers' statecharts are counted (false). It costs some 5 %. */
  readonly countsTransitions?: boolean;
}

/** What is broken is shown with so many lines of what led to it. */
const diagramLines = 40;

export type { Case } from './campaign.js';
export { play, runningSum } from './play.js';

export interface Found<C = number> {
  readonly violation: Violation;
  readonly case: Case<C>;
}

export interface SearchResult<C = number> {
  /** Runs until the broken law, or all of them. */
  readonly runs: number;
  readonly events: number;
  readonly found: Found<C> | undefined;
  /** How often those things happened without which the laws were not tried. */
  readonly sometimes: Readonly<Record<string, number>>;
  /** What of that is required, and never happened: the laws were not tried then. */
  readonly missed: readonly string[];
  /** How often each kind of fault struck, and made a difference. */
  readonly faults: Campaign['faults'];
  /** The lines of the servers' statecharts that were taken, if they were counted. */
  readonly transitions: Transitions | undefined;
}

/** Searches for a schedule that breaks a law. */
export function search<C = number, R = unknown>(options: Search<C, R> = {}): SearchResult<C> {
  const { runs = 300, seed = 1, failuresMax = 1, shrinkRunsMax, countsTransitions } = options;
  const counter = countsTransitions === true ? new TransitionCounter() : undefined;
  const steps = campaign<C>({
    schedules: drawnFor(options),
    play: player(options, counter),
    runs,
    seed,
    failuresMax,
    ...(shrinkRunsMax !== undefined && { shrinkRunsMax }),
    ...(counter !== undefined && { transitions: () => counter.result }),
  });
  let result: Campaign<C> | undefined;
  for (const soFar of steps) {
    result = soFar;
    if (soFar.failures.length >= failuresMax) break;
  }
  const { events, faults, sometimes, missed, transitions } = result!;
  const tried = { runs: result!.runs, events, faults, sometimes, missed };
  const isCounted = transitions.total > 0;
  return { ...tried, found: clearest(result!), transitions: isCounted ? transitions : undefined };
}

/** Thrown by {@link assertLaws}: the law, its sentence, what broke it, and how that went. */
export class LawBroken extends Error {
  readonly found: Found<any>;

  /** `diagram`: the run as a space-time diagram in text. */
  constructor(found: Found<any>, diagram: readonly string[] = []) {
    const { law, sentence, at, server: who, detail } = found.violation;
    const lines = [
      `${law}: ${sentence}`,
      `Broken at ${at} ms by ${who}: ${detail}`,
      ...(diagram.length === 0 ? [] : ['', ...diagram]),
      '',
      scheduleText(found.case).trimEnd(),
    ];
    super(lines.join('\n'));
    this.name = 'LawBroken';
    this.found = found;
  }
}

/** Throws {@link LawBroken} if the search finds anything; else answers what was tried. */
export function assertLaws<C = number, R = unknown>(options: Search<C, R> = {}): SearchResult<C> {
  const result = search(options);
  if (result.found !== undefined)
    throw new LawBroken(result.found, drawnRun(options, result.found));
  return result;
}

/** The last lines of what happened. */
function drawnRun<C, R>(options: Search<C, R>, { case: one }: Found<C>): string[] {
  const trace: TraceEvent[] = [];
  player({ ...options, onEvent: (event) => trace.push(event) }, undefined)(one);
  const servers = Array.from({ length: one.schedule.servers }, (_, number) => `s${number + 1}`);
  return spaceTime(servers, trace, { linesMax: diagramLines });
}

/** Thrown by {@link assertTried}: what never happened, so that laws were not tried. */
export class NotTried extends Error {
  readonly missed: readonly string[];
  constructor(runs: number, missed: readonly string[]) {
    super(`In none of ${runs} runs:\n${missed.map((what) => `- ${what}`).join('\n')}`);
    this.name = 'NotTried';
    this.missed = missed;
  }
}

/** Throws {@link NotTried} if something that is required happened in no run. */
export function assertTried({ runs, missed }: Pick<SearchResult, 'runs' | 'missed'>): void {
  if (missed.length > 0) throw new NotTried(runs, missed);
}

function drawnFor<C, R>(options: Search<C, R>) {
  const { stateMachine, command } = options;
  if ((stateMachine === undefined) !== (command === undefined)) {
    throw new TypeError('a state machine of your own goes with its commands: give both, or none');
  }
  return schedules(options);
}

function player<C, R>(
  options: Search<C, R> & Pick<PlayOptions, 'onEvent'>,
  counter: TransitionCounter | undefined,
) {
  const { stateMachine, model, machine, onEvent } = options;
  const laws = options.laws ?? (stateMachine === undefined ? undefined : lawsFor(model));
  const plain: PlayOptions = { machine, onEvent, ...(laws && { laws }) };
  const counted = counter === undefined ? plain : countedBy(counter, plain);
  return (one: Case<C>) =>
    stateMachine === undefined
      ? play(one as never, counted)
      : playOn(stateMachine, one, { ...counted, laws: counted.laws! });
}
