/** Reads a value out of text that people or programs wrote, or says in one line why it cannot. */
import { oneLine } from '../../actors/oneLine.js';
import { lineOf } from './placeOf.js';
import { type Flaw, flawIn, pathText, type Schema } from './schema.js';
import { syntaxFlaw } from './syntaxFlaw.js';

/** Longer accounts of what is wrong are cut, to so many characters. */
const messageLengthMax = 900;

/** What is wrong with a file, in one line: the place in it, what is there, and what has to be. */
export class BadInput extends Error {
  constructor(message: string) {
    super(oneLine(message, messageLengthMax));
    this.name = 'BadInput';
  }
}

/** What files of JSON lines may hold: so many lines, and so many characters in each. */
export const lineLimits = { lines: 1_000_000, length: 1_048_576 } as const;

/**
 * The value, if it is as the schema says. `source` names the file in what is said otherwise.
 * @throws BadInput
 */
export function parseJson(text: string, schema: Schema, source: string): unknown {
  const value = parsed(text, source, 1);
  const flaw = flawIn(schema, value);
  if (flaw === undefined) return value;
  throw flawed(source, lineOf(text, flaw.path), 'the file', flaw);
}

/**
 * The values of a file of JSON lines, one of each line; only at the end there may be empty ones.
 * `furtherFlaw` is asked of values that are as the schema says.
 * @throws BadInput
 */
export function parseJsonLines(
  text: string,
  schema: Schema,
  source: string,
  furtherFlaw: (value: unknown) => Flaw | undefined = () => undefined,
): unknown[] {
  const lines = text.trimEnd();
  const values: unknown[] = [];
  for (let from = 0; from < lines.length; ) {
    const next = lines.indexOf('\n', from);
    const end = next < 0 ? lines.length : next;
    const number = values.length + 1;
    assertWithinLimits(source, number, end - from);
    const line = lines.slice(from, end);
    if (line.trim() === '') {
      throw new BadInput(`${source}, line ${number}: the line is empty; remove it`);
    }
    const value = parsed(line, source, number);
    const flaw = flawIn(schema, value) ?? furtherFlaw(value);
    if (flaw !== undefined) throw flawed(source, number, 'the line', flaw);
    values.push(value);
    from = end + 1;
  }
  return values;
}

function assertWithinLimits(source: string, number: number, length: number): void {
  const where = `${source}, line ${number}`;
  if (number > lineLimits.lines) {
    throw new BadInput(`${where}: there may be at most ${lineLimits.lines} lines; give fewer`);
  }
  if (length > lineLimits.length) {
    const most = `may have at most ${lineLimits.length}`;
    throw new BadInput(`${where}: the line has ${length} characters, and ${most}`);
  }
}

function parsed(text: string, source: string, firstLine: number): unknown {
  try {
    return JSON.parse(text);
  } catch {
    const { line, flaw } = syntaxFlaw(text);
    throw new BadInput(`${source}, line ${firstLine + line - 1}: ${flaw}`);
  }
}

function flawed(source: string, line: number, whole: string, { path, flaw }: Flaw): BadInput {
  const where = path.length === 0 ? whole : pathText(path);
  return new BadInput(`${source}, line ${line}: ${where} ${flaw}`);
}
