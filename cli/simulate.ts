/**
 * `raftchart simulate`: plays many runs of whole clusters under generated faults, holds the laws
 * against every step, and shows what broke one, shrunk to the few faults that matter.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { type Campaign, campaign, clearest, type Failure } from '../properties/campaign.js';
import { countedBy, play, playForTrace } from '../properties/play.js';
import { manyRuns } from '../properties/required.js';
import { always, type Schedules, schedules } from '../properties/schedules.js';
import { TransitionCounter } from '../properties/transitionCounter.js';
import type { FaultKind } from '../sim/fault.js';
import { sumHistoryText } from '../sim/format/historyFormat.js';
import { parseSchedule, scheduleText } from '../sim/format/scheduleFormat.js';
import { traceText } from '../sim/format/traceFormat.js';
import { spaceTime } from '../sim/spaceTime.js';
import {
  campaignLines,
  campaignResult,
  failureLines,
  progressLine,
  verdictCode,
  verdictCodes,
} from './campaignReport.js';
import { inputName, inputText, understood } from './inputFile.js';
import { LinesInPlace } from './linesInPlace.js';

export interface SimulateOptions {
  readonly seed?: number;
  readonly runs: number;
  /** Cluster sizes. */
  readonly servers?: readonly number[];
  readonly faults?: readonly FaultKind[];
  /** Stop after so many virtual minutes. */
  readonly minutes?: number;
  /** Play this schedule with many seeds, instead of drawing schedules. */
  readonly schedule?: string;
  readonly shard?: { readonly index: number; readonly of: number };
  readonly json?: boolean;
  /** Where failures are written. */
  readonly out: string;
}

const redrawMs = 250;
const sayMs = 10_000;

export async function simulate(options: SimulateOptions): Promise<void> {
  const seed = options.seed ?? Date.now() % 2 ** 30;
  const startedMs = performance.now();
  const drawn = scheduled(options);
  const { runs, shard } = options;
  const counter = new TransitionCounter();
  const counting = countedBy(counter);
  const steps = campaign({
    schedules: drawn,
    play: (one) => play(one, counting),
    transitions: () => counter.result,
    runs,
    seed,
    ...(shard && { shard }),
  });
  const result = await watched(steps, options, startedMs);
  const wallMs = performance.now() - startedMs;
  const failure = clearest(result);
  const folder = failure && written(failure, options.out);
  if (options.json === true) console.log(JSON.stringify(campaignResult(result, wallMs)));
  else {
    for (const line of campaignLines(result, wallMs)) console.log(line);
    if (failure !== undefined) shown(failure, folder!);
  }
  process.exitCode = isTried(result, options)
    ? verdictCode(Object.keys(result.broken))
    : verdictCodes.broken;
}

/** Whether a campaign of many runs, under everything that there is, has seen what it must. */
function isTried({ runs, missed }: Campaign, options: SimulateOptions): boolean {
  const isWhole = options.faults === undefined && options.servers === undefined;
  if (runs < manyRuns || missed.length === 0 || !isWhole || options.schedule !== undefined) {
    return true;
  }
  console.error(`raftchart: ${runs} runs have not tried what they must: ${missed.join('; ')}`);
  return false;
}

function scheduled({ schedule, servers, faults }: SimulateOptions): Schedules {
  if (schedule === undefined)
    return schedules({ ...(servers && { servers }), ...(faults && { faults }) });
  const text = inputText(schedule);
  return always(understood(() => parseSchedule(text, inputName(schedule))).schedule);
}

/** Lets it go on, shows how far it is, and ends it early when its time is over, or with Ctrl-C. */
async function watched(
  steps: Generator<Campaign, Campaign, void>,
  { runs, minutes = Number.POSITIVE_INFINITY, shard = { index: 0, of: 1 } }: SimulateOptions,
  startedMs: number,
): Promise<Campaign> {
  const place = process.stderr.isTTY ? new LinesInPlace(process.stderr) : undefined;
  const ofAll = Math.ceil((runs - shard.index) / shard.of);
  let isInterrupted = false;
  process.once('SIGINT', () => {
    isInterrupted = true;
  });
  let shownMs = startedMs;
  for (;;) {
    const { value, done } = steps.next();
    const nowMs = performance.now();
    const isOver = isInterrupted || value.virtualMs >= minutes * 60_000;
    if (done === true || isOver) {
      place?.draw([]);
      return value;
    }
    if (nowMs - shownMs < (place === undefined ? sayMs : redrawMs)) continue;
    shownMs = nowMs;
    const line = progressLine(value, ofAll, nowMs - startedMs);
    if (place === undefined) console.error(line);
    else place.draw([line.slice(0, place.width)]);
    // Signals are heard between turns.
    await new Promise(setImmediate);
  }
}

/** Writes a failure down: its schedule, what happened, and what clients saw. */
function written({ run, violation, case: one }: Failure, out: string): string {
  const law = violation.law.toLowerCase().replaceAll(/[^a-z]+/gu, '-');
  const folder = path.join(out, `${law}-${one.seed}-${run}`);
  const played = playForTrace(one);
  const { seed } = one;
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, 'schedule.json'), scheduleText(one));
  const trace = traceText({ seed, servers: played.servers }, played.trace);
  writeFileSync(path.join(folder, 'trace.jsonl'), trace);
  writeFileSync(path.join(folder, 'history.jsonl'), sumHistoryText(played.run.history));
  return folder;
}

function shown(failure: Failure, folder: string): void {
  const { trace, servers } = playForTrace(failure.case);
  const lines = [
    '',
    ...failureLines(failure, folder),
    '',
    scheduleText(failure.case).trimEnd(),
    '',
    ...spaceTime(servers, trace),
  ];
  for (const line of lines) console.log(line);
}
