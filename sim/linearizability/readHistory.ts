/**
 * Reads histories that were written down as JSON lines, from whatever system.
 *
 * A file holds one operation a line, in any order; it is UTF-8, and its last line may end without
 * a line end. An operation is a record of
 *
 * - `client`: a whole number, who asked. It tells people apart, and has no part in the check: one
 *   client may ask again before it has an answer.
 * - `input`: what was asked, a record with a `type`. For the model `register`: `{"type":"read"}`,
 *   `{"type":"write","value":V}` or `{"type":"cas","expected":V,"value":W}` (compare and set),
 *   where values are text, numbers or null, and a `key` says which register is meant if there are
 *   several. For the model `kv`: `{"type":"get","key":K}`, `{"type":"put","key":K,"value":V}` or
 *   `{"type":"append","key":K,"value":V}`, where keys and values are text.
 * - `output`: what it answered; required of reads, cas and gets that are done. A read answers the
 *   value, null before any write; a cas true if it wrote and false if it found something else; a
 *   get the value, null where there is none. Of writes, puts and appends it is left out, or null.
 * - `called`, `returned`: numbers, when it was asked and when the answer came, in ms with their
 *   fractions, by one clock for all clients. Operations that share an instant overlap. `returned`
 *   is required of what is done, and otherwise has no part in the check.
 * - `outcome`: `"done"`, it took effect once between called and returned; `"notDone"`, it never
 *   takes effect; `"unknown"`, it takes effect once at any time after the call, or never.
 *
 * Registers and keys hold nothing (null) at first. Other fields are refused, so that a slip of the
 * pen does not pass for something left out. `historySchemas` says the same as JSON Schema.
 */
import { type HistoryModel, historySchemas } from './historySchema.js';
import type { Operation } from './operation.js';
import { type SchemaFault, schemaFault } from './schemaFault.js';

/** What a history file may hold. */
export const historyLimits = {
  /** Operations in a file. */
  operations: 1_000_000,
  /** Characters in a line. */
  lineLength: 1_048_576,
} as const;

/** Where and how a file is not a history. */
export interface HistoryFault extends SchemaFault {
  /** From 1 on. */
  readonly line: number;
}

/** Operations in the order of the lines, or what is wrong with the first line that is wrong. */
export type ReadHistory =
  | { readonly operations: readonly Operation[]; readonly fault?: undefined }
  | { readonly fault: HistoryFault };

/** The operations of a file for a model. */
export function readHistory(text: string, model: HistoryModel): ReadHistory {
  const operations: Operation[] = [];
  for (let from = 0; from < text.length; ) {
    const end = text.indexOf('\n', from);
    const to = end < 0 ? text.length : end;
    const line = operations.length + 1;
    if (line > historyLimits.operations) return { fault: tooMany };
    if (to - from > historyLimits.lineLength) return { fault: { line, ...tooLong } };
    const read = readOperation(text.slice(from, to), model);
    if ('fault' in read) return { fault: { line, ...read.fault } };
    operations.push(read.operation);
    from = to + 1;
  }
  return operations.length === 0 ? { fault: empty } : { operations };
}

const empty: HistoryFault = {
  line: 1,
  field: '',
  problem: 'the history is empty, which shows nothing',
  remedy: 'write one operation a line',
};
const tooMany: HistoryFault = {
  line: historyLimits.operations + 1,
  field: '',
  problem: `there are more than ${historyLimits.operations} operations`,
  remedy: 'check a part of the history at a time',
};
const tooLong: SchemaFault = {
  field: '',
  problem: `the line is longer than ${historyLimits.lineLength} characters`,
  remedy: 'write one operation a line, with shorter values',
};

function readOperation(
  line: string,
  model: HistoryModel,
): { readonly operation: Operation } | { readonly fault: SchemaFault } {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    const problem = line.trim() === '' ? 'the line is empty' : 'the line is not JSON';
    return { fault: { field: '', problem, remedy: 'write one operation a line, as JSON' } };
  }
  const fault = schemaFault(value, historySchemas[model]);
  if (fault !== undefined) return { fault };
  const { output, ...operation } = value as Operation<{ readonly type: string }>;
  const wrong = timeFault(operation) ?? outputFault({ ...operation, output });
  if (wrong !== undefined) return { fault: wrong };
  const answers = outputTypes[operation.input.type] !== undefined;
  return { operation: answers && output !== undefined ? { ...operation, output } : operation };
}

function timeFault({ called, returned, outcome }: Operation): SchemaFault | undefined {
  const field = 'returned';
  if (returned === undefined) {
    if (outcome !== 'done') return undefined;
    const remedy = 'say when the answer came, or that the outcome is unknown';
    return { field, problem: 'it is missing, though the outcome is done', remedy };
  }
  if (returned >= called) return undefined;
  const problem = `${returned} is before the call, which was at ${called}`;
  return { field, problem, remedy: 'take both times from one clock, in ms' };
}

/** What the operations answer that answer anything. */
const outputTypes: Readonly<Record<string, readonly string[]>> = {
  read: ['text', 'a number', 'null'],
  cas: ['true', 'false'],
  get: ['text', 'null'],
};

function outputFault({
  input: { type },
  output,
  outcome,
}: Operation<{ readonly type: string }>): SchemaFault | undefined {
  const types = outputTypes[type];
  const field = 'output';
  if (types === undefined) {
    if (output === undefined || output === null) return undefined;
    return { field, problem: `a ${type} answers nothing`, remedy: 'leave it out' };
  }
  const remedy = `a ${type} answers ${types.join(' or ')}`;
  if (output === undefined) {
    const problem = 'it is missing, though the outcome is done';
    return outcome === 'done' ? { field, problem, remedy } : undefined;
  }
  const isOfCas = typeof output === 'boolean';
  if (isOfCas === (type === 'cas')) return undefined;
  return { field, problem: `${JSON.stringify(output)} is no answer to a ${type}`, remedy };
}
