/** `raftchart replay`: plays one schedule again, and shows what happened. */
import process from 'node:process';
import { playForTrace } from '../properties/play.js';
import { parseSchedule } from '../sim/format/scheduleFormat.js';
import { traceText } from '../sim/format/traceFormat.js';
import type { Run } from '../sim/run.js';
import { spaceTime } from '../sim/spaceTime.js';
import { runLines, runResult, verdictCode } from './campaignReport.js';
import { inputName, inputText, understood } from './inputFile.js';

export interface ReplayOptions {
  /** Stop at this virtual time, ms. */
  readonly until?: number;
  /** The trace as lines of JSON, and the result as the last one. */
  readonly json?: boolean;
  /** At most so many lines of the diagram. */
  readonly lines: number;
  /** Whether the trace tells what each guard said. */
  readonly guards?: boolean;
}

export async function replay(file: string, options: ReplayOptions): Promise<void> {
  const text = inputText(file);
  const one = understood(() => parseSchedule(text, inputName(file)));
  const { until, guards = false } = options;
  const { run, trace, servers } = playForTrace(one, { until, guards });
  if (options.json === true) {
    process.stdout.write(traceText({ seed: one.seed, servers }, trace));
    console.log(JSON.stringify({ type: 'result', ...runResult(one.seed, run) }));
  } else {
    for (const line of spaceTime(servers, trace, { linesMax: options.lines })) console.log(line);
    for (const line of ['', ...runLines(run)]) console.log(line);
  }
  process.exitCode = verdictCode(lawsOf(run));
}

function lawsOf({ violations }: Run): string[] {
  return violations.map(({ law }) => law);
}
