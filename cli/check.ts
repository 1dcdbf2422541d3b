/**
 * `raftchart check`: whether a history that was written down, of whatever system, is linearizable.
 */
import process from 'node:process';
import { oneLine } from '../actors/oneLine.js';
import { parseHistory } from '../sim/format/historyFormat.js';
import type { HistoryModel } from '../sim/format/historySchema.js';
import { checkLinearizable, defaultLimits } from '../sim/linearizability/checkLinearizable.js';
import { kv } from '../sim/linearizability/kv.js';
import type { Model } from '../sim/linearizability/model.js';
import { isDone, type Operation } from '../sim/linearizability/operation.js';
import { register } from '../sim/linearizability/register.js';
import { sum } from '../sim/linearizability/sum.js';
import type { Verdict } from '../sim/linearizability/verdict.js';
import { verdictCodes } from './campaignReport.js';
import { inputName, inputText, understood } from './inputFile.js';

export interface CheckOptions {
  readonly model: HistoryModel;
  /** The verdict as one JSON document instead of lines for people. */
  readonly json?: boolean;
  /** After so many configurations of one key a check is given up (1,000,000). */
  readonly states?: number;
}

/** Larger files are refused, bytes: 256 MiB. */
const historyBytesMax = 256 * 1_024 * 1_024;

/** Of the longest order its last operations are shown, and of what does not fit the first. */
const shownMax = 5;
/** So much of an operation is shown. */
const lineLengthMax = 200;

const models: Readonly<Record<HistoryModel, Model<any, any, any>>> = { register, kv, sum };

const exitCodes: Readonly<Record<Verdict['verdict'], number>> = {
  linearizable: verdictCodes.held,
  violated: verdictCodes.broken,
  undecided: verdictCodes.undecided,
};

/**
 * Checks the history in a file, or from standard input for `-`, prints what it comes to, and sets
 * the exit code. Rejects with a Refusal of what is no history.
 */
export async function check(file: string, options: CheckOptions): Promise<void> {
  const { model, states = defaultLimits.states } = options;
  const text = inputText(file, historyBytesMax);
  const operations = understood(() => parseHistory(text, model, inputName(file)));
  const verdict = checkLinearizable(operations, models[model], { states });
  const lines = options.json ? [JSON.stringify(verdict)] : linesOf(verdict, operations);
  for (const line of lines) console.log(line);
  process.exitCode = exitCodes[verdict.verdict];
}

function linesOf(verdict: Verdict, operations: readonly Operation[]): string[] {
  if (verdict.verdict === 'linearizable') {
    const open = operations.filter((one) => one.outcome !== 'notDone' && !isDone(one)).length;
    const unknown = open === 0 ? '' : `, ${open} of them unknown`;
    return [`linearizable: ${operations.length} operations${unknown}`];
  }
  if (verdict.verdict === 'undecided') {
    const { states } = verdict;
    const remedy = 'allow more with --states, or check a shorter history';
    return [`undecided: given up after ${states} configurations, which says nothing: ${remedy}`];
  }
  const { explanation, longest, stuckAt } = verdict;
  const shown = (place: number): string =>
    `  line ${place + 1}: ${oneLine(JSON.stringify(operations[place]), lineLengthMax)}`;
  return [
    `violated: ${explanation}`,
    longest.length > shownMax ? 'The longest order ends with' : 'The longest order is',
    ...longest.slice(-shownMax).map(shown),
    'What does not fit any more:',
    ...stuckAt.slice(0, shownMax).map(shown),
  ];
}
