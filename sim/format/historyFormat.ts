/**
 * Histories in files, of whatever system: one operation a line, as JSON, in any order.
 * `historySchema.ts` says what a line holds, `docs/simulator.md` what that means.
 */
import type { Operation } from '../linearizability/operation.js';
import type { SumInput } from '../linearizability/sum.js';
import type { Operation as Request } from '../run.js';
import { type HistoryModel, historySchemas } from './historySchema.js';
import { BadInput, parseJsonLines } from './parseJson.js';
import type { Flaw } from './schema.js';

type Line = Operation<{ readonly type: string }>;

/**
 * The operations of a file, in the order of its lines; `source` names the file in what is said of
 * its flaws. A history without any operation is refused: it would show nothing.
 * @throws BadInput
 */
export function parseHistory(text: string, model: HistoryModel, source: string): Operation[] {
  const further = (line: unknown) => timeFlaw(line as Line) ?? outputFlaw(line as Line, model);
  const lines = parseJsonLines(text, historySchemas[model], source, further) as Line[];
  if (lines.length === 0) {
    throw new BadInput(`${source}, line 1: the history is empty; write one operation a line`);
  }
  return lines.map((line) => {
    const { output: _, ...silent } = line;
    return answersOf(line, model) === undefined ? silent : line;
  });
}

/** The history of a run whose commands are numbers that it adds up, for the model `sum`. */
export function sumHistoryText(history: readonly Request[]): string {
  const lines = history.map(({ client, kind, input, output, called, returned, outcome }) => {
    const asked: SumInput =
      kind === 'command' ? { type: 'add', value: input as number } : { type: 'read' };
    return `${JSON.stringify({ client, input: asked, output, called, returned, outcome })}\n`;
  });
  return lines.join('');
}

/** What operations answer; what is not named answers nothing, for which null may be written. */
const answers: Readonly<Record<HistoryModel, Readonly<Record<string, string>>>> = {
  register: { read: 'a text, or a number, or null', cas: 'true or false' },
  kv: { get: 'a text, or null' },
  sum: { read: 'a number', add: 'a number' },
};

function answersOf({ input: { type } }: Line, model: HistoryModel): string | undefined {
  return Object.hasOwn(answers[model], type) ? answers[model][type] : undefined;
}

function timeFlaw({ called, returned, outcome }: Line): Flaw | undefined {
  const path = ['returned'];
  if (returned === undefined) {
    if (outcome !== 'done') return undefined;
    const right = `a number from ${called} (called) on, as it is done`;
    return { path, flaw: `is missing, and has to be ${right}` };
  }
  if (returned >= called) return undefined;
  return { path, flaw: `is ${returned}, and has to be ${called} (called) or more` };
}

function outputFlaw(line: Line, model: HistoryModel): Flaw | undefined {
  const { output, outcome, input } = line;
  const path = ['output'];
  const right = answersOf(line, model);
  if (right === undefined) {
    if (output === undefined || output === null) return undefined;
    return { path, flaw: `is there, and a ${input.type} answers nothing: leave it out` };
  }
  if (output === undefined) {
    // Not every system says what an addition came to.
    if (outcome !== 'done' || input.type === 'add') return undefined;
    return { path, flaw: `is missing, and has to be ${right}, as the ${input.type} is done` };
  }
  if ((typeof output === 'boolean') === (input.type === 'cas')) return undefined;
  return { path, flaw: `is ${JSON.stringify(output)}, and has to be ${right} of a ${input.type}` };
}
