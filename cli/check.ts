/**
 * `raftchart check`: whether a history that was written down, of whatever system, is linearizable.
 */
import { open } from 'node:fs/promises';
import process from 'node:process';
import { oneLine } from '../actors/oneLine.js';
import { checkLinearizable, defaultLimits } from '../sim/linearizability/checkLinearizable.js';
import type { HistoryModel } from '../sim/linearizability/historySchema.js';
import { kv } from '../sim/linearizability/kv.js';
import type { Model } from '../sim/linearizability/model.js';
import { isDone, type Operation } from '../sim/linearizability/operation.js';
import { readHistory } from '../sim/linearizability/readHistory.js';
import { register } from '../sim/linearizability/register.js';
import type { Verdict } from '../sim/linearizability/verdict.js';

export interface CheckOptions {
  readonly model: HistoryModel;
  /** The verdict as one JSON document instead of lines for people. */
  readonly json?: boolean;
  /** After so many configurations of one key a check is given up (1,000,000). */
  readonly states?: number;
}

/** What the command ends with. */
export const checkExitCodes = { held: 0, violated: 1, badInput: 2, undecided: 3 } as const;

/** Larger files are refused, bytes. */
export const historyBytesMax = 256 * 1024 * 1024;

/** Of the longest order its last operations are shown, and of what does not fit the first. */
const shownMax = 5;
/** So much of an operation is shown. */
const lineLengthMax = 200;

const models: Readonly<Record<HistoryModel, Model<any, any, any>>> = { register, kv };

/**
 * Checks the history in a file, or from standard input for `-`, and prints what it comes to.
 * Answers the exit code.
 */
export async function check(path: string, options: CheckOptions): Promise<number> {
  const name = path === '-' ? 'standard input' : path;
  let text: string;
  try {
    text = await textOf(path);
  } catch (error) {
    return refused(`${name}: ${(error as Error).message}`);
  }
  const { model, states = defaultLimits.states } = options;
  const read = readHistory(text, model);
  if (read.fault !== undefined) {
    const { line, field, problem, remedy } = read.fault;
    const where = field === '' ? `line ${line}` : `line ${line}, ${field}`;
    return refused(`${name}, ${where}: ${problem}: ${remedy}`);
  }
  const verdict = checkLinearizable(read.operations, models[model], { states });
  const lines = options.json ? [JSON.stringify(verdict)] : linesOf(verdict, read.operations);
  for (const line of lines) console.log(line);
  return checkExitCodes[verdict.verdict === 'linearizable' ? 'held' : verdict.verdict];
}

function refused(line: string): number {
  console.error(`raftchart: ${oneLine(line, 1_000)}`);
  return checkExitCodes.badInput;
}

/** Rejects with an error whose message says what to do. */
async function textOf(path: string): Promise<string> {
  const bytes: Buffer[] = [];
  let length = 0;
  try {
    const file = path === '-' ? undefined : await open(path);
    for await (const chunk of file?.createReadStream() ?? process.stdin) {
      bytes.push(chunk as Buffer);
      length += (chunk as Buffer).length;
      if (length > historyBytesMax) break;
    }
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new Error(`it cannot be read (${code}): give a file of JSON lines, or -`, { cause });
  }
  if (length > historyBytesMax) {
    throw new Error(`it has more than ${historyBytesMax} bytes: check a part of it at a time`);
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(bytes));
  } catch (cause) {
    throw new Error('it is no text in UTF-8: give a file of JSON lines', { cause });
  }
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
