/** Reads a value out of text that people or programs wrote, or says in one line why it cannot. */
import { lineOf } from './placeOf.js';
import { flawIn, pathText, type Schema } from './schema.js';

/** What is wrong with a file: the place in it, what is there, and what has to be. */
export class BadInput extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'BadInput';
  }
}

/**
 * The value, if it is as the schema says. `source` names the file in what is said otherwise.
 * @throws BadInput
 */
export function parseJson(text: string, schema: Schema, source: string): unknown {
  const value = parsed(text, source);
  const found = flawIn(schema, value);
  if (found === undefined) return value;
  const where = found.path.length === 0 ? 'the file' : pathText(found.path);
  throw new BadInput(`${source}, line ${lineOf(text, found.path)}: ${where} ${found.flaw}`);
}

/**
 * The values of a file of JSON lines; empty lines are skipped.
 * @throws BadInput
 */
export function parseJsonLines(text: string, schema: Schema, source: string): unknown[] {
  const values: unknown[] = [];
  for (const [at, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    const place = `${source}, line ${at + 1}`;
    const value = parsed(line, place);
    const found = flawIn(schema, value);
    if (found !== undefined) {
      const where = found.path.length === 0 ? 'the line' : pathText(found.path);
      throw new BadInput(`${place}: ${where} ${found.flaw}`);
    }
    values.push(value);
  }
  return values;
}

function parsed(text: string, source: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const said = (error as Error).message.replaceAll(/\s+/gu, ' ').slice(0, 200);
    throw new BadInput(`${source}: this is no JSON (${said})`);
  }
}
