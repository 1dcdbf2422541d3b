/**
 * Writes the schemas of the simulator's files into `docs/schemas`, or into the folder that is
 * named: `node dist/cli/writeSchemas.js [folder]`. They are the ones that files are checked with; a
 * test fails when the committed ones are not what this writes.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { definitions } from '../sim/format/faultSchema.js';
import { historySchemas } from '../sim/format/historySchema.js';
import { resultSchema } from '../sim/format/resultFormat.js';
import { scheduleSchema } from '../sim/format/scheduleFormat.js';
import type { Schema } from '../sim/format/schema.js';
import { traceSchema } from '../sim/format/traceFormat.js';

/** Every schema by the name of its file. */
export const publishedSchemas: ReadonlyMap<string, Schema> = new Map([
  ['schedule.json', scheduleSchema],
  ['trace.json', traceSchema],
  ['result.json', resultSchema],
  ...Object.entries(historySchemas).map(([model, schema]): [string, Schema] => [
    `history-${model}.json`,
    schema,
  ]),
]);

/** Longer lines are broken where they can be. */
const lineLengthMax = 100;

/** All schemas, as JSON for people, by file name. */
export function writeSchemas(): ReadonlyMap<string, string> {
  const texts = [...publishedSchemas].map(([name, schema]): [string, string] => [
    name,
    `${lines(withDefinitions(schema), 0)}\n`,
  ]);
  return new Map(texts);
}

/** The same schema, in which what has a name is written down once, at the end. */
function withDefinitions(schema: Schema): object {
  const names = new Map(Object.entries(definitions).map(([name, value]) => [value, name]));
  const used = new Set<string>();
  const referring = (value: unknown): unknown => {
    const name = names.get(value as Schema);
    if (name === undefined) return inside(value);
    used.add(name);
    return { $ref: `#/$defs/${name}` };
  };
  const inside = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(referring);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, referring(part)]));
  };
  const document = inside(schema) as object;
  const $defs: Record<string, unknown> = {};
  // What is added to a set while it is gone through comes up too.
  for (const name of used) $defs[name] = inside(definitions[name]);
  return used.size === 0 ? document : { ...document, $defs };
}

/** A value as JSON: on the rest of one line, which begins with so much else, or on many. */
function lines(value: unknown, indent: number, before = indent): string {
  const onOne = oneLine(value);
  const isPlain = typeof value !== 'object' || value === null;
  if (isPlain || before + onOne.length < lineLengthMax) return onOne;
  const space = ' '.repeat(indent + 2);
  const parts = Array.isArray(value)
    ? value.map((item) => space + lines(item, indent + 2))
    : Object.entries(value).map(([name, part]) => {
        const label = `${space}${JSON.stringify(name)}: `;
        return label + lines(part, indent + 2, label.length);
      });
  const [open, close] = Array.isArray(value) ? '[]' : '{}';
  return `${open}\n${parts.join(',\n')}\n${' '.repeat(indent)}${close}`;
}

function oneLine(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(oneLine).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const parts = Object.entries(value).map(([name, part]) => `"${name}": ${oneLine(part)}`);
  return parts.length === 0 ? '{}' : `{ ${parts.join(', ')} }`;
}

async function main(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const [name, text] of writeSchemas()) {
    await writeFile(path.join(folder, name), text);
    console.log(path.join(folder, name));
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  main(process.argv[2] ?? path.join('docs', 'schemas')).catch((error: Error) => {
    console.error(`writeSchemas: ${error.message}; run it in the project folder, or name a folder`);
    process.exitCode = 1;
  });
}
