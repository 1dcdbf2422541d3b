/**
 * Golden scripts: sentences of the paper as files that tell a story, with the trace that is to
 * come of it. Each names a part of the charts, is played once more without it, and says where the
 * story is another then: a script that does not notice shows nothing. `UPDATE=1` writes the traces
 * anew.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { withMutant } from './mutants/mutant.js';
import { play } from './support/goldenCommands.js';
import { type Removal, whole, without } from './support/goldenRemoval.js';
import {
  firstDifference,
  type GoldenScript,
  type Played,
  parseScript,
  printScript,
} from './support/goldenScript.js';

const folder = fileURLToPath(new URL('scripts', import.meta.url));
const topics = [
  'elections',
  'replication',
  'commitment',
  'snapshots',
  'reads',
  'sessions',
  'transfer',
];
const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.txt'))
  .sort();

function playWith(script: GoldenScript, { part, ...machines }: Removal): Played {
  return withMutant({ ...(part && { part }) }, () => play(script, machines));
}

/** The sentence that a script opens with. */
function sentenceOf(path: string): string {
  const [head = ''] = readFileSync(join(folder, path), 'utf8').split('\nremoves: ');
  return head.replaceAll('\n', ' ');
}

describe.each(topics)('%s', (topic) => {
  const scripts = files.filter((path) => dirname(path) === topic);

  it.each(scripts.map((path) => [basename(path, '.txt'), sentenceOf(path)]))('%s: %s', (name) => {
    const path = join(folder, topic, `${name}.txt`);
    const text = readFileSync(path, 'utf8');
    const script = parseScript(text);
    const now = playWith(script, whole);
    const line = script.commands[now.traces.length]?.line;
    expect(now.failure, `line ${line} cannot be played`).toBeUndefined();
    const other = playWith(script, without(script.removes));
    if (process.env.UPDATE === '1') writeFileSync(path, printScript(script, now, other));
    else expect(printScript(script, now, other)).toBe(text);
    expect(firstDifference(script, now, other), `it needs no ${script.removes}`).toBeDefined();
  });
});

it('There are scripts of every topic, and of no other', () => {
  expect(new Set(files.map((file) => dirname(file)))).toEqual(new Set(topics));
  expect(files.length).toBeGreaterThanOrEqual(30);
});
